// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/backoff.hpp"

#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "modems/modem_config.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;

Instant at(Duration d) { return Instant(d); }

TEST(Backoff, GrowsToItsLastStepAndStaysThere) {
  Backoff backoff{BackoffPolicy{}};
  std::vector<Duration> pauses;
  pauses.reserve(9);
  for (int i = 0; i < 9; ++i) pauses.push_back(backoff.failed(at(0s), FailureClass::Transient));
  EXPECT_EQ(pauses, (std::vector<Duration>{1s, 2s, 5s, 10s, 20s, 40s, 60s, 60s, 60s}));
}

TEST(Backoff, AStableMinuteForgets) {
  Backoff backoff{BackoffPolicy{}};
  EXPECT_EQ(backoff.failed(at(0s), FailureClass::Transient), 1s);
  EXPECT_EQ(backoff.failed(at(1s), FailureClass::Gone), 2s);
  backoff.working(at(3s));
  backoff.working(at(50s));  // the first counts
  EXPECT_EQ(backoff.failed(at(63s), FailureClass::Transient), 1s);
}

TEST(Backoff, AShortSuccessDoesNotForget) {
  Backoff backoff{BackoffPolicy{}};
  EXPECT_EQ(backoff.failed(at(0s), FailureClass::Transient), 1s);
  backoff.working(at(3s));
  EXPECT_EQ(backoff.failed(at(62s), FailureClass::Transient), 2s);
  // and the interrupted success is not added to a later one
  backoff.working(at(63s));
  EXPECT_EQ(backoff.failed(at(70s), FailureClass::Transient), 5s);
}

TEST(Backoff, FailureClassesHaveTheirLeastPause) {
  Backoff backoff{BackoffPolicy{}};
  EXPECT_EQ(backoff.failed(at(0s), FailureClass::Throttled), 15s);
  EXPECT_EQ(backoff.failed(at(0s), FailureClass::Permanent), 10min);
  for (int i = 0; i < 5; ++i) static_cast<void>(backoff.failed(at(0s), FailureClass::Transient));
  EXPECT_EQ(backoff.failed(at(0s), FailureClass::Throttled), 60s);
}

TEST(Backoff, NoStepsIsNoPause) {
  BackoffPolicy policy;
  policy.steps.clear();
  Backoff backoff{policy};
  EXPECT_EQ(backoff.failed(at(0s), FailureClass::Transient), 0s);
  EXPECT_EQ(backoff.failed(at(0s), FailureClass::Transient), 0s);
}

TEST(Secret, NeverPrints) {
  std::ostringstream out;
  out << Secret("1234") << ' ' << Secret();
  EXPECT_EQ(out.str(), "(hidden) (none)");
  EXPECT_EQ(testing::PrintToString(Secret("1234")).find("1234"), std::string::npos);
  EXPECT_EQ(Secret("1234").reveal(), "1234");
}

}  // namespace
}  // namespace mwan
