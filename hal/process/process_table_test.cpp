// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/process_table.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mwan {
namespace {

const std::string kRest =
    " S 10 20 30 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 424242 99 100 18446744073709551615";

TEST(ProcessTable, TheNameOfAProcessMayHoldAnything) {
  const ProcessStat wanted{.state = 'S', .parent = 10, .group = 20, .started = 424242};
  for (const char* name : {"pppd", "a b", "a) Z 1 1 1", "((", "", "two\nlines"}) {
    EXPECT_EQ(parse_process_stat("77 (" + std::string(name) + ")" + kRest), wanted) << name;
  }
}

TEST(ProcessTable, WhatIsCutOffIsNothing) {
  const std::string line = "77 (pppd)" + kRest;
  const auto started = line.find("424242");
  for (std::size_t size = 0; size <= started; ++size) {
    EXPECT_EQ(parse_process_stat(line.substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(parse_process_stat("77 (pppd) S x 20 30"), std::nullopt);
}

TEST(ProcessTable, TheKernelSaysWhatIsSoOfThisProcess) {
  const auto self = process_stat(getpid());
  ASSERT_TRUE(self);
  EXPECT_EQ(self->parent, getppid());
  EXPECT_EQ(self->group, getpgrp());
  EXPECT_GT(self->started, 0U);
  const auto all = process_ids();
  EXPECT_EQ(std::ranges::count(all, getpid()), 1);
  EXPECT_EQ(std::ranges::count_if(all, [](pid_t pid) { return pid <= 0; }), 0);
}

TEST(ProcessTable, AnEndedProcessIsSeenToHaveEnded) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(0);
  const UniqueFd held = open_process(child);
  ASSERT_TRUE(held);
  pollfd ended{.fd = held.get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&ended, 1, 10000), 1);
  const auto stat = process_stat(child);
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->state, 'Z');
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(process_stat(child), std::nullopt);
  EXPECT_FALSE(open_process(child));
}

}  // namespace
}  // namespace mwan
