// SPDX-License-Identifier: LGPL-2.1-or-later
// What scenarios of tests/vm write in every test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/loop.hpp"

// Of a Result or a Status. The expression is evaluated once.
#define REQUIRE_OK(expression)                           \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_                          \
  if (const auto& required_ = (expression); required_) { \
  } else                                                 \
    FAIL() << #expression ": " << required_.error().text()
#define EXPECT_OK(expression)                            \
  GTEST_AMBIGUOUS_ELSE_BLOCKER_                          \
  if (const auto& expected_ = (expression); expected_) { \
  } else                                                 \
    ADD_FAILURE() << #expression ": " << expected_.error().text()

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
