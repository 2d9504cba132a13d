// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/loop.hpp"

#include <array>
#include <csignal>
#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;

TEST(Loop, AfterIsNeverShorterAndFiresOnce) {
  Loop loop;
  int calls = 0;
  const Instant begin = Loop::now();
  const SourceHandle timer = loop.after(1500us, [&] { ++calls; });
  while (calls == 0) loop.iterate(true);
  EXPECT_GE(Loop::now() - begin, 1500us);
  EXPECT_FALSE(loop.iterate(false));
  EXPECT_EQ(calls, 1);
}

TEST(Loop, SoonKeepsTheOrder) {
  Loop loop;
  std::vector<int> order;
  const SourceHandle first = loop.soon([&] { order.push_back(1); });
  loop.post([&] { order.push_back(2); });
  const SourceHandle third = loop.soon([&] { order.push_back(3); });
  while (order.size() < 3) loop.iterate(true);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Loop, ADroppedTimerNeverFires) {
  Loop loop;
  int calls = 0;
  SourceHandle timer = loop.soon([&] { ++calls; });
  timer.reset();
  EXPECT_FALSE(timer.active());
  EXPECT_FALSE(loop.iterate(false));
  EXPECT_EQ(calls, 0);
}

TEST(Loop, ACallbackMayReplaceAndDropItsOwnHandle) {
  Loop loop;
  int calls = 0;
  // The callback's captures must survive the destruction of its own source.
  auto payload = std::make_shared<std::vector<int>>(100, 7);
  SourceHandle timer;
  timer = loop.soon([&, payload] {
    timer = loop.soon([&] {
      ++calls;
      timer.reset();
    });
    calls += (*payload)[99];
  });
  payload.reset();
  while (calls < 8) loop.iterate(true);
  EXPECT_EQ(calls, 8);
}

TEST(Loop, WatchReportsReadableAndHangup) {
  Loop loop;
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  std::vector<unsigned> seen;
  std::array<char, 8> buffer{};
  ssize_t last = -1;
  SourceHandle watch;
  watch = loop.watch(pipe_ends[0], Loop::Readable, [&](unsigned ready) {
    seen.push_back(ready);
    last = read(pipe_ends[0], buffer.data(), buffer.size());
    if (last == 0) watch.reset();
  });
  EXPECT_FALSE(loop.iterate(false));
  ASSERT_EQ(write(pipe_ends[1], "x", 1), 1);
  while (seen.empty()) loop.iterate(true);
  EXPECT_EQ(last, 1);
  close(pipe_ends[1]);
  while (seen.size() < 2) loop.iterate(true);
  EXPECT_EQ(last, 0);
  EXPECT_EQ(seen, (std::vector<unsigned>{Loop::Readable, Loop::Readable}));
  close(pipe_ends[0]);
}

TEST(Loop, WatchReportsWritable) {
  Loop loop;
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  unsigned seen = 0;
  SourceHandle watch;
  watch = loop.watch(pipe_ends[1], Loop::Writable, [&](unsigned ready) {
    seen = ready;
    watch.reset();
  });
  while (seen == 0) loop.iterate(true);
  EXPECT_EQ(seen, unsigned{Loop::Writable});
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST(Loop, SignalsArriveInTheLoopAsOftenAsTheyAreSent) {
  Loop loop;
  int calls = 0;
  const SourceHandle watch = loop.on_signal(SIGUSR1, [&] { ++calls; });
  raise(SIGUSR1);
  while (calls < 1) loop.iterate(true);
  raise(SIGUSR1);
  while (calls < 2) loop.iterate(true);
  EXPECT_EQ(calls, 2);
}

TEST(Loop, QuitEndsRun) {
  Loop loop;
  const SourceHandle timer = loop.soon([&] { loop.quit(); });
  loop.run();
  SUCCEED();
}

}  // namespace
}  // namespace mwan
