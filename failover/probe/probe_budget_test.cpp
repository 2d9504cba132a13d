// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/probe_budget.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kMonth = 72'000'000;  // 100 kB an hour

TEST(ProbeBudget, BeginsWithAnHoursShare) {
  ProbeBudget budget(kMonth, Instant());
  budget.spend(Instant(), 99'000);
  EXPECT_TRUE(budget.open(Instant()));
  budget.spend(Instant(), 1'001);
  EXPECT_FALSE(budget.open(Instant()));
}

TEST(ProbeBudget, OpensAgainAfterAQuarterOfAnHour) {
  ProbeBudget budget(kMonth, Instant());
  budget.spend(Instant(), 100'000);
  EXPECT_FALSE(budget.open(Instant(14min)));
  EXPECT_TRUE(budget.open(Instant(16min)));
  // And is not closed by the mere look at it.
  budget.spend(Instant(16min), 20'000);
  EXPECT_TRUE(budget.open(Instant(16min)));
}

TEST(ProbeBudget, KeepsADaysShareAtMost) {
  ProbeBudget budget(kMonth, Instant());
  const Instant later(20 * 24h);
  EXPECT_TRUE(budget.open(later));
  budget.spend(later, 2'400'000 - 1);
  EXPECT_TRUE(budget.open(later));
  budget.spend(later, 2);
  EXPECT_FALSE(budget.open(later));
}

TEST(ProbeBudget, AGreedyMonthCostsNoMoreThanTheBudgetAndADay) {
  ProbeBudget budget(kMonth, Instant());
  std::int64_t spent = 0;
  for (Duration t{}; t < ProbeBudget::period; t += 10s) {
    if (!budget.open(Instant(t))) continue;
    budget.spend(Instant(t), 5'000);
    spent += 5'000;
  }
  EXPECT_LE(spent, kMonth + kMonth / 30);
  EXPECT_GT(spent, kMonth * 9 / 10);
}

}  // namespace
}  // namespace mwan::failover
