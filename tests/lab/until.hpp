// SPDX-License-Identifier: LGPL-2.1-or-later
// A test that waits for what happens in its own loop.
#pragma once

#include "hal/loop.hpp"

namespace mwan::lab {

// Turns the loop until the condition holds; false when the limit was over first.
template <class Condition>
bool until(Loop& loop, Duration limit, Condition condition) {
  bool over = false;
  const auto timer = loop.after(limit, [&over] { over = true; });
  while (!over && !condition()) loop.iterate(true);
  return condition();
}

}  // namespace mwan::lab
