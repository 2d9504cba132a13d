// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/tether/tether_driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Phone {
  LinkDriver::Sink sink;
  int stops = 0;
};

class HandEthernet final : public LinkDriver {
 public:
  explicit HandEthernet(Phone& phone) : phone_(phone) {}
  void start(Sink sink) override { phone_.sink = std::move(sink); }
  Task<void> stop() override {
    ++phone_.stops;
    co_return;
  }

 private:
  Phone& phone_;
};

class TetherTest : public testing::Test {
 protected:
  // As after a carrier that was seen, and lost longer ago than anybody waits.
  static std::shared_ptr<DeadCarrier> long_dead() {
    auto out = std::make_shared<DeadCarrier>();
    out->carrier(true, Loop::now() - 1h);
    out->carrier(false, Loop::now() - 1h);
    return out;
  }
  void start(std::shared_ptr<DeadCarrier> dead = nullptr) {
    driver_ =
        std::make_unique<TetherDriver>(loop_, TetherConfig{"phone", std::move(dead), patience_},
                                       std::make_unique<HandEthernet>(phone_),
                                       [this](Cancel cancel) { return reset(std::move(cancel)); });
    driver_->start([this](const Fact& fact) {
      if (const auto* trouble = std::get_if<fact::Trouble>(&fact)) {
        said_.push_back(trouble->error.text());
      } else {
        said_.emplace_back("fact");
      }
    });
  }
  Task<Status> reset(Cancel cancel) {
    ++resets_;
    if (slow_) co_await pause(loop_, cancel, 1h);
    co_return outcome_;
  }
  void turn() {
    for (int i = 0; i < 20; ++i) loop_.iterate(false);
  }
  Loop loop_;
  Phone phone_;
  std::unique_ptr<TetherDriver> driver_;
  std::vector<std::string> said_;
  Status outcome_;
  int resets_ = 0;
  bool slow_ = false;
  Duration patience_{};
};

TEST_F(TetherTest, WhatTheEthernetDriverSaysIsPassedOn) {
  start();
  phone_.sink(fact::Device{true, "usb0"});
  phone_.sink(fact::Carrier{true});
  EXPECT_THAT(said_, ElementsAre("fact", "fact"));
}

TEST_F(TetherTest, APhoneWithoutNetworkIsExplainedOnce) {
  start(std::make_shared<DeadCarrier>());
  phone_.sink(fact::Device{true, "eth1"});
  phone_.sink(fact::Carrier{false});
  turn();
  phone_.sink(fact::Carrier{false});
  turn();
  EXPECT_THAT(said_, ElementsAre("fact", "fact",
                                 HasSubstr("phone: the phone is there and gives no"), "fact"));
  EXPECT_EQ(resets_, 0);
  phone_.sink(fact::Device{false, ""});
  said_.clear();
  phone_.sink(fact::Carrier{false});
  turn();
  EXPECT_THAT(said_, Contains(HasSubstr("switch tethering"))) << "another phone";
}

// ipheth has no carrier in its first second.
TEST_F(TetherTest, APhoneThatGivesNetworkAMomentLaterIsNotExplained) {
  patience_ = 20ms;
  start(std::make_shared<DeadCarrier>());
  phone_.sink(fact::Device{true, "eth1"});
  phone_.sink(fact::Carrier{false});
  phone_.sink(fact::Carrier{true});
  bool later = false;
  const auto timer = loop_.after(40ms, [&later] { later = true; });
  while (!later) loop_.iterate(true);
  EXPECT_THAT(said_, ElementsAre("fact", "fact", "fact"));
}

TEST_F(TetherTest, ACarrierThatStaysAwayIsCuredByAReset) {
  start(long_dead());
  phone_.sink(fact::Carrier{false});
  turn();
  EXPECT_EQ(resets_, 1);
  EXPECT_THAT(said_, Contains(HasSubstr("resetting its USB device")));
}

TEST_F(TetherTest, AResetThatFailsIsSaid) {
  outcome_ = failed(FailureClass::Permanent, "phone: usb reset of 1-2", "no permission");
  start(long_dead());
  phone_.sink(fact::Carrier{false});
  turn();
  EXPECT_THAT(said_, Contains(HasSubstr("phone: usb reset of 1-2: no permission")));
}

TEST_F(TetherTest, ItIsCountedAcrossTheDriversThatItEnds) {
  const auto dead = long_dead();
  start(dead);
  phone_.sink(fact::Carrier{false});
  turn();
  ASSERT_EQ(resets_, 1);
  Job job;
  job.start(driver_->stop());
  turn();
  start(dead);
  phone_.sink(fact::Carrier{false});
  turn();
  EXPECT_EQ(resets_, 1) << "the next one is a minute away";
  EXPECT_TRUE(dead->deadline());
}

TEST_F(TetherTest, OtherPhonesAreNotReset) {
  start();
  phone_.sink(fact::Carrier{true});
  phone_.sink(fact::Carrier{false});
  turn();
  EXPECT_EQ(resets_, 0);
}

TEST_F(TetherTest, StoppingEndsAResetThatHangs) {
  slow_ = true;
  start(long_dead());
  phone_.sink(fact::Carrier{false});
  turn();
  ASSERT_EQ(resets_, 1);
  said_.clear();
  Job job;
  job.start(driver_->stop());
  turn();
  EXPECT_FALSE(job.running());
  EXPECT_EQ(phone_.stops, 1);
  phone_.sink(fact::Carrier{true});
  EXPECT_THAT(said_, IsEmpty());
}

}  // namespace
}  // namespace mwan
