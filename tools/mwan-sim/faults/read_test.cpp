// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/faults/read.hpp"

#include <gmock/gmock.h>

#include "tools/mwan-sim/faults/catalogue.hpp"

namespace mwan::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::string problem_of(std::string_view text) {
  const auto order = read_fault(text);
  return order ? "fine" : order.error();
}

TEST(ReadFault, TakesTheCataloguesDefaults) {
  const auto order = read_fault("attach-blocked");
  ASSERT_TRUE(order) << order.error();
  EXPECT_EQ(order->args.times, 5U);
  EXPECT_EQ(order->args.gap, 12500ms);
  EXPECT_EQ(order->args.time, 12min);
  EXPECT_EQ(order->args.cause, 33);
  EXPECT_FALSE(order->args.apn);
  EXPECT_EQ(read_fault("partial-grant")->args.what, "ipv4");
}

TEST(ReadFault, WordsGoBeforeDefaults) {
  const auto order = read_fault("attach-blocked time=2s gap=100ms apn=internet for=1m");
  ASSERT_TRUE(order) << order.error();
  EXPECT_EQ(order->args.time, 2s);
  EXPECT_EQ(order->args.gap, 100ms);
  EXPECT_EQ(order->args.apn, "internet");
  EXPECT_EQ(order->args.lasts, 1min);
  EXPECT_EQ(order->args.times, 5U);
}

TEST(ReadFault, SaysWhatIsWrong) {
  EXPECT_THAT(problem_of(""), HasSubstr("needs a name"));
  EXPECT_THAT(problem_of("explosion"), HasSubstr("unknown fault \"explosion\""));
  EXPECT_THAT(problem_of("network-detach times=3"), HasSubstr("takes no \"times\""));
  EXPECT_THAT(problem_of("consecutive-timeouts times=0"), HasSubstr("times: "));
  EXPECT_THAT(problem_of("partial-grant what=ipv9"), HasSubstr("\"ipv9\" is none of: ipv4|ipv6"));
  EXPECT_THAT(problem_of("request-hangs on=nas.nonsense"), HasSubstr("not a known message"));
  EXPECT_THAT(problem_of("late-ports"), HasSubstr("tests/lab/faults"));
  EXPECT_THAT(problem_of("network-detach 3"), HasSubstr("KEY=VALUE"));
}

TEST(ReadFault, ScenariosAndTheCommandLineHaveIt) {
  auto scenario = parse_scenario(
      "chaos=7\nfault fcc-lock\nat 2s fault network-detach for=1s\nat 5s end-fault fcc-lock\n"
      "at 6s replay drive.trace\n",
      "test.scn");
  ASSERT_TRUE(scenario) << scenario.error().text();
  EXPECT_EQ(scenario->chaos, 7U);
  ASSERT_EQ(scenario->initial.size(), 1U);
  EXPECT_EQ(std::get<step::BeginFault>(scenario->initial[0]).order.fault, Fault::FccLock);
  ASSERT_EQ(scenario->parts[0].size(), 3U);
  EXPECT_EQ(std::get<step::EndFault>(scenario->parts[0][1].action).fault, Fault::FccLock);

  ASSERT_TRUE(add_fault(*scenario, "silent-reset what=silent@3s"));
  ASSERT_TRUE(add_fault(*scenario, "transmit-stuck"));
  ASSERT_EQ(scenario->parts[0].size(), 4U);
  EXPECT_EQ(scenario->parts[0][1].at, 3s);
  EXPECT_EQ(scenario->parts[0][1].text, "fault silent-reset what=silent");
  EXPECT_EQ(scenario->initial.size(), 2U);
  EXPECT_FALSE(add_fault(*scenario, "transmit-stuck@soon"));
  EXPECT_FALSE(parse_scenario("at 1s end-fault nothing\n", "test.scn"));
  EXPECT_FALSE(parse_scenario("at 1s replay\n", "test.scn"));
}

}  // namespace
}  // namespace mwan::sim
