// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/wait.hpp"

#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "hal/task.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;

TEST(Cancel, CallsEveryListenerOnce) {
  const Cancel cancel;
  int calls = 0;
  const CancelSubscription first(cancel, [&] { ++calls; });
  const CancelSubscription second(cancel, [&] { ++calls; });
  cancel.cancel();
  cancel.cancel();
  EXPECT_EQ(calls, 2);
}

TEST(Cancel, CallsALateListenerAtOnce) {
  const Cancel cancel;
  cancel.cancel();
  int calls = 0;
  const CancelSubscription late(cancel, [&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(Cancel, AListenerMayDropTheOthers) {
  const Cancel cancel;
  int calls = 0;
  std::vector<std::optional<CancelSubscription>> all(3);
  for (auto& one : all) {
    one.emplace(cancel, [&] {
      ++calls;
      for (auto& other : all) other.reset();
    });
  }
  cancel.cancel();
  EXPECT_EQ(calls, 1);
}

TEST(Cancel, AListenerMayDestroyTheCancelItself) {
  auto cancel = std::make_unique<Cancel>();
  int calls = 0;
  const CancelSubscription first(*cancel, [&] {
    ++calls;
    cancel.reset();
  });
  const CancelSubscription second(*cancel, [&] { ++calls; });
  cancel->cancel();
  EXPECT_EQ(calls, 2);
}

TEST(Cancel, AMovedSubscriptionIsDroppedOnce) {
  const Cancel cancel;
  int calls = 0;
  {
    CancelSubscription inner(cancel, [&] { ++calls; });
    CancelSubscription outer(std::move(inner));
    outer = CancelSubscription(cancel, [&] { calls += 10; });
  }
  cancel.cancel();
  EXPECT_EQ(calls, 0);
}

class WaitTest : public testing::Test {
 protected:
  void wait_in_job(Notification& notification, Duration deadline) {
    job_.start(wait(notification, deadline));
  }
  void run() {
    while (job_.running()) loop_.iterate(true);
  }
  Loop loop_;
  Cancel cancel_;
  std::optional<Woken> woken_;
  Job job_;

 private:
  Task<void> wait(Notification& notification, Duration deadline) {
    woken_ = co_await notification.wait(loop_, cancel_, deadline);
  }
};

TEST_F(WaitTest, NotifyWakesFromTheLoopOnly) {
  Notification notification;
  wait_in_job(notification, 1h);
  notification.notify();
  EXPECT_TRUE(job_.running());
  run();
  EXPECT_EQ(woken_, Woken::Notified);
}

TEST_F(WaitTest, DeadlineWakes) {
  Notification notification;
  wait_in_job(notification, 1ms);
  run();
  EXPECT_EQ(woken_, Woken::Deadline);
}

TEST_F(WaitTest, CancelWakesAndWinsOverANotification) {
  Notification notification;
  wait_in_job(notification, 1h);
  cancel_.cancel();
  notification.notify();
  run();
  EXPECT_EQ(woken_, Woken::Cancelled);
}

TEST_F(WaitTest, AnEarlierCancelDoesNotSuspend) {
  Notification notification;
  cancel_.cancel();
  wait_in_job(notification, 1h);
  EXPECT_FALSE(job_.running());
  EXPECT_EQ(woken_, Woken::Cancelled);
}

// A notification repeated on every turn of the loop must not push the wake-up ahead of itself.
TEST_F(WaitTest, RepeatedNotificationsDoNotStarveTheWaiter) {
  Notification notification;
  bool waiting = true;
  SourceHandle again;
  std::function<void()> repeat = [&] {
    if (!waiting) return;
    notification.notify();
    again = loop_.soon(repeat);
  };
  again = loop_.soon(repeat);
  wait_in_job(notification, 1h);
  for (int turn = 0; turn < 20 && job_.running(); ++turn) loop_.iterate(true);
  waiting = false;
  EXPECT_EQ(woken_, Woken::Notified);
}

TEST_F(WaitTest, TheNotificationMayGoBeforeItsWaiter) {
  auto notification = std::make_unique<Notification>();
  wait_in_job(*notification, 5ms);
  notification.reset();
  run();
  EXPECT_EQ(woken_, Woken::Deadline);
}

TEST_F(WaitTest, TheWaiterMayGoBeforeItsNotification) {
  Notification notification;
  wait_in_job(notification, 1h);
  notification.notify();
  job_.reset();
  notification.notify();
  EXPECT_FALSE(loop_.iterate(false));
  EXPECT_FALSE(woken_);
}

TEST_F(WaitTest, AnEndlessDeadlineDoesNotOverflow) {
  Notification notification;
  wait_in_job(notification, Duration::max());
  EXPECT_FALSE(loop_.iterate(false));
  notification.notify();
  run();
  EXPECT_EQ(woken_, Woken::Notified);
}

}  // namespace
}  // namespace mwan
