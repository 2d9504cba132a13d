// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/edit/words.hpp"

#include <gmock/gmock.h>

namespace mwan::config_tool {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

std::string error_of(const Words& words) {
  const auto out = parse_set_words(words);
  return out ? "" : out.error();
}

TEST(SetWords, SayFileKeyAndValue) {
  EXPECT_EQ(parse_set_words({"LOG_LEVEL", "debug"}), (SetWords{"", {{"LOG_LEVEL", "debug"}}}));
  EXPECT_EQ(parse_set_words({"lte", "APN", "a=b"}), (SetWords{"lte", {{"APN", "a=b"}}}));
  EXPECT_EQ(parse_set_words({"lte", "APN=x", "METERED=yes"}),
            (SetWords{"lte", {{"APN", "x"}, {"METERED", "yes"}}}));
  EXPECT_EQ(parse_set_words({"NAT=nftables"}), (SetWords{"", {{"NAT", "nftables"}}}));
  EXPECT_EQ(parse_set_words({"lte", "PIN"}), (SetWords{"lte", {{"PIN", std::nullopt}}}));
  EXPECT_EQ(parse_set_words({"lte", "PIN", ""}), (SetWords{"lte", {{"PIN", ""}}}))
      << "taking a secret away needs no secret";
}

TEST(SetWords, ASecretIsNeverAnArgument) {
  for (const Words& words : {Words{"lte", "PIN", "1234"}, Words{"lte", "PASSWORD=1234"}}) {
    EXPECT_THAT(error_of(words), HasSubstr("is a secret"));
    EXPECT_THAT(error_of(words), Not(HasSubstr("1234")));
  }
}

TEST(SetWords, WhatIsWrongIsSaid) {
  EXPECT_THAT(error_of({}), HasSubstr("expected"));
  EXPECT_THAT(error_of({"lte"}), HasSubstr("expected"));
  EXPECT_THAT(error_of({"LOG_LEVLE", "debug"}), HasSubstr("LOG_LEVLE"));
  EXPECT_THAT(error_of({"lte", "APM", "x"}), HasSubstr("did you mean APN"));
  EXPECT_THAT(error_of({"../x", "APN", "x"}), HasSubstr("nor a name for a profile"));
  EXPECT_THAT(error_of({"APN", "x"}), HasSubstr("profiles/"));
  EXPECT_THAT(error_of({"lte", "APN"}), HasSubstr("value is missing"));
}

TEST(KeyWords, NameAKeyOfSettingsOrProfile) {
  EXPECT_EQ(parse_key_words({"NAT"}), (KeyWords{"", "NAT"}));
  EXPECT_EQ(parse_key_words({"lte", "APN"}), (KeyWords{"lte", "APN"}));
  EXPECT_THAT(parse_key_words({"lte", "NAT"}).error(), HasSubstr("the file settings"));
}

}  // namespace
}  // namespace mwan::config_tool
