// SPDX-License-Identifier: LGPL-2.1-or-later
// The benchmark's cheapest rows, played once with our daemon, so that it keeps working.
#include "tests/bench/failover/measure.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/lab/process.hpp"

namespace mwan::bench {
namespace {

using namespace std::chrono_literals;

const Installed kInstalled{MWAN_DAEMON, MWAN_SIMULATOR, MWAN_BENCH_SANDBOX, {}};

TEST(FailoverBench, MeasuresAPulledCable) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";
  const Measured one = measure(*find_row("flow-carrier"), Who::Ours, kInstalled, {}, 0);
  ASSERT_EQ(one.problem, std::nullopt);
  ASSERT_TRUE(one.to_route);
  // Zero: the listener read both of the kernel's messages at once.
  EXPECT_GE(*one.to_route, 0us);
  EXPECT_LT(*one.to_route, 5s);
  ASSERT_TRUE(one.longest_gap);
  EXPECT_GT(*one.longest_gap, 0us);
}

TEST(FailoverBench, WhatRunsInTheSandboxHasItsOwnRunAndProcesses) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root for namespaces";
  // It is for other network namespaces than this machine's own, whose /sys is mounted already.
  const auto router = lab::NetNs::create("router");
  ASSERT_TRUE(router) << router.error().text();
  const auto in_sandbox = [&router](std::vector<std::string> argv) {
    argv.insert(argv.begin(), MWAN_BENCH_SANDBOX);
    const auto out = lab::run(&*router, argv);
    return out ? *out : out.error().text();
  };
  EXPECT_EQ(in_sandbox({"ls", "-A", "/run", "/var/lib"}), "/run:\n\n/var/lib:\n");
  EXPECT_EQ(in_sandbox({"readlink", "/proc/self"}), "1\n");
  EXPECT_THAT(in_sandbox({"touch", "/sys/here"}), testing::HasSubstr("exit code 1"));
}

}  // namespace
}  // namespace mwan::bench
