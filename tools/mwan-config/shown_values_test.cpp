// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/shown_values.hpp"

#include <gmock/gmock.h>

namespace mwan::config_tool {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

ShownFile file(const std::string& name, const std::string& text) {
  return {name, failover::parse_settings_text(name, text)};
}

TEST(ShownValues, SayWhereAValueComesFrom) {
  const auto settings = file("settings", "LOG_LEVEL=debug\nPROBE_DOWN=7\n");
  const auto values = shown_settings(settings);
  EXPECT_THAT(values, Contains(ShownValue{"LOG_LEVEL", "debug", "settings:1"}));
  EXPECT_THAT(values, Contains(ShownValue{"NAT", "none", "default"}));
  EXPECT_THAT(values, Contains(ShownValue{"LOG_FILE", "", ""}));
  const auto lte = shown_profile(file("profiles/lte", "KIND=modem\nAPN=a.b\n"), settings);
  EXPECT_THAT(lte, Contains(ShownValue{"APN", "a.b", "profiles/lte:2"}));
  EXPECT_THAT(lte, Contains(ShownValue{"PROBE_DOWN", "7", "settings:2"}));
  EXPECT_THAT(lte, Not(Contains(testing::Field(&ShownValue::key, "GATEWAY"))));
}

TEST(ShownValues, OfSecretsOnlyWhetherTheyAreSet) {
  const auto settings = file("settings", "");
  const auto lte = shown_profile(file("profiles/lte", "KIND=modem\nPIN=8529\n"), settings);
  EXPECT_THAT(lte, Contains(ShownValue{"PIN", "set", "profiles/lte:2"}));
  EXPECT_THAT(lte, Contains(ShownValue{"PASSWORD", "not set", ""}));
  EXPECT_THAT(shown_text("x", lte), Not(HasSubstr("8529")));
}

TEST(ShownValues, APhoneIsMeteredByItself) {
  const auto phone = shown_profile(file("profiles/p", "KIND=tether\n"), file("settings", ""));
  EXPECT_THAT(phone, Contains(ShownValue{"METERED", "yes", "default"}));
}

}  // namespace
}  // namespace mwan::config_tool
