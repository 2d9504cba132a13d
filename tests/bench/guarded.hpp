// SPDX-License-Identifier: LGPL-2.1-or-later
// What a benchmark's main() is around its work: an exception ends it with its words.
#pragma once

#include <cstdio>
#include <exception>

namespace mwan::bench {

inline int guarded(int (*run)(int, char**), int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    return 1;
  }
}

}  // namespace mwan::bench
