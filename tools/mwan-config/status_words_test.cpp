// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/status_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::config_tool {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

TEST(StatusWords, SayWhichLinkAndWhy) {
  const auto status = Json::parse(R"({"active":"lte","preferred":"wired","paused":false,
    "held":"lte","links":[
    {"name":"wired","kind":"ethernet","device":"eth1","active":false,"verdict":"down",
     "reason":"no carrier","lasting_s":90,"risk":1.0,"maintenance":false,"addresses":[]},
    {"name":"lte","kind":"modem","device":"wwan0","active":true,"verdict":"good","reason":"well",
     "lasting_s":7300,"risk":0.07,"maintenance":false,"metered":true,
     "addresses":["10.64.0.2/30"],
     "registration":{"state":"home","rat":"lte","operator":"Example"},
     "signal":[{"rat":"lte","rsrp_dbm":-85.0,"rsrq_db":-8.0,"sinr_db":20.0}]}]})");
  const std::string out = status_words(status);
  EXPECT_THAT(out, testing::StartsWith("Traffic: lte (preferred: wired)\nChosen by hand"));
  EXPECT_THAT(out, HasSubstr("  wired  down         no carrier (for 90 s)\n"));
  EXPECT_THAT(out, HasSubstr("* lte    good         well (for 2 h)\n"));
  EXPECT_THAT(out, HasSubstr("modem wwan0, 10.64.0.2/30, metered\n"));
  EXPECT_THAT(out, HasSubstr("registered in Example\n"));
  EXPECT_THAT(out, HasSubstr("LTE signal "));
  EXPECT_THAT(out, HasSubstr("RSRP -85 dBm"));
  EXPECT_THAT(out, HasSubstr("risk of losing packets soon: 7 %"));
  EXPECT_THAT(out, Not(HasSubstr("PAUSED")));
}

TEST(StatusWords, APauseAndMaintenanceAreSaid) {
  const std::string out = status_words(Json::parse(
      R"({"active":null,"paused":true,"links":[{"name":"a","verdict":"down","maintenance":true}]})"));
  EXPECT_THAT(out, HasSubstr("No link carries the traffic yet\nPAUSED"));
  EXPECT_THAT(out, HasSubstr("a  maintenance  never chosen"));
}

TEST(StatusWords, WhyRedIsLeftAloneIsSaid) {
  const std::string out = status_words(Json::parse(
      R"({"active":"lte","paused":true,"stood_aside":"red stop by a person","links":[]})"));
  EXPECT_THAT(out, HasSubstr("STOOD ASIDE: an administrator acts on RED (red stop by a person)"));
  EXPECT_THAT(out, Not(HasSubstr("PAUSED")));
}

TEST(StatusWords, WhateverComesIsPrintable) {
  for (const char* odd : {"null", "[]", "7", R"({"links":[7,null,{"signal":[7,{}]}]})",
                          R"({"links":[{"signal":7,"addresses":[1],"registration":{}}]})"}) {
    EXPECT_FALSE(status_words(Json::parse(odd)).empty()) << odd;
  }
  EXPECT_EQ(printable("a\x1b[2Jb\n\x7f\xc2\x9b"), "a [2Jb    ");
  EXPECT_EQ(printable("\xc3\xa4"), "\xc3\xa4");
}

TEST(StatusWords, TimesAreRough) {
  EXPECT_EQ(time_words(0), "0 s");
  EXPECT_EQ(time_words(119), "119 s");
  EXPECT_EQ(time_words(120), "2 min");
  EXPECT_EQ(time_words(7200), "2 h");
  EXPECT_EQ(time_words(400000), "4 d");
}

}  // namespace
}  // namespace mwan::config_tool
