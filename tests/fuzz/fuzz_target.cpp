// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/fuzz/fuzz_target.hpp"

#include <cstddef>

// libFuzzer calls it by this name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mwan::fuzz::take({data, size});
  return 0;
}
