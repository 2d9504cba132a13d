// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/edit/settings_edit.hpp"

#include <gmock/gmock.h>

namespace mwan::config_tool {
namespace {

using testing::HasSubstr;

std::string set(std::string_view text, std::string_view key, std::string_view value) {
  const auto out = with_key(text, key, value);
  return out ? *out : "error: " + out.error();
}

TEST(SettingsEdit, ChangesOneLineAndKeepsEveryOtherByte) {
  EXPECT_EQ(set("A=1\nB=2\nC=3\n", "B", "9"), "A=1\nB=9\nC=3\n");
  EXPECT_EQ(set("# not ours\r\n\nB=2\nBB=4\n", "B", "9"), "# not ours\r\n\nB=9\nBB=4\n");
  EXPECT_EQ(set("A=1", "B", "two words"), "A=1\nB='two words'\n");
  EXPECT_EQ(set("", "A", "1"), "A=1\n");
  EXPECT_EQ(set("A=1\nB=2\nA=3\n", "A", "4"), "A=4\nB=2\n");
  EXPECT_EQ(without_key("A=1\nB=2\nA=3\n", "A"), "B=2\n");
  EXPECT_EQ(without_key("A=1\n", "B"), "A=1\n");
}

TEST(SettingsEdit, KnowsTheLine) {
  EXPECT_EQ(line_of("A=1\n\nB=2\n", "B"), 3);
  EXPECT_EQ(line_of("A=1\nB=2", "C"), 0);
}

TEST(SettingsEdit, WhatTheFormatCannotHoldIsRefused) {
  for (const std::string_view value :
       {std::string_view("1\nB=2"), std::string_view("$(reboot)"), std::string_view("a;b"),
        std::string_view("`id`"), std::string_view("a\0b", 3), std::string_view("it's"),
        std::string_view("\xc3\xa4"), std::string_view("a\tb"), std::string_view("\"a\""),
        std::string_view("a\r"), std::string_view("' x'")}) {
    EXPECT_THAT(set("A=1\n", "A", value), testing::StartsWith("error: ")) << value;
  }
  EXPECT_THAT(set("", "PIN", "12$4"), testing::Not(HasSubstr("12$4"))) << "it may be a secret";
}

}  // namespace
}  // namespace mwan::config_tool
