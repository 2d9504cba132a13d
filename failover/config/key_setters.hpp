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
  add("PROBE_TARGETS", TargetList{8}, "",
      "who is asked whether the link reaches the internet: ADDRESS (ICMP echo), tcp:ADDRESS:PORT, "
      "dns:NAME, http://HOST/PATH, https://HOST/PATH, gateway (docs/probes.md); needed here or in "
      "every profile",
      [](Target& t, const Value& v) { t.probe.targets = std::get<std::vector<ProbeTarget>>(v); });
  add("PROBE_QUORUM", Integer{1, 8, ""}, "1", "answers that make a round of probes good",
      [](Target& t, const Value& v) { t.probe.quorum = as<int>(v); });
  add("PROBE_INTERVAL_MS", Integer{100, 60000, "ms"}, "5000",
      "while the link is well one target is asked in this time, another one each time; the link in "
      "use, while no answered traffic proves it, asks each of them: with four one every 1250 ms",
      [](Target& t, const Value& v) { t.probe.policy.interval = as_ms(v); });
  add("PROBE_FAST_INTERVAL_MS", Integer{20, 60000, "ms"}, "100",
      "from one round to the next while there is suspicion against the link",
      [](Target& t, const Value& v) { t.probe.policy.fast_interval = as_ms(v); });
  add("PROBE_RETRY_INTERVAL_MS", Integer{100, 60000, "ms"}, "1000",
      "from one round to the next while the link is dead, or has come back and must yet be well "
      "for FAILBACK_STABLE_S",
      [](Target& t, const Value& v) { t.probe.policy.retry_interval = as_ms(v); });
  add("PROBE_METERED_INTERVAL_MS", Integer{100, 3600000, "ms"}, "10000",
      "the same for a metered link that is well while another one, also well, carries the traffic",
      [](Target& t, const Value& v) { t.probe.policy.metered_interval = as_ms(v); });
  add("PROBE_TIMEOUT_MS", Integer{20, 10000, "ms"}, "700",
      "a round without its quorum by then has failed; while traffic is answered after 2 s, "
      "otherwise "
      "already after twice the usual time (at least 200 ms)",
      [](Target& t, const Value& v) { t.probe.policy.timeout = as_ms(v); });
  add("PROBE_DOWN", Integer{1, 20, ""}, "3", "failed rounds in a row that make a link dead",
      [](Target& t, const Value& v) { t.probe.policy.down = as<int>(v); });
  add("PROBE_UP", Integer{1, 100, ""}, "3", "good rounds in a row that make it alive again",
      [](Target& t, const Value& v) { t.probe.policy.up = as<int>(v); });
  add("PROBE_WINDOW_S", Integer{1, 600, "s"}, "10",
      "the time over which loss, latency and jitter are measured; nothing is said of fewer than "
      "20 questions",
      [](Target& t, const Value& v) { t.probe.window = as_s(v); });
  add("PROBE_LOSS_DOWN_PERCENT", Integer{0, 100, "%"}, "25",
      "from this loss on traffic moves to a link that is well; 0 switches it off",
      [](Target& t, const Value& v) {
        t.probe.policy.quality.loss_down_permille = static_cast<std::uint16_t>(as_number(v) * 10);
      });
  add("PROBE_LOSS_UP_PERCENT", Integer{0, 100, "%"}, "10",
      "up to this loss such a link counts as well again", [](Target& t, const Value& v) {
        t.probe.policy.quality.loss_up_permille = static_cast<std::uint16_t>(as_number(v) * 10);
      });
  add("PROBE_LATENCY_DOWN_MS", Integer{0, 10000, "ms"}, "0",
      "from this mean latency on traffic moves to a link that is well; 0 switches it off, for a "
      "busy link is slow as well",
      [](Target& t, const Value& v) { t.probe.policy.quality.latency_down = as_ms(v); });
  add("PROBE_LATENCY_UP_MS", Integer{0, 10000, "ms"}, "0",
      "up to this latency such a link counts as well again; needed beside PROBE_LATENCY_DOWN_MS",
      [](Target& t, const Value& v) { t.probe.policy.quality.latency_up = as_ms(v); });
  add("PROBE_QUALITY_STABLE_S", Integer{0, 3600, "s"}, "10",
      "how long loss and latency must have been that good",
      [](Target& t, const Value& v) { t.probe.policy.quality.stable = as_s(v); });
  add("PROBE_HTTP_INTERVAL_S", Integer{1, 86400, "s"}, "30",
      "from one question to an HTTP target to the next while others answer; a lost round asks at "
      "once",
      [](Target& t, const Value& v) { t.probe.http_interval = as_s(v); });
  add("PROBE_CA_FILE", AbsolutePath{}, "",
      "certificates (PEM) that https targets are checked against; the system's when not set",
      [](Target& t, const Value& v) { t.probe.ca_file = as_text(v); });
  add("PROBE_BUDGET_MB", Integer{0, 100000, "MB"}, "0",
      "what probes of a metered link may cost in 30 days while another link carries the traffic, "
      "spread evenly; 0: no limit",
      [](Target& t, const Value& v) { t.probe.budget_mb = as<int>(v); });
}

}  // namespace mwan::failover
