// SPDX-License-Identifier: LGPL-2.1-or-later
// What the two key tables share: taking a value out of its variant, and the probe keys.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "failover/config/keys.hpp"

namespace mwan::failover {

inline std::int64_t as_number(const Value& value) { return std::get<std::int64_t>(value); }
template <class Integral>
Integral as(const Value& value) {
  return static_cast<Integral>(as_number(value));
}
inline Duration as_ms(const Value& value) { return std::chrono::milliseconds(as_number(value)); }
inline Duration as_s(const Value& value) { return std::chrono::seconds(as_number(value)); }
inline const std::string& as_text(const Value& value) { return std::get<std::string>(value); }

// Target has a member `probe`. with_defaults: the settings have defaults, a profile's own values
// stand over the settings'.
template <class Target>
void append_probe_keys(std::vector<Key<Target>>& keys, bool with_defaults) {
  using namespace value_type;
  const auto add = [&](std::string_view name, const ValueType& type, std::string_view default_text,
                       std::string_view help, void (*set)(Target&, const Value&)) {
    Key<Target> key;
    key.name = name;
    key.type = type;
    key.default_text = with_defaults ? default_text : "";
    key.help = help;
    key.set = set;
    keys.push_back(std::move(key));
  };
  add("PROBE_TARGETS", AddressList{8}, "",
      "hosts that are asked (ICMP echo) whether the link reaches the internet; needed here or in "
      "every profile",
      [](Target& t, const Value& v) { t.probe.targets = std::get<std::vector<IpAddress>>(v); });
  add("PROBE_QUORUM", Integer{1, 8, ""}, "1", "answers that make a round of probes good",
      [](Target& t, const Value& v) { t.probe.quorum = as<int>(v); });
  add("PROBE_INTERVAL_MS", Integer{100, 60000, "ms"}, "400",
      "from one round to the next while the link is well",
      [](Target& t, const Value& v) { t.probe.policy.interval = as_ms(v); });
  add("PROBE_FAST_INTERVAL_MS", Integer{20, 60000, "ms"}, "150",
      "from one round to the next while there is suspicion against the link",
      [](Target& t, const Value& v) { t.probe.policy.fast_interval = as_ms(v); });
  add("PROBE_METERED_INTERVAL_MS", Integer{100, 3600000, "ms"}, "10000",
      "the same for a metered link that is well while another one, also well, carries the traffic",
      [](Target& t, const Value& v) { t.probe.policy.metered_interval = as_ms(v); });
  add("PROBE_TIMEOUT_MS", Integer{20, 10000, "ms"}, "700",
      "a round without its quorum by then has failed",
      [](Target& t, const Value& v) { t.probe.policy.timeout = as_ms(v); });
  add("PROBE_DOWN", Integer{1, 20, ""}, "3", "failed rounds in a row that make a link dead",
      [](Target& t, const Value& v) { t.probe.policy.down = as<int>(v); });
  add("PROBE_UP", Integer{1, 100, ""}, "3", "good rounds in a row that make it alive again",
      [](Target& t, const Value& v) { t.probe.policy.up = as<int>(v); });
}

}  // namespace mwan::failover
