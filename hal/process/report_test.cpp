// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/report.hpp"

#include <gmock/gmock.h>

namespace mwan {
namespace {

using ::testing::ElementsAre;

Result<ScriptReport> parse(std::string_view text) {
  return parse_report({text.data(), text.size()});
}

TEST(ScriptReport, ArrivesAsItWasSent) {
  const auto report = parse(encode_report("/etc/ppp/ip-up", {"ppp0", "", "eth1"},
                                          {"reason=BOUND", "empty=", "b=c=d", "=odd", "odd"}));
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->name, "ip-up");
  EXPECT_THAT(report->arguments, ElementsAre("ppp0", "", "eth1"));
  EXPECT_EQ(report->environment.size(), 3U);
  EXPECT_EQ(report->value("reason"), "BOUND");
  EXPECT_EQ(report->value("b"), "c=d");
  EXPECT_EQ(report->value("empty"), "");
  EXPECT_EQ(report->value("missing"), "");
}

TEST(ScriptReport, WhatDoesNotFitIsLeftOut) {
  const std::string huge = "huge=" + std::string(ScriptReport::kLongest, 'x');
  const auto report = parse(encode_report("x", {}, {huge, "small=1"}));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->environment.size(), 1U);
  std::vector<std::string> many;
  many.reserve(2000);
  for (int i = 0; i < 2000; ++i) many.push_back("v" + std::to_string(i) + "=");
  const auto bounded = parse(encode_report("x", {}, {many.begin(), many.end()}));
  ASSERT_TRUE(bounded);
  EXPECT_LE(bounded->environment.size(), ScriptReport::kMostParts);
}

TEST(ScriptReport, AnythingElseIsRefused) {
  using namespace std::string_view_literals;
  for (const auto text :
       {""sv, "\0"sv, "mwan-tell 1\0x\0000\0a=b"sv, "mwan-tell 2\0x\0000\0"sv, "mwan-tell 1\0x\0"sv,
        "mwan-tell 1\0x\0001\0"sv, "mwan-tell 1\0x\000-1\0"sv, "mwan-tell 1\0x\0000\0=b\0"sv,
        "mwan-tell 1\0x\0000\0novalue\0"sv, "mwan-tell 1\0x\00018446744073709551616\0"sv}) {
    EXPECT_FALSE(parse(text)) << ::testing::PrintToString(text);
  }
  EXPECT_FALSE(parse(std::string(ScriptReport::kLongest + 1, '\0')));
}

}  // namespace
}  // namespace mwan
