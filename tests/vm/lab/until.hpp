// SPDX-License-Identifier: LGPL-2.1-or-later
// What scenarios of tests/vm write in every test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/loop.hpp"

#define REQUIRE_OK(status) ASSERT_TRUE(status) << (status).error().text()
#define EXPECT_OK(status) EXPECT_TRUE(status) << (status).error().text()

namespace mwan::vm {

// Turns the loop until the condition holds; false when the limit was over first.
template <class Condition>
bool until(Loop& loop, Duration limit, Condition condition) {
  bool over = false;
  const auto timer = loop.after(limit, [&over] { over = true; });
  while (!over && !condition()) loop.iterate(true);
  return condition();
}

}  // namespace mwan::vm
