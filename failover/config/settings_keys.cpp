// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/key_setters.hpp"
#include "failover/config/keys.hpp"

namespace mwan::failover {

namespace {

using namespace value_type;

using Settings = DaemonSettings;

std::vector<Key<Settings>> make_keys() {
  std::vector<Key<Settings>> keys;
  const auto add = [&](std::string_view name, ValueType type, std::string_view default_text,
                       std::string_view help, void (*set)(Settings&, const Value&)) {
    Key<Settings> key;
    key.name = name;
    key.type = std::move(type);
    key.default_text = default_text;
    key.help = help;
    key.set = set;
    keys.push_back(std::move(key));
  };
  add("EVIDENCE", Choice{{"all", "pings"}, {}}, "all",
      "which facts decide: everything that radio and kernel report, or only the probes",
      [](Settings& s, const Value& v) { s.evidence = as<Evidence>(v); });
  append_probe_keys(keys, true);
  add("FAILBACK_STABLE_S", Integer{0, 86400, "s"}, "10",
      "the primary must have been well for so long before the traffic returns to it",
      [](Settings& s, const Value& v) { s.failback_stable = as_s(v); });
  add("DWELL_S", Integer{0, 3600, "s"}, "1",
      "no second change of link within this time, unless the active link died",
      [](Settings& s, const Value& v) { s.dwell = as_s(v); });
  add("STARTUP_GRACE_S", Integer{0, 600, "s"}, "10",
      "how long the primary may take to come up when the daemon starts",
      [](Settings& s, const Value& v) { s.startup_grace = as_s(v); });
  add("RISK_ARM_PERCENT", Integer{1, 100, "%"}, "5",
      "from this probability of losing packets in the next seconds the link is probed fast and a "
      "standby prepared",
      [](Settings& s, const Value& v) { s.risk_arm = as<double>(v) / 100.0; });
  add("SWITCH_PRICE_MS", Integer{50, 600000, "ms"}, "600",
      "a link that is at risk is left when another one promises to save so much lost time: lower, "
      "and the traffic moves earlier and more often (docs/prediction.md)",
      [](Settings& s, const Value& v) { s.switch_price = as<double>(v) / 1000.0; });
  add("FLAP_PENALTY_PERCENT", Integer{0, 10000, "%"}, "30",
      "every change of link makes the next one dearer by this part of SWITCH_PRICE_MS",
      [](Settings& s, const Value& v) { s.flap_penalty = as<double>(v) / 100.0; });
  add("FLAP_MEMORY_S", Integer{1, 86400, "s"}, "30",
      "how slowly that fades: after this time a third of it is left",
      [](Settings& s, const Value& v) { s.flap_memory = as_s(v); });
  add("FAMILIES", Choice{{"together", "apart"}, {}}, "together",
      "what becomes of a link that lost IPv4 or IPv6 and has the other: together, it is left when "
      "IPv4 is lost, and has no IPv6 default route while IPv6 is; apart, the lost one goes by the "
      "best other link that has it",
      [](Settings& s, const Value& v) { s.families = as<Families>(v); });
  add("ROUTE_METRIC", Integer{0, 2147483647, ""}, "0",
      "metric of the default route that is replaced; 0 comes before all others in IPv4",
      [](Settings& s, const Value& v) { s.route_metric = as<std::uint32_t>(v); });
  add("FALLBACK_ROUTES", YesNo{}, "yes",
      "whether the same route stands behind it again, with the next metric, and those of the other "
      "links that are up behind that one: when a device disappears the kernel goes on by them "
      "until the daemon has moved the traffic. Not on IPFire, whose default route is its own",
      [](Settings& s, const Value& v) { s.fallback_routes = as_number(v) != 0; });
  add("TABLE_BASE", Integer{1, 60000, ""}, "1100",
      "number of the first link's routing table; the next links have the numbers after it. 200, "
      "201, 220 and 253 to 255 belong to others",
      [](Settings& s, const Value& v) { s.table_base = as<std::uint32_t>(v); });
  add("RULE_PRIORITY", Integer{1, 32700, ""}, "1000",
      "priority of the first link's routing rule; the next links have the numbers after it",
      [](Settings& s, const Value& v) { s.rule_priority = as<std::uint32_t>(v); });
  add("NAT", Choice{{"none", "nftables"}, {}}, "none",
      "masquerading of what leaves through our links: none (somebody else does it) or a table of "
      "our own in nftables",
      [](Settings& s, const Value& v) { s.nat = as<Nat>(v); });
  add("FLUSH_LEFT_FLOWS", YesNo{}, "yes",
      "whether connections of the link that was left are forgotten, so that they begin again on "
      "the new one",
      [](Settings& s, const Value& v) { s.flush_left_flows = as_number(v) != 0; });
  add("RESET_FLOWS", YesNo{}, "yes",
      "with NAT=nftables: whether TCP connections of the link that was left, which cannot survive "
      "another source address, are reset towards the LAN at once, so that applications connect "
      "again instead of waiting (docs/links.md)",
      [](Settings& s, const Value& v) { s.reset_flows = as_number(v) != 0; });
  add("LOG_LEVEL", Choice{{"trace", "debug", "info", "warning", "error"}, {}}, "info",
      "the least important messages that are logged",
      [](Settings& s, const Value& v) { s.log_level = as<LogLevel>(v); });
  add("LOG_FILE", AbsolutePath{}, "",
      "log file beside standard error, /var/log/mwan.log for instance; opened again on SIGHUP and "
      "mwan-config reload, as logrotate needs it",
      [](Settings& s, const Value& v) { s.log_file = as_text(v); });
  add("LOG_SYSLOG", YesNo{}, "no",
      "whether the log goes to syslog as well, with the tag mwan; where systemd starts the daemon "
      "its journal has it already",
      [](Settings& s, const Value& v) { s.log_syslog = as_number(v) != 0; });
  add("DECISION_LOG", AbsolutePath{}, "",
      "the log of every event and decision; decisions.jsonl in the state directory when not set",
      [](Settings& s, const Value& v) { s.decision_log = as_text(v); });
  add("HOST", Choice{{"auto", "standalone", "ipfire"}, {}}, "auto",
      "whose network the daemon shares: ipfire takes RED over and gives it back (docs/ipfire.md); "
      "auto is that where IPFire's ethernet/settings and networking/red are found",
      [](Settings& s, const Value& v) { s.host = as<HostKind>(v); });
  add("IPFIRE_MODE", Choice{{"fast", "full"}, {}}, "fast",
      "on IPFire: fast puts the backup into RED's state files, the default route and the "
      "firewall; full makes it RED in ethernet/settings and runs IPFire's own scripts, which "
      "takes seconds, and everything that follows the settings follows (docs/ipfire.md)",
      [](Settings& s, const Value& v) { s.ipfire_mode = as<IpfireMode>(v); });
  add("HOTPLUG_START", YesNo{}, "no",
      "whether mwan-hotplug, called by udev's rules, starts the daemon when an uplink is plugged "
      "in "
      "and it is not running; for hosts without systemd",
      [](Settings& s, const Value& v) { s.hotplug_start = as_number(v) != 0; });
  add("AUTO_PROFILES", YesNo{}, "no",
      "whether devices that no profile asks for, and that udev's rules mark as an uplink, become "
      "links by themselves, behind all that have a profile (docs/hotplug.md)",
      [](Settings& s, const Value& v) { s.auto_profiles = as_number(v) != 0; });
  add("CONTROL_GROUP", Text{1, 32, "_-"}, "",
      "group whose users may use mwan-config as root may (docs/control.md); nobody else when not "
      "set",
      [](Settings& s, const Value& v) { s.control_group = as_text(v); });
  add("METRICS_FILE", AbsolutePath{}, "",
      "file that metrics are written to in Prometheus' text format (docs/metrics.md); none when "
      "not set",
      [](Settings& s, const Value& v) { s.metrics_file = as_text(v); });
  add("METRICS_INTERVAL_S", Integer{1, 3600, "s"}, "15", "how often that file is written",
      [](Settings& s, const Value& v) { s.metrics_interval = as_s(v); });
  add("TRACK_DIR", AbsolutePath{}, "",
      "directory of the files that keepalived can track, one a link with a number in it "
      "(docs/metrics.md); none when not set",
      [](Settings& s, const Value& v) { s.track_dir = as_text(v); });
  add("NOTIFY_PROGRAM", AbsolutePath{}, "",
      "program that is told of every change of a link, of the state and of the active link "
      "(docs/metrics.md); root's, and writable by nobody else",
      [](Settings& s, const Value& v) { s.notify_program = as_text(v); });
  add("NOTIFY_LIMIT_S", Integer{1, 600, "s"}, "10", "how long it may take before it is ended",
      [](Settings& s, const Value& v) { s.notify_limit = as_s(v); });
  add("SERVICES", Text{1, 256, "_-.@,"}, "ntp,ntpsec,chrony,systemd-resolved,unbound",
      "with HOST=standalone: units of systemd that reload, or restart where they cannot, after the "
      "traffic has moved; those that are not active are left alone; none: none",
      [](Settings& s, const Value& v) { s.services = as_text(v); });
  return keys;
}

}  // namespace

const std::vector<Key<DaemonSettings>>& settings_keys() {
  static const auto keys = make_keys();
  return keys;
}

}  // namespace mwan::failover
