// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/drive.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace mwan::replay {
namespace {

using namespace std::chrono_literals;
using failover::Policy;

// Dead in some seconds, otherwise perfect, with a radio that says nothing.
class FakeLink : public RecordedLink {
 public:
  explicit FakeLink(std::function<bool(std::size_t)> dead) : dead_(std::move(dead)) {}
  std::vector<Fact> heard(std::size_t second) override {
    heard_.push_back(second);
    if (second < rsrq.size()) {
      return {SignalSample{.rat = Rat::Lte,
                           .rssi_dbm = {},
                           .rsrp_dbm = -95,
                           .rsrq_db = rsrq[second],
                           .sinr_db = {}}};
    }
    return {};
  }
  [[nodiscard]] bool answers(std::size_t second, std::uint64_t) const override {
    return !dead_(second);
  }
  std::vector<double> rsrq;

 private:
  std::function<bool(std::size_t)> dead_;
  std::vector<std::size_t> heard_;
};

Policy two_links() {
  Policy policy;
  policy.links.resize(2);
  policy.links[0].name = "A";
  policy.links[1].name = "B";
  for (auto& link : policy.links) {
    link.probe.interval = 1s;
    link.probe.fast_interval = 1s;
  }
  return policy;
}
bool never(std::size_t) { return false; }

TEST(Drive, StaysOnTheFirstLinkWhileNothingIsWrong) {
  FakeLink a(never);
  FakeLink b(never);
  const DriveResult r = drive(two_links(), {&a, &b}, 60);
  ASSERT_EQ(r.seconds.size(), 60U);
  for (const DriveSecond& s : r.seconds) EXPECT_EQ(s.active, 0);
  EXPECT_EQ(r.switches, 0U);
  EXPECT_NEAR(static_cast<double>(r.probes), 2 * 5 * 60, 20);
}

TEST(Drive, ADecisionHoldsFromTheNextSecondOn) {
  FakeLink a([](std::size_t t) { return t >= 10; });
  FakeLink b(never);
  const DriveResult r = drive(two_links(), {&a, &b}, 20);
  // The third unanswered round of probes is that of second 12, known at its end.
  EXPECT_EQ(r.seconds[12].active, 0);
  EXPECT_EQ(r.seconds[13].active, 1);
  EXPECT_NE(r.seconds[13].reason, "");
  EXPECT_EQ(r.seconds[14].reason, "");
}

TEST(Drive, LinksOfOnePriorityHaveNoWayBackForItsOwnSake) {
  FakeLink a([](std::size_t t) { return t >= 10 && t < 13; });
  FakeLink b(never);
  const DriveResult r = drive(two_links(), {&a, &b}, 120);
  EXPECT_EQ(r.seconds[119].active, 1);
}

TEST(Drive, APreferredLinkIsReturnedTo) {
  Policy policy = two_links();
  policy.links[0].priority = 10;
  FakeLink a([](std::size_t t) { return t >= 10 && t < 13; });
  FakeLink b(never);
  const DriveResult r = drive(policy, {&a, &b}, 120);
  EXPECT_EQ(r.seconds[15].active, 1);
  EXPECT_EQ(r.seconds[119].active, 0);
}

TEST(Drive, LateRadioIsToldLate) {
  std::vector<double> bad(40, -9);
  for (std::size_t t = 20; t < 40; ++t) bad[t] = -24;
  FakeLink a(never);
  a.rsrq = bad;
  FakeLink b(never);
  b.rsrq = std::vector<double>(40, -7);
  Policy policy = two_links();
  policy.risk.switch_price = 0.05;
  const auto left = [&](std::size_t late) {
    DriveOptions options;
    options.radio_late_s = late;
    const DriveResult r = drive(policy, {&a, &b}, 40, options);
    for (std::size_t t = 0; t < r.seconds.size(); ++t) {
      if (r.seconds[t].active == 1) return t;
    }
    return std::size_t{999};
  };
  const std::size_t at_once = left(0);
  ASSERT_LT(at_once, 40U);
  EXPECT_EQ(left(1), at_once + 1);
}

TEST(Drive, TheSameInputGivesTheSameDecisions) {
  const auto flaky = [](std::size_t t) { return t % 17 == 3 || t % 29 == 5; };
  FakeLink a(flaky);
  FakeLink b(never);
  const DriveResult one = drive(two_links(), {&a, &b}, 300);
  FakeLink a2(flaky);
  FakeLink b2(never);
  const DriveResult two = drive(two_links(), {&a2, &b2}, 300);
  for (std::size_t t = 0; t < 300; ++t) {
    EXPECT_EQ(one.seconds[t].active, two.seconds[t].active);
    EXPECT_EQ(one.seconds[t].reason, two.seconds[t].reason);
  }
}

}  // namespace
}  // namespace mwan::replay
