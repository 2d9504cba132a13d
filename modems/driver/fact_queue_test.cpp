// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/driver/fact_queue.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace mwan {
namespace {

using Facts = std::vector<bool>;

fact::Carrier carrier(bool up) { return fact::Carrier{up}; }
bool value(const Fact& fact) { return std::get<fact::Carrier>(fact).up; }

class FactQueueTest : public testing::Test {
 protected:
  void drain() {
    while (loop_.iterate(false)) {
    }
  }
  Loop loop_;
  Facts seen_;
};

TEST_F(FactQueueTest, DeliversInOrderFromTheLoop) {
  FactQueue queue(loop_);
  queue.open([&](const Fact& fact) { seen_.push_back(value(fact)); });
  queue.push(carrier(true));
  queue.push(carrier(false));
  EXPECT_TRUE(seen_.empty());
  EXPECT_FALSE(queue.empty());
  drain();
  EXPECT_EQ(seen_, (Facts{true, false}));
  EXPECT_TRUE(queue.empty());
}

TEST_F(FactQueueTest, WhatIsPushedDuringADeliveryFollows) {
  FactQueue queue(loop_);
  queue.open([&](const Fact& fact) {
    seen_.push_back(value(fact));
    if (seen_.size() == 1) queue.push(carrier(false));
  });
  queue.push(carrier(true));
  drain();
  EXPECT_EQ(seen_, (Facts{true, false}));
}

TEST_F(FactQueueTest, AClosedQueueIsSilent) {
  FactQueue queue(loop_);
  queue.push(carrier(true));  // nobody listens yet
  queue.open([&](const Fact& fact) { seen_.push_back(value(fact)); });
  queue.push(carrier(true));
  queue.close();
  queue.push(carrier(true));
  drain();
  EXPECT_TRUE(seen_.empty());
}

TEST_F(FactQueueTest, TheReceiverMayCloseAndOpenAgain) {
  FactQueue queue(loop_);
  queue.open([&](const Fact& fact) {
    seen_.push_back(value(fact));
    queue.close();
    queue.open([&](const Fact& second) { seen_.push_back(value(second)); });
    queue.push(carrier(false));
  });
  queue.push(carrier(true));
  queue.push(carrier(true));
  drain();
  EXPECT_EQ(seen_, (Facts{true, false}));
}

TEST_F(FactQueueTest, TheReceiverMayDestroyTheQueue) {
  auto queue = std::make_unique<FactQueue>(loop_);
  queue->open([&](const Fact& fact) {
    seen_.push_back(value(fact));
    queue.reset();
  });
  queue->push(carrier(true));
  queue->push(carrier(false));
  drain();
  EXPECT_EQ(seen_, Facts{true});
}

}  // namespace
}  // namespace mwan
