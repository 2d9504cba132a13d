// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/traffic/traffic_watch.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;

// Answers with so many packets more each time it is asked.
class CountingMonitor final : public LinkMonitor {
 public:
  Watch watch_link(const std::string&, std::function<void(const LinkState&)>) override {
    return nullptr;
  }
  Watch watch_neighbour(const std::string&, const IpAddress&,
                        std::function<void(fact::Nud)>) override {
    return nullptr;
  }
  Status set_admin(const std::string&, bool) override { return {}; }
  Status confirm_neighbour(const std::string&, const IpAddress&) override { return {}; }
  Result<NetdevCounters> counters(const std::string&) override {
    ++asked;
    if (before_answer) before_answer();
    if (gone) return failed(FailureClass::Gone, "test", "not there");
    known.tx_packets += sent;
    known.rx_packets += received;
    return known;
  }
  std::optional<fact::Speed> speed(const std::string&) override { return std::nullopt; }
  NetdevCounters known;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  int asked = 0;
  std::function<void()> before_answer;
  bool gone = false;
};

class TrafficWatchTest : public testing::Test {
 protected:
  void watch() {
    watch_ = std::make_unique<TrafficWatch>(
        loop_, monitor_, "eth1",
        TrafficWatch::Calls{[this](const Fact& fact) {
                              if (const auto* seen = std::get_if<fact::Traffic>(&fact)) {
                                told_.push_back(seen->flow);
                              }
                              if (end_when_told_) watch_.reset();
                            },
                            [this] { return own_; }, [this] { ++idle_; }});
  }
  template <class Condition>
  bool until(Condition condition) {
    const Instant limit = Loop::now() + 10s;
    const SourceHandle bound = loop_.after(10s, [] {});
    while (!condition() && Loop::now() < limit) loop_.iterate(true);
    return condition();
  }
  Loop loop_;
  CountingMonitor monitor_;
  std::unique_ptr<TrafficWatch> watch_;
  std::vector<fact::Flow> told_;
  TrafficWatch::OwnPackets own_;
  int idle_ = 0;
  bool end_when_told_ = false;
};

TEST_F(TrafficWatchTest, ReportsAFlowAndItsStall) {
  monitor_.sent = 10;
  monitor_.received = 10;
  watch();
  ASSERT_TRUE(until([this] { return !told_.empty(); }));
  EXPECT_EQ(told_.front(), fact::Flow::Answered);
  monitor_.received = 0;
  ASSERT_TRUE(until([this] { return told_.size() == 2; }));
  EXPECT_EQ(told_.back(), fact::Flow::Unanswered);
  EXPECT_EQ(idle_, 0);
}

TEST_F(TrafficWatchTest, SaysThatNothingComesIn) {
  watch();
  EXPECT_TRUE(until([this] { return idle_ == 2; }));
  EXPECT_EQ(monitor_.asked, 3);  // a second apart
  EXPECT_TRUE(told_.empty());
}

TEST_F(TrafficWatchTest, ADeviceThatIsGoneIsLookedForAgain) {
  monitor_.gone = true;
  watch();
  EXPECT_TRUE(until([this] { return monitor_.asked == 2; }));
}

TEST_F(TrafficWatchTest, OurOwnProbesAreNoTraffic) {
  monitor_.sent = 3;  // a look, and as many of our own
  monitor_.before_answer = [this] { own_.sent += 3; };
  watch();
  ASSERT_TRUE(until([this] { return monitor_.asked == 4; }));
  EXPECT_TRUE(told_.empty());
  monitor_.sent = 6;
  ASSERT_TRUE(until([this] { return !told_.empty(); }));
  EXPECT_EQ(told_.front(), fact::Flow::Unanswered);
}

TEST_F(TrafficWatchTest, MayBeEndedByWhoeverIsTold) {
  end_when_told_ = true;
  monitor_.sent = 10;
  monitor_.received = 10;
  watch();
  ASSERT_TRUE(until([this] { return !told_.empty(); }));
  EXPECT_FALSE(watch_);
}

}  // namespace
}  // namespace mwan
