// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/settings_text.hpp"

#include <gmock/gmock.h>

namespace mwan::failover {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

SettingsText parse(std::string_view text) { return parse_settings_text("settings", text); }

// The only error of a text.
std::string error_of(std::string_view text) {
  const auto parsed = parse(text);
  EXPECT_THAT(parsed.errors, SizeIs(1)) << text;
  return parsed.errors.empty() ? "" : parsed.errors.front().text();
}

TEST(SettingsText, ReadsPlainAndQuotedValues) {
  const auto parsed = parse("A=1\nB_2='two words'\n\nC='x'\nD=\nE=''\nF=a=/,.:%_@#+-Z");
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_THAT(parsed.entries,
              ElementsAre(SettingsEntry{1, "A", "1"}, SettingsEntry{2, "B_2", "two words"},
                          SettingsEntry{4, "C", "x"}, SettingsEntry{5, "D", ""},
                          SettingsEntry{6, "E", ""}, SettingsEntry{7, "F", "a=/,.:%_@#+-Z"}));
}

TEST(SettingsText, SaysWhyALineIsNotAccepted) {
  EXPECT_THAT(error_of("A=1\n# note\n"), HasSubstr("settings:2: comments are not possible"));
  EXPECT_THAT(error_of("  # note"), HasSubstr("comments are not possible"));
  EXPECT_THAT(error_of(" A=1"), HasSubstr("space before the key"));
  EXPECT_THAT(error_of("A =1"), HasSubstr("space before the \"=\""));
  EXPECT_THAT(error_of("hello"), HasSubstr("no \"=\""));
  EXPECT_THAT(error_of("a=1"), HasSubstr("capital letters"));
  EXPECT_THAT(error_of("=1"), HasSubstr("capital letters"));
  EXPECT_THAT(error_of("1A=1"), HasSubstr("begins with a letter"));
}

TEST(SettingsText, NamesTheColumnOfABadCharacter) {
  EXPECT_THAT(error_of("KEY=two words"), HasSubstr("settings:1: KEY: column 8 holds a space"));
  EXPECT_THAT(error_of("KEY=\"x\""), HasSubstr("column 5 holds a double quote"));
  EXPECT_THAT(error_of("KEY='a'b'"), HasSubstr("column 7 holds a single quote"));
  EXPECT_THAT(error_of("KEY='ab"), HasSubstr("not closed"));
  EXPECT_THAT(error_of("KEY='"), HasSubstr("not closed"));
  EXPECT_THAT(error_of("KEY=a\tb"), HasSubstr("a tab"));
  EXPECT_THAT(error_of("KEY=\xc3\xbc"), HasSubstr("outside ASCII"));
  EXPECT_THAT(error_of(std::string_view("KEY=a\0b", 7)), HasSubstr("NUL"));
}

TEST(SettingsText, TellsWindowsLineEndsOnce) {
  const auto parsed = parse("A=1\r\nB=2\r\n");
  ASSERT_THAT(parsed.errors, SizeIs(1));
  EXPECT_THAT(parsed.errors[0].text(), HasSubstr("settings:1: the line ends in CR LF"));
  EXPECT_THAT(parsed.entries, SizeIs(2));
}

TEST(SettingsText, RejectsTheSecondOfTwoAndKeepsTheFirst) {
  const auto parsed = parse("A=1\nB=2\nA=3\n");
  ASSERT_THAT(parsed.errors, SizeIs(1));
  EXPECT_EQ(parsed.errors[0].text(),
            "settings:3: A is set a second time (first in line 1); remove one");
  EXPECT_EQ(parsed.entries.front(), (SettingsEntry{1, "A", "1"}));
}

TEST(SettingsText, ReportsEveryLineAndNeverAValue) {
  const auto parsed = parse("PASSWORD=sec!ret\nPIN=12 34\nbad sec!ret\n");
  ASSERT_THAT(parsed.errors, SizeIs(3));
  for (const auto& error : parsed.errors) {
    EXPECT_THAT(error.text(), testing::Not(HasSubstr("ret")));
    EXPECT_THAT(error.text(), testing::Not(HasSubstr("34")));
  }
  EXPECT_TRUE(parsed.broken.contains("PASSWORD"));
}

TEST(SettingsText, StaysBoundedOnNonsense) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "K" + std::to_string(i) + "=!\n";
  EXPECT_THAT(parse(text).errors, SizeIs(50));
}

}  // namespace
}  // namespace mwan::failover
