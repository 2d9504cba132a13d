// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/run/named_manual.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

TEST(NamedManual, TheFileRoundTrips) {
  const NamedManual all{true, "lte", {"wired", "sat"}};
  EXPECT_EQ(encode(all), "paused\nheld lte\nmaintenance wired\nmaintenance sat\n");
  EXPECT_EQ(parse_named_manual(encode(all)), Result<NamedManual>(all));
  EXPECT_EQ(parse_named_manual(""), Result<NamedManual>(NamedManual()));
}

TEST(NamedManual, WhatIsNotUnderstoodIsNamed) {
  for (const char* text : {"held\n", "held \n", "pause\n", "maintenance a b\n", "paused \n", "\n",
                           "held a\x01\n", "maintenance 123456789012345678901234567890123\n"}) {
    const auto out = parse_named_manual(text);
    ASSERT_FALSE(out) << text;
    EXPECT_EQ(out.error().where, "manual:1");
  }
}

TEST(NamedManual, NumbersFollowTheConfiguration) {
  const NamedManual kept{false, "lte", {"wired", "gone"}};
  const Manual now = numbered(kept, {"wired", "sat", "lte"});
  EXPECT_EQ(now, (Manual{false, LinkId{2}, {LinkId{0}}}));
  EXPECT_EQ(named(now, {"wired", "sat", "lte"}, kept), kept);
  // A choice of a link that is no more is no choice; its maintenance waits for its return.
  EXPECT_EQ(numbered(kept, {"sat"}), Manual{});
  EXPECT_EQ(named(Manual{}, {"sat"}, kept), (NamedManual{false, "", {"wired", "gone"}}));
}

}  // namespace
}  // namespace mwan::failover
