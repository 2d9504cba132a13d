// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/task.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/wait.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;

struct Counted {
  explicit Counted(int* live) : live_(live) { ++*live_; }
  Counted(Counted&& other) noexcept : live_(other.live_) { ++*live_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*live_; }
  int* live_;
};

Task<int> immediate(int value) { co_return value; }

Task<int> sum(int n) {
  int total = 0;
  for (int i = 0; i < n; ++i) {
    const int value = co_await immediate(i);
    total += value;
  }
  co_return total;
}

TEST(Task, StartsOnlyWhenAwaited) {
  bool ran = false;
  auto body = [](bool* flag) -> Task<void> {
    *flag = true;
    co_return;
  };
  { const Task<void> never = body(&ran); }
  EXPECT_FALSE(ran);
  Job job;
  job.start(body(&ran));
  EXPECT_TRUE(ran);
  EXPECT_FALSE(job.running());
}

TEST(Task, PassesValuesThroughNestedTasks) {
  int result = 0;
  auto body = [](int* out) -> Task<void> { *out = co_await sum(100); };
  Job job;
  job.start(body(&result));
  EXPECT_EQ(result, 4950);
}

TEST(Task, MovesOutValuesThatCannotBeCopied) {
  auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  int result = 0;
  auto body = [](auto maker, int* out) -> Task<void> {
    const std::unique_ptr<int> value = co_await maker();
    *out = *value;
  };
  Job job;
  job.start(body(make, &result));
  EXPECT_EQ(result, 7);
}

TEST(Task, CarriesFailedResults) {
  auto fails = []() -> Task<Result<int>> {
    co_return failed(FailureClass::Gone, "here", "because");
  };
  std::string text;
  auto body = [](auto inner, std::string* out) -> Task<void> {
    const Result<int> value = co_await inner();
    if (!value) *out = value.error().text();
  };
  Job job;
  job.start(body(fails, &text));
  EXPECT_EQ(text, "here: because");
}

TEST(Task, RethrowsInTheAwaitingTask) {
  auto throws = []() -> Task<int> {
    throw std::string("boom");
    co_return 0;
  };
  std::string caught;
  auto body = [](auto inner, std::string* out) -> Task<void> {
    try {
      co_await inner();
    } catch (const std::string& what) {
      *out = what;
    }
  };
  Job job;
  job.start(body(throws, &caught));
  EXPECT_EQ(caught, "boom");
}

// The frames of a suspended chain go from the inside out, each local exactly once.
TEST(Job, DestroysASuspendedChain) {
  Loop loop;
  int live = 0;
  auto inner = [](Loop& l, int* count) -> Task<void> {
    const Counted local(count);
    const Woken woken = co_await pause(l, Cancel(), 1h);
    ADD_FAILURE() << "resumed: " << static_cast<int>(woken);
  };
  auto outer = [](Loop& l, int* count, auto body) -> Task<void> {
    const Counted local(count);
    co_await body(l, count);
  };
  Job job;
  job.start(outer(loop, &live, inner));
  EXPECT_TRUE(job.running());
  EXPECT_EQ(live, 2);
  job.reset();
  EXPECT_FALSE(job.running());
  EXPECT_EQ(live, 0);
  EXPECT_FALSE(loop.iterate(false));
}

TEST(Job, StartingAnotherTaskDropsTheFirst) {
  Loop loop;
  std::vector<int> order;
  auto body = [](Loop& l, std::vector<int>* out, int id) -> Task<void> {
    const Woken woken = co_await pause(l, Cancel(), 1ms);
    if (woken == Woken::Deadline) out->push_back(id);
  };
  Job job;
  job.start(body(loop, &order, 1));
  job.start(body(loop, &order, 2));
  while (job.running()) loop.iterate(true);
  EXPECT_EQ(order, std::vector<int>{2});
}

// What runs while the old frame is destroyed must see an idle Job, not a half-destroyed one.
TEST(Job, IsIdleForTheDestructorsOfItsTask) {
  struct Observer {
    Job* job;
    bool* idle;
    ~Observer() { *idle = !job->running(); }
  };
  Loop loop;
  bool idle = false;
  Job job;
  auto body = [](Loop& l, Job* j, bool* out) -> Task<void> {
    const Observer observer{j, out};
    const Woken woken = co_await pause(l, Cancel(), 1h);
    static_cast<void>(woken);
  };
  job.start(body(loop, &job, &idle));
  job.reset();
  EXPECT_TRUE(idle);
}

}  // namespace
}  // namespace mwan
