// SPDX-License-Identifier: LGPL-2.1-or-later
// Expectations on a Result or a Status, which say the error. More may be streamed into them. The
// expression is evaluated once.
#pragma once

#include <gtest/gtest.h>

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
