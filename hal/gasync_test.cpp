// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls are real GTasks, completed by hand: inside the call, later, after the deadline, after
// the waiting coroutine is gone, or never.
#include "hal/gasync.hpp"

#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "hal/task.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;

// Stands for what a call acquires: counts what was never released.
using Token = std::shared_ptr<int>;

class GAsyncTest : public testing::Test {
 protected:
  void TearDown() override {
    g_clear_object(&task_);
    while (loop_.iterate(false)) {
    }
  }
  // Empty where there was an answer, or nothing yet.
  [[nodiscard]] Error error() const {
    return result_ && !result_->has_value() ? result_->error() : Error{};
  }
  // The asynchronous function of the pretended library.
  void library_call(GCancellable* cancellable, GAsyncReadyCallback done, gpointer data) {
    task_ = g_task_new(nullptr, cancellable, done, data);
    g_task_set_check_cancellable(task_, FALSE);
    cancellable_ = cancellable;
    if (inside_) answer();
  }
  void answer() {
    g_task_return_int(task_, 42);
    g_clear_object(&task_);
  }
  void start(Duration deadline) { job_.start(body(deadline)); }
  void run() {
    while (job_.running()) loop_.iterate(true);
  }
  Task<void> body(Duration deadline) {
    const std::weak_ptr<int> watch = alive_;
    GAsyncAwaiter<Token>::Start start = [this](GCancellable* c, GAsyncReadyCallback done,
                                               gpointer data) { library_call(c, done, data); };
    GAsyncAwaiter<Token>::Finish finish = [token = alive_, this](GObject*,
                                                                 GAsyncResult* r) -> Result<Token> {
      ++finished_;
      EXPECT_EQ(g_task_propagate_int(G_TASK(r), nullptr), 42);
      return token;
    };
    result_ = co_await gasync<Token>(loop_, cancel_, deadline, "the call", std::move(start),
                                     std::move(finish));
  }

  Loop loop_;
  Cancel cancel_;
  Token alive_ = std::make_shared<int>(1);
  bool inside_ = false;
  int finished_ = 0;
  GTask* task_ = nullptr;
  GCancellable* cancellable_ = nullptr;
  std::optional<Result<Token>> result_;
  Job job_;
};

TEST_F(GAsyncTest, GivesTheAnswer) {
  start(1h);
  answer();
  run();
  ASSERT_TRUE(result_ && result_->has_value());
  EXPECT_EQ(finished_, 1);
}

TEST_F(GAsyncTest, AnAnswerInsideTheCallResumesFromTheLoop) {
  inside_ = true;
  start(1h);
  EXPECT_TRUE(job_.running());
  run();
  EXPECT_TRUE(result_ && result_->has_value());
}

TEST_F(GAsyncTest, DeadlineNamesTheStepAndCancelsTheCall) {
  start(1ms);
  run();
  EXPECT_EQ(error().failure, FailureClass::Transient);
  EXPECT_EQ(error().text(), "the call: no answer within 1 ms");
  EXPECT_TRUE(g_cancellable_is_cancelled(cancellable_));
}

TEST_F(GAsyncTest, ALateAnswerIsFinishedAndReleased) {
  start(1ms);
  run();
  const long before = alive_.use_count();
  answer();
  while (loop_.iterate(false)) {
  }
  EXPECT_EQ(finished_, 1);
  EXPECT_LT(alive_.use_count(), before);  // the functor and the value are both gone
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(GAsyncTest, CancelWakesWithoutTheLibrary) {
  start(1h);
  cancel_.cancel();
  EXPECT_TRUE(job_.running());  // never resumed from inside cancel()
  run();
  EXPECT_EQ(error().failure, FailureClass::Cancelled);
}

TEST_F(GAsyncTest, AnAnswerThatIsHereWinsOverALaterCancel) {
  start(1h);
  answer();
  while (finished_ == 0) loop_.iterate(true);
  cancel_.cancel();
  run();
  EXPECT_TRUE(result_ && result_->has_value());
}

TEST_F(GAsyncTest, AnEarlierCancelDoesNotCall) {
  cancel_.cancel();
  start(1h);
  EXPECT_FALSE(job_.running());
  EXPECT_EQ(task_, nullptr);
}

TEST_F(GAsyncTest, DestroyingTheCoroutineCancelsAndLaterDropsTheAnswer) {
  start(1h);
  job_.reset();
  EXPECT_TRUE(g_cancellable_is_cancelled(cancellable_));
  answer();
  while (loop_.iterate(false)) {
  }
  EXPECT_EQ(finished_, 1);
  EXPECT_FALSE(result_);
  EXPECT_EQ(alive_.use_count(), 1);
}

// Between the library's callback and the resumption the coroutine may still go.
TEST_F(GAsyncTest, DestroyingTheCoroutineWithItsAnswerPending) {
  start(1h);
  answer();
  while (finished_ == 0) loop_.iterate(true);
  job_.reset();
  while (loop_.iterate(false)) {
  }
  EXPECT_FALSE(result_);
  EXPECT_EQ(alive_.use_count(), 1);
}

}  // namespace
}  // namespace mwan
