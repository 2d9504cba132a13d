// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/notices.hpp"

#include <gmock/gmock.h>

namespace mwan::failover {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Meters two_links(std::optional<LinkId> active) {
  Meters out;
  Policy policy;
  policy.links = {{.name = "wired"}, {.name = "lte"}};
  out.begin(Instant(), policy);
  out.take(Instant(), TimerFired{}, {}, active);
  return out;
}

TEST(Notices, TellALinkAStateAndTheActiveLink) {
  const auto meters = two_links(LinkId{1});
  const auto notices = notices_of({VerdictChange{LinkId{0}, LinkVerdict::Down, "no\ncarrier\x1b"},
                                   StateChange{State::MonitoringPrimary, State::InitiatingFailover,
                                               Trigger::PrimaryFailed, "wired: no carrier"},
                                   SetProbing{LinkId{0}, 0s}},
                                  meters, "wired");
  ASSERT_EQ(notices.size(), 3U);
  EXPECT_THAT(notices[0].words, ElementsAre("link", "wired", "down"));
  EXPECT_THAT(notices[0].environment, Contains("MWAN_REASON=no carrier "));
  EXPECT_THAT(notices[0].environment, Contains("MWAN_LINK=wired"));
  EXPECT_THAT(notices[0].environment, Contains("MWAN_VERDICT=down"));
  EXPECT_THAT(notices[0].environment, Contains("MWAN_ACTIVE=lte"));
  EXPECT_THAT(notices[1].words, ElementsAre("state", "InitiatingFailover"));
  EXPECT_THAT(notices[1].environment, Contains("MWAN_LINK="));
  EXPECT_THAT(notices[2].words, ElementsAre("active", "lte"));
}

TEST(Notices, NothingToTell) {
  EXPECT_THAT(notices_of({SetProbing{LinkId{0}, 0s}}, two_links(LinkId{1}), "lte"), IsEmpty());
  const auto none = notices_of({}, two_links(std::nullopt), "lte");
  ASSERT_EQ(none.size(), 1U);
  EXPECT_THAT(none[0].words, ElementsAre("active"));
}

}  // namespace
}  // namespace mwan::failover
