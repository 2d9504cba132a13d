// SPDX-License-Identifier: LGPL-2.1-or-later
// For tests: a value that the test cannot go on without. Throws where there is none, which fails
// the test.
#pragma once

#include <optional>
#include <stdexcept>
#include <utility>

namespace mwan::sim {

template <class T>
T must(std::optional<T> value) {
  if (!value) throw std::runtime_error("a value that had to be there is missing");
  return std::move(*value);
}

}  // namespace mwan::sim
