// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/keys.hpp"

#include <set>

#include <gmock/gmock.h>

#include "failover/config/apply.hpp"

namespace mwan::failover {
namespace {

template <class Target>
void expect_sound(const std::vector<Key<Target>>& keys) {
  std::set<std::string_view> seen;
  for (const auto& key : keys) {
    EXPECT_TRUE(seen.insert(key.name).second) << key.name << " is there twice";
    EXPECT_FALSE(key.help.empty()) << key.name;
    ASSERT_NE(key.set, nullptr) << key.name;
    if (key.default_text.empty()) continue;
    const auto value = read_value(key.type, key.default_text, false);
    ASSERT_TRUE(value) << key.name;
    Target target;
    key.set(target, *value);
    EXPECT_EQ(target, Target{}) << key.name << "=" << key.default_text << " is not what runs";
  }
}

TEST(Keys, SettingsTableStatesTheDefaultsThatRun) { expect_sound(settings_keys()); }
TEST(Keys, ProfileTableStatesTheDefaultsThatRun) { expect_sound(profile_keys()); }

// Reads one key into a fresh target.
template <class Target>
Target with(const std::vector<Key<Target>>& keys, std::string_view name, std::string_view text) {
  Target target;
  const auto key = std::ranges::find(keys, name, &Key<Target>::name);
  EXPECT_NE(key, keys.end()) << name;
  const auto value = read_value(key->type, text, false);
  EXPECT_TRUE(value) << name << "=" << text;
  if (value) key->set(target, *value);
  return target;
}

TEST(Keys, WordsMeanTheRightEnumerator) {
  const auto setting = [](auto name, auto text) { return with(settings_keys(), name, text); };
  const auto profile = [](auto name, auto text) { return with(profile_keys(), name, text); };
  EXPECT_EQ(setting("EVIDENCE", "pings").evidence, Evidence::Pings);
  EXPECT_EQ(setting("NAT", "nftables").nat, Nat::Nftables);
  EXPECT_EQ(setting("LOG_LEVEL", "trace").log_level, LogLevel::Trace);
  EXPECT_EQ(setting("LOG_LEVEL", "warning").log_level, LogLevel::Warning);
  EXPECT_EQ(setting("LOG_LEVEL", "error").log_level, LogLevel::Error);
  EXPECT_FALSE(setting("FLUSH_LEFT_FLOWS", "no").flush_left_flows);
  EXPECT_EQ(profile("KIND", "modem").kind, LinkKind::Modem);
  EXPECT_EQ(profile("STANDBY", "cold").standby, Standby::Cold);
  EXPECT_EQ(profile("AUTH", "pap").modem.auth, Auth::Pap);
  EXPECT_EQ(profile("AUTH", "chap").modem.auth, Auth::Chap);
  EXPECT_EQ(profile("IP_FAMILY", "ipv4").modem.ip_families, IpFamilies::Ipv4);
  EXPECT_EQ(profile("IP_FAMILY", "ipv6").modem.ip_families, IpFamilies::Ipv6);
}

TEST(Keys, UnitsAreThoseOfTheNames) {
  using std::chrono_literals::operator""ms;
  using std::chrono_literals::operator""s;
  const auto setting = [](auto name, auto text) { return with(settings_keys(), name, text); };
  EXPECT_EQ(setting("PROBE_INTERVAL_MS", "1000").probe.policy.interval, 1000ms);
  EXPECT_EQ(setting("PROBE_FAST_INTERVAL_MS", "20").probe.policy.fast_interval, 20ms);
  EXPECT_EQ(setting("PROBE_TIMEOUT_MS", "30").probe.policy.timeout, 30ms);
  EXPECT_EQ(setting("FAILBACK_STABLE_S", "60").failback_stable, 60s);
  EXPECT_EQ(setting("DWELL_S", "7").dwell, 7s);
  EXPECT_EQ(setting("STARTUP_GRACE_S", "8").startup_grace, 8s);
  EXPECT_DOUBLE_EQ(setting("RISK_ARM_PERCENT", "25").risk_arm, 0.25);
  EXPECT_DOUBLE_EQ(setting("SWITCH_PRICE_MS", "750").switch_price, 0.75);
  EXPECT_DOUBLE_EQ(setting("FLAP_PENALTY_PERCENT", "40").flap_penalty, 0.4);
  EXPECT_EQ(setting("FLAP_MEMORY_S", "90").flap_memory, 90s);
  EXPECT_EQ(with(profile_keys(), "CARRIER_DEBOUNCE_MS", "250").ethernet.carrier_debounce, 250ms);
}

TEST(Keys, NearestIsATypoAway) {
  const auto names = names_of(settings_keys());
  EXPECT_EQ(nearest_key("PROBE_INTERVALL_MS", names), "PROBE_INTERVAL_MS");
  EXPECT_EQ(nearest_key("PROBE_TARGET", names), "PROBE_TARGETS");
  EXPECT_EQ(nearest_key("LINK", names), "");
  EXPECT_EQ(nearest_key("HOTS", names), "HOST");
  EXPECT_EQ(nearest_key("SOMETHING_ELSE", names), "");
  EXPECT_EQ(nearest_key(std::string(100000, 'X'), names), "");
}

TEST(Keys, UnknownKeyMessages) {
  const std::vector<std::string_view> mine = {"PROBE_DOWN", "PROBE_UP"};
  const std::vector<std::string_view> others = {"APN"};
  EXPECT_EQ(unknown_key_message("PROBE_DWN", mine, others, "a profile"),
            "unknown key PROBE_DWN; did you mean PROBE_DOWN?");
  EXPECT_EQ(unknown_key_message("APN", mine, others, "a profile"), "APN belongs into a profile");
  EXPECT_EQ(unknown_key_message("ZEBRA", mine, others, "a profile"), "unknown key ZEBRA");
}

}  // namespace
}  // namespace mwan::failover
