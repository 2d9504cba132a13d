// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/family_watch.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

constexpr FamilyWatch::Round yes{.asked = true, .answered = true};
constexpr FamilyWatch::Round no{.asked = true, .answered = false};
constexpr FamilyWatch::Round not_asked{};

TEST(FamilyWatch, AFamilyIsSilentAfterSoManyRoundsWhileTheOtherAnswers) {
  FamilyWatch watch(3, 2);
  watch.take(yes, no);
  watch.take(yes, no);
  EXPECT_FALSE(watch.silent());
  watch.take(yes, no);
  EXPECT_EQ(watch.silent(), IpFamily::V6);
  watch.take(yes, yes);
  EXPECT_EQ(watch.silent(), IpFamily::V6);
  watch.take(yes, yes);
  EXPECT_FALSE(watch.silent());
}

TEST(FamilyWatch, ALinkThatIsDeadHasNoSilentFamily) {
  FamilyWatch watch(2, 2);
  for (int i = 0; i < 10; ++i) watch.take(no, no);
  EXPECT_FALSE(watch.silent());
  watch.take(no, yes);
  watch.take(no, no);
  watch.take(no, yes);
  EXPECT_EQ(watch.silent(), IpFamily::V4);
}

TEST(FamilyWatch, WhatWasNotAskedIsNotSilent) {
  FamilyWatch watch(1, 1);
  watch.take(yes, not_asked);
  watch.take(not_asked, yes);
  EXPECT_FALSE(watch.silent());
}

TEST(FamilyWatch, TheSilentOneCanChange) {
  FamilyWatch watch(2, 2);
  for (int i = 0; i < 2; ++i) watch.take(no, yes);
  ASSERT_EQ(watch.silent(), IpFamily::V4);
  for (int i = 0; i < 3; ++i) watch.take(yes, no);
  EXPECT_EQ(watch.silent(), IpFamily::V6);
}

}  // namespace
}  // namespace mwan::failover
