// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/timeline_texts.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;

TEST(Tidy, OrdersByTimeAndDropsWhatIsOutside) {
  const auto entries = tidy({{at(30ms), Witness::Route, "late", ""},
                             {at(5ms), Witness::Daemon, "before", ""},
                             {at(10ms), Witness::Cause, "first", ""},
                             {at(41ms), Witness::Daemon, "after", ""}},
                            at(10ms), at(40ms));
  EXPECT_THAT(texts(entries), testing::ElementsAre("first", "late"));
}

TEST(Tidy, OfARunTheFirstAndTheLastStay) {
  const auto entries = tidy({{at(1ms), Witness::Daemon, "signal 1", "signal"},
                             {at(2ms), Witness::Daemon, "signal 2", "signal"},
                             {at(3ms), Witness::Route, "in between", ""},
                             {at(4ms), Witness::Daemon, "signal 3", "signal"},
                             {at(5ms), Witness::Daemon, "decision", ""},
                             {at(6ms), Witness::Daemon, "signal 4", "signal"}},
                            at(0ms), at(10ms));
  EXPECT_THAT(texts(entries),
              testing::ElementsAre("signal 1", "in between", "signal 3", "decision", "signal 4"));
}

TEST(Tidy, EntriesWithoutAKindAreNeverLeftOut) {
  const auto entries = tidy({{at(1ms), Witness::Daemon, "a", ""},
                             {at(2ms), Witness::Daemon, "b", ""},
                             {at(3ms), Witness::Daemon, "c", ""}},
                            at(0ms), at(10ms));
  EXPECT_THAT(texts(entries), testing::ElementsAre("a", "b", "c"));
}

TEST(Render, TimesAreRelativeToTheCause) {
  const std::vector<TimelineEntry> entries = {
      {at(990ms), Witness::Packets, "flow", ""},
      {at(1000ms), Witness::Cause, "cable pulled", ""},
      {at(1002ms) + 340us, Witness::Route, "eth1 -> wwan0", ""},
      {at(3500ms), Witness::Daemon, "done", ""}};
  EXPECT_EQ(render(entries, at(1000ms), false),
            "   -10.0 ms  packets  flow\n"
            "    +0.0 ms  cause    cable pulled\n"
            "    +2.3 ms  route    eth1 -> wwan0\n"
            "   +2500 ms  daemon   done\n");
}

TEST(Render, ColourOnlyWhenAsked) {
  const std::vector<TimelineEntry> entries = {{at(1ms), Witness::Cause, "x", ""}};
  EXPECT_EQ(render(entries, at(0ms), false).find('\x1b'), std::string::npos);
  EXPECT_NE(render(entries, at(0ms), true).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace mwan::lab
