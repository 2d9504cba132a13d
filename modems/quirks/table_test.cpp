// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/quirks/table.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include <gmock/gmock.h>

#include "modems/quirks/overrides.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

QuirkOverrides parsed(std::string_view text) {
  const auto overrides = parse_quirks(text);
  EXPECT_TRUE(overrides) << overrides.error().text();
  return overrides.value_or(QuirkOverrides{});
}
std::string refused(std::string_view text) {
  const auto overrides = parse_quirks(text);
  EXPECT_FALSE(overrides) << text;
  if (overrides) return {};
  EXPECT_EQ(overrides.error().failure, FailureClass::Permanent);
  return overrides.error().message;
}

TEST(QuirkTable, EveryRowIsUsable) {
  std::set<std::tuple<unsigned, int, std::string_view, std::string_view>> seen;
  for (const QuirkRow& row : quirk_rows()) {
    SCOPED_TRACE(row.name);
    const auto changes = parse_quirks(row.changes);
    ASSERT_TRUE(changes) << changes.error().text();
    EXPECT_NE(apply(Quirks{}, *changes), Quirks{}) << "it changes nothing";
    EXPECT_GT(row.evidence.size(), 20U);
    EXPECT_NE(row.vendor, 0);
    const int product = row.product ? *row.product : -1;
    EXPECT_TRUE(seen.insert({row.vendor, product, row.model, row.firmware}).second);
  }
}

TEST(QuirkTable, FindsAModem) {
  EXPECT_EQ(quirks_for({0x1199, 0x9079}).fcc_unlock, FccUnlock::DmsAuthentication);
  EXPECT_EQ(quirks_for({0x413c, 0x81d7}).fcc_unlock, FccUnlock::DmsFoxconn);
  EXPECT_TRUE(quirks_for({0x1199, 0x9055}).ethernet_frames_only);
  EXPECT_EQ(quirks_for({0x1199, 0x9071}), Quirks{});
  EXPECT_EQ(quirks_for({0, 0}), Quirks{});
}

TEST(QuirkTable, UsbIdsAreFourDigits) {
  EXPECT_EQ(parse_usb_id("1199", "90c3"), (UsbId{0x1199, 0x90C3}));
  EXPECT_FALSE(parse_usb_id("119", "90c3"));
  EXPECT_FALSE(parse_usb_id("1199", "0x90"));
  EXPECT_FALSE(parse_usb_id("", ""));
}

TEST(QuirkWords, AreParsed) {
  QuirkOverrides expected;
  expected.needs_endpoint_info = true;
  expected.silent_thresholds = false;
  expected.mbimex = 2;
  expected.open = 60s;
  EXPECT_EQ(parsed("needs-endpoint-info,!silent-thresholds,mbimex=2,open=60s"), expected);
  EXPECT_EQ(parsed(" needs-endpoint-info, !silent-thresholds\tmbimex=0 mbimex=2,,open=1min"),
            expected);
  EXPECT_EQ(parsed(""), QuirkOverrides{});
  EXPECT_EQ(parsed("settle=500ms,signal-interval=0s,first-reset=power").settle, 500ms);
  EXPECT_EQ(parsed("fcc-unlock=foxconn").fcc_unlock, FccUnlock::DmsFoxconn);
}

TEST(QuirkWords, EveryWordIsTakenAndChangesSomething) {
  for (const QuirkWord& word : quirk_words()) {
    SCOPED_TRACE(word.name);
    const std::string name(word.name);
    if (word.values.empty()) {
      EXPECT_NE(parsed(name), QuirkOverrides{});
      EXPECT_NE(apply(Quirks{}, parsed(name)), Quirks{});
      EXPECT_EQ(apply(Quirks{}, parsed(name + ",!" + name)), Quirks{});
      EXPECT_THAT(refused(name + "=1"), HasSubstr("write " + name + " or !" + name));
    } else {
      EXPECT_THAT(refused(name), HasSubstr(std::string(word.values)));
      EXPECT_THAT(refused("!" + name), HasSubstr(std::string(word.values)));
      EXPECT_THAT(refused(name + "=what"), HasSubstr("\"" + name + "=what\""));
    }
  }
}

TEST(QuirkWords, ErrorsNameTheWord) {
  EXPECT_THAT(refused("mbimex=2,endpoint"), HasSubstr("\"endpoint\" is not known; there are "
                                                      "needs-endpoint-info, "));
  for (const char* wrong : {"open=0s", "open=60", "open=s", "open=99999999999999999999s",
                            "open=11min", "settle=-1s", "mbimex=1", "!mbimex=2", "!", "="}) {
    EXPECT_THAT(refused(wrong), HasSubstr("\"" + std::string(wrong) + "\""));
  }
  EXPECT_THAT(refused("\x1b[1m"), HasSubstr("\"?[1m\""));
  EXPECT_LT(refused(std::string(5000, 'x')).size(), 500U);
}

TEST(QuirkWords, TheSettingGoesOverTheTable) {
  const Quirks table = quirks_for({0x1199, 0x9079});
  EXPECT_EQ(apply(table, parsed("fcc-unlock=none")), Quirks{});
  EXPECT_EQ(apply(table, {}), table);
}

TEST(Quirks, AreDescribed) {
  EXPECT_EQ(describe(Quirks{}), "none");
  EXPECT_EQ(describe(apply({}, parsed("silent-disconnect,mbimex=2,open=60s,first-reset=usb"))),
            "does not report disconnects, MBIMEx 2 at most, only a USB reset or more cures it, "
            "opening may take 60 s");
  // everything that can be unusual is in the words
  for (const char* one :
       {"needs-endpoint-info", "ethernet-frames-only", "misreports-packet-service",
        "silent-thresholds", "silent-disconnect", "mbimex=0", "signal-interval=1s",
        "fcc-unlock=dms", "fcc-unlock=foxconn", "first-reset=power", "open=1s", "settle=1s"}) {
    EXPECT_NE(describe(apply({}, parsed(one))), "none") << one;
  }
}

}  // namespace
}  // namespace mwan
