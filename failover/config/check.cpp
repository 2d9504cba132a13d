// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/check.hpp"

#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "hal/discovery/match.hpp"
#include "modems/quirks/overrides.hpp"

namespace mwan::failover {

namespace {

// Without libnftables in the build there is nothing that could set NAT up.
#if MWAN_WITH_NFTABLES
constexpr bool has_nftables = true;
#else
constexpr bool has_nftables = false;
#endif

// Errors about one file, put at the line of a key.
class Report {
 public:
  Report(const Origin& origin, ConfigErrors& errors) : origin_(origin), errors_(errors) {}
  void at(std::string_view key, std::string message) {
    const auto line = origin_.lines.find(key);
    errors_.push_back({origin_.file, line == origin_.lines.end() ? 0 : line->second,
                       fmt::format("{}: {}", key, message)});
  }

 private:
  const Origin& origin_;
  ConfigErrors& errors_;
};

bool sets_any(const Origin& origin, std::initializer_list<std::string_view> keys) {
  return std::ranges::any_of(keys, [&](auto key) { return origin.lines.contains(key); });
}

// A profile repeats no error that the settings' own values have: only what it sets itself counts.
void check_probe(const Origin& origin, const ProbeSettings& probe, const Broken& broken,
                 const Broken& inherited, Report& report) {
  const auto looks_at = [&](std::initializer_list<std::string_view> keys) {
    return sets_any(origin, keys) && !broken.any(keys) && !inherited.any(keys);
  };
  const auto interval = to_ms(probe.policy.interval);
  const auto fast = to_ms(probe.policy.fast_interval);
  const auto timeout = to_ms(probe.policy.timeout);
  if (looks_at({"PROBE_INTERVAL_MS", "PROBE_FAST_INTERVAL_MS"}) && fast > interval) {
    report.at("PROBE_FAST_INTERVAL_MS",
              fmt::format("{} ms is slower than PROBE_INTERVAL_MS, {} ms", fast, interval));
  }
  // Rounds may overlap; that many at once are a flood.
  constexpr int max_overlap = 20;
  if (looks_at({"PROBE_FAST_INTERVAL_MS", "PROBE_TIMEOUT_MS"}) && timeout > max_overlap * fast) {
    report.at("PROBE_FAST_INTERVAL_MS",
              fmt::format("with PROBE_TIMEOUT_MS of {} ms more than {} rounds would be under way "
                          "at once; make it at least {} ms",
                          timeout, max_overlap, (timeout + max_overlap - 1) / max_overlap));
  }
  const QualityPolicy& quality = probe.policy.quality;
  if (looks_at({"PROBE_LOSS_DOWN_PERCENT", "PROBE_LOSS_UP_PERCENT"}) &&
      quality.loss_down_permille > 0 && quality.loss_up_permille >= quality.loss_down_permille) {
    report.at(
        "PROBE_LOSS_UP_PERCENT",
        fmt::format("{} must be less than PROBE_LOSS_DOWN_PERCENT, {}: a link comes back when "
                    "it is better than when it was left",
                    quality.loss_up_permille / 10, quality.loss_down_permille / 10));
  }
  const auto slow = to_ms(quality.latency_down);
  if (looks_at({"PROBE_LATENCY_DOWN_MS", "PROBE_LATENCY_UP_MS"}) && slow > 0 &&
      (quality.latency_up >= quality.latency_down || to_ms(quality.latency_up) == 0)) {
    report.at("PROBE_LATENCY_UP_MS",
              fmt::format("{} must be less than PROBE_LATENCY_DOWN_MS, {}, and more than 0",
                          to_ms(quality.latency_up), slow));
  }
  if (looks_at({"PROBE_LATENCY_DOWN_MS", "PROBE_TIMEOUT_MS"}) && slow >= timeout) {
    report.at("PROBE_LATENCY_DOWN_MS",
              fmt::format("{} ms is never seen: what takes longer than PROBE_TIMEOUT_MS, {} ms, "
                          "counts as lost",
                          slow, timeout));
  }
  const auto targets = probe.targets.size();
  if (looks_at({"PROBE_QUORUM", "PROBE_TARGETS"}) && targets > 0 &&
      std::cmp_greater(probe.quorum, targets)) {
    report.at("PROBE_QUORUM",
              fmt::format("{} answers cannot come from {} PROBE_TARGETS", probe.quorum, targets));
  }
}

// Where IPv6 comes from is said once. True when it was said twice, or cannot be so.
bool check_ipv6(const ProfileFile& file, Report& report) {
  const Profile& profile = file.profile;
  if (file.broken.any({"IPV6", "ADDRESS6", "GATEWAY6"})) return true;
  const bool given = profile.ethernet.address6 || profile.ethernet.gateway6;
  if (profile.ipv6 == Ipv6::Static && profile.kind != LinkKind::Ethernet) {
    report.at("IPV6", "only an ethernet profile has ADDRESS6; use auto or off");
  } else if (profile.ipv6 == Ipv6::Static && !given) {
    report.at("IPV6", "static needs ADDRESS6 and GATEWAY6 beside it");
  } else if (profile.ipv6 == Ipv6::Auto && given) {
    report.at("IPV6",
              "with auto the address comes from a router; remove ADDRESS6 and GATEWAY6, or "
              "set IPV6=static");
  } else if (profile.ipv6 == Ipv6::Off && given) {
    report.at("IPV6", "off, and ADDRESS6 or GATEWAY6 is set: remove one of both");
  } else if (profile.ipv6 == Ipv6::Auto && profile.ethernet.mtu.value_or(1280) < 1280 &&
             !file.broken.any({"MTU"})) {
    report.at("MTU", "IPv6 needs at least 1280 bytes (RFC 8200 section 5)");
  } else {
    return false;
  }
  return true;
}

struct FamilyKeys {
  std::string_view address;
  std::string_view gateway;
};

void check_family(const FamilyKeys& keys, const std::optional<IpPrefix>& address,
                  const std::optional<IpAddress>& gateway, const Broken& broken, Report& report) {
  if (broken.any({keys.address, keys.gateway})) return;
  if (address && !gateway) {
    report.at(keys.address, fmt::format("needs {} beside it", keys.gateway));
  } else if (gateway && !address) {
    report.at(keys.gateway, fmt::format("needs {} beside it", keys.address));
  } else if (address && *gateway == address->address) {
    report.at(keys.gateway, fmt::format("{} is our own address", gateway->text()));
  } else if (address && !address->contains(*gateway) &&
             !(gateway->family() == IpFamily::V6 && gateway->is_link_local())) {
    report.at(keys.gateway, fmt::format("{} is not within {}'s network, {}", gateway->text(),
                                        keys.address, address->text()));
  }
}

// What belongs to the other way of addressing. True when there was something.
bool check_addressing(const ProfileFile& file, Report& report) {
  const bool dhcp = file.profile.ethernet.addressing == Addressing::Dhcp;
  bool wrong = false;
  const auto belongs_to = [&](std::string_view key, const char* message) {
    if (!file.profile.origin.lines.contains(key) || file.broken.any({key})) return;
    report.at(key, message);
    wrong = true;
  };
  for (const std::string_view key : {"ADDRESS", "GATEWAY", "DNS"}) {
    if (dhcp) belongs_to(key, "comes from the DHCP server; remove it, or set ADDRESSING=static");
  }
  for (const std::string_view key : {"DHCP_HOSTNAME", "DHCP_CLIENT_ID"}) {
    if (!dhcp) belongs_to(key, "would not be used: it needs ADDRESSING=dhcp");
  }
  return wrong;
}

void check_ethernet(const ProfileFile& file, Report& report) {
  const EthernetProfile& ethernet = file.profile.ethernet;
  const Broken& broken = file.broken;
  if (file.profile.netdev.empty() && file.profile.match.empty() &&
      !broken.any({"NETDEV", "MATCH"})) {
    report.at("NETDEV",
              "is not set; an ethernet profile needs the name of its interface, or MATCH");
  }
  if (broken.any({"ADDRESSING"}) || check_addressing(file, report)) return;
  if (check_ipv6(file, report)) return;
  const bool dhcp = ethernet.addressing == Addressing::Dhcp;
  check_family({"ADDRESS", "GATEWAY"}, ethernet.address, ethernet.gateway, broken, report);
  check_family({"ADDRESS6", "GATEWAY6"}, ethernet.address6, ethernet.gateway6, broken, report);
  if (broken.any({"ADDRESS", "GATEWAY", "ADDRESS6", "GATEWAY6"})) return;
  if (!dhcp && !file.profile.learns_ipv6() && !ethernet.address && !ethernet.address6 &&
      !ethernet.gateway && !ethernet.gateway6) {
    report.at(
        "ADDRESS",
        "is not set; an ethernet profile needs ADDRESS and GATEWAY, or ADDRESS6 and GATEWAY6, "
        "or ADDRESSING=dhcp, or IPV6=auto");
    return;
  }
  for (const auto& server : ethernet.dns) {
    const bool v4 = server.family() == IpFamily::V4;
    if (v4 ? !ethernet.address : !ethernet.address6) {
      report.at("DNS", fmt::format("{} cannot be reached without {}", server.text(),
                                   v4 ? "ADDRESS" : "ADDRESS6"));
    }
  }
  if (ethernet.address6 && ethernet.mtu.value_or(1280) < 1280 && !broken.any({"MTU"})) {
    report.at("MTU", "IPv6 needs at least 1280 bytes (RFC 8200 section 5)");
  }
}

void check_pppoe(const ProfileFile& file, Report& report) {
  const PppoeProfile& pppoe = file.profile.pppoe;
  const Broken& broken = file.broken;
  if (file.profile.netdev.empty() && !broken.any({"NETDEV"})) {
    report.at("NETDEV", "is not set; a pppoe profile needs the name of the interface under it");
  }
  if (pppoe.username.empty() && !broken.any({"USERNAME"})) {
    report.at("USERNAME", "is not set; a pppoe profile needs the provider's USERNAME and PASSWORD");
  }
  if (pppoe.password.empty() && !broken.any({"PASSWORD"})) {
    report.at("PASSWORD", "is not set; a pppoe profile needs the provider's USERNAME and PASSWORD");
  }
  if (pppoe.mtu > 1492) {
    report.at("MTU", fmt::format("{} bytes do not fit: an ethernet frame leaves 1492 for PPPoE "
                                 "(RFC 2516 section 7)",
                                 pppoe.mtu));
  }
}

void check_tether(const ProfileFile& file, Report& report) {
  if (file.profile.netdev.empty() && file.profile.match.empty() &&
      !file.broken.any({"NETDEV", "MATCH"})) {
    report.at("MATCH",
              "is not set; a tether profile needs MATCH (MATCH=any for whichever phone "
              "there is), or the name of its interface, NETDEV");
  }
}

void check_modem(const ProfileFile& file, Report& report) {
  const ModemProfile& modem = file.profile.modem;
  const Broken& broken = file.broken;
  if (modem.device.empty() && file.profile.match.empty() && !broken.any({"DEVICE", "MATCH"})) {
    report.at("DEVICE",
              "is not set; a modem profile needs its control device (/dev/cdc-wdm0 for instance), "
              "or MATCH");
  }
  if (modem.simulated && file.profile.netdev.empty() && !broken.any({"NETDEV", "SIMULATED"})) {
    report.at(
        "NETDEV",
        "is not set; a simulated modem's network interface cannot be found through its DEVICE");
  }
  if (!modem.quirks.empty()) {
    const auto quirks = parse_quirks(modem.quirks);
    if (!quirks) report.at("QUIRKS", quirks.error().message);
  }
  if (broken.any({"AUTH", "USERNAME", "PASSWORD"})) return;
  if (modem.auth == Auth::None && !modem.username.empty()) {
    report.at("USERNAME", "would not be used: set AUTH to pap or chap as well");
  } else if (modem.auth == Auth::None && !modem.password.empty()) {
    report.at("PASSWORD", "would not be used: set AUTH to pap or chap as well");
  } else if (modem.auth != Auth::None && modem.username.empty()) {
    report.at("AUTH", "needs USERNAME beside it");
  }
}

// A device is known by its name or by what it is; both could contradict each other.
void check_match(const ProfileFile& file, Report& report) {
  const Profile& profile = file.profile;
  if (profile.match.empty() || file.broken.any({"MATCH", "NETDEV", "DEVICE", "SIMULATED"})) return;
  const auto match = parse_match(profile.match);
  if (!match) {
    report.at("MATCH", match.error());
    return;
  }
  for (const std::string_view name : {"DEVICE", "NETDEV"}) {
    if (!profile.origin.lines.contains(name)) continue;
    report.at("MATCH", fmt::format("and {} ({}) both say which device it is; keep one of them",
                                   name, profile.origin.where(name)));
  }
  if (profile.modem.simulated) {
    report.at("MATCH", "a simulated modem is on no bus and matches nothing; use DEVICE and NETDEV");
  }
  if (match->any && profile.kind == LinkKind::Ethernet) {
    report.at("MATCH", "any network card could be the one that the LAN is on; say which");
  }
  if (!match->mac.empty() && profile.kind == LinkKind::Modem) {
    report.at("MATCH", "modems make their addresses up anew; use serial, path or usb");
  }
}

bool speaks(const Profile& profile, IpFamily family) {
  const bool v4 = family == IpFamily::V4;
  if (profile.kind == LinkKind::Modem) {
    return profile.modem.ip_families != (v4 ? IpFamilies::Ipv6 : IpFamilies::Ipv4);
  }
  // One that only may have it is not relied on.
  if (!v4 && profile.ipv6 == Ipv6::Auto) return true;
  if (profile.kind == LinkKind::Pppoe) return v4;
  if (v4 && profile.ethernet.addressing == Addressing::Dhcp) return true;
  return (v4 ? profile.ethernet.address : profile.ethernet.address6).has_value();
}

// A name is resolved through the link's own servers, never through another link.
void check_names(const ProfileFile& file, Report& report) {
  const Profile& profile = file.profile;
  if (profile.kind != LinkKind::Ethernet || !profile.ethernet.dns.empty() ||
      profile.ethernet.addressing == Addressing::Dhcp || file.broken.any({"DNS", "ADDRESSING"})) {
    return;
  }
  for (const ProbeTarget& target : profile.probe.targets) {
    if (target.address || (target.kind != ProbeKind::Dns && target.kind != ProbeKind::Http))
      continue;
    report.at("DNS", fmt::format("is not set; {} of PROBE_TARGETS has to be resolved through the "
                                 "link's own name servers",
                                 target.text()));
    return;
  }
}

// Targets of a family that the link does not speak never answer.
void check_reachable_targets(const ProfileFile& file, Report& report) {
  const Profile& profile = file.profile;
  const auto& targets = profile.probe.targets;
  const bool only_gateway = std::ranges::all_of(
      targets, [](const ProbeTarget& t) { return t.kind == ProbeKind::Gateway; });
  const bool gateway_too = !only_gateway && std::ranges::any_of(targets, [](const ProbeTarget& t) {
    return t.kind == ProbeKind::Gateway;
  });
  const auto usable = std::ranges::count_if(targets, [&](const ProbeTarget& target) {
    if (target.kind == ProbeKind::Gateway) return only_gateway;
    return !target.address || speaks(profile, target.address->family());
  });
  check_names(file, report);
  if (targets.empty() || usable >= profile.probe.quorum) return;
  if (std::cmp_greater(profile.probe.quorum, targets.size())) return;  // said by check_probe
  report.at(
      "PROBE_TARGETS",
      fmt::format("this link speaks {}, which leaves {} of the targets{}; PROBE_QUORUM wants {}",
                  speaks(profile, IpFamily::V4) ? "only IPv4" : "only IPv6", usable,
                  gateway_too ? " (gateway does not count beside others)" : "",
                  profile.probe.quorum));
}

// No two profiles may have the same.
template <class Get>
void check_unique(const std::vector<ProfileFile>& files, std::string_view key, const Get& get,
                  std::string_view why, ConfigErrors& errors) {
  std::map<std::string, const Profile*> seen;
  for (const auto& file : files) {
    if (!file.profile.origin.lines.contains(key)) continue;
    const std::string value = get(file.profile);
    const auto [first, is_new] = seen.emplace(value, &file.profile);
    if (is_new) continue;
    Report(file.profile.origin, errors)
        .at(key, fmt::format("{} is that of profile {} too ({}); {}", value, first->second->name,
                             first->second->origin.where(key), why));
  }
}

// Conditions that only one device can fulfil; "any" and makes may be asked for several times.
void check_matches(const std::vector<ProfileFile>& files, ConfigErrors& errors) {
  std::vector<ProfileFile> unique;
  for (const auto& file : files) {
    const auto match = parse_match(file.profile.match);
    if (match && match->unique() && !file.broken.any({"MATCH"})) unique.push_back(file);
  }
  check_unique(
      unique, "MATCH", [](const Profile& p) { return p.match; }, "a device can only be one link",
      errors);
}

// On IPFire its own uplink is the link RED, before all profiles, probed as the settings say.
void check_beside_red(const SettingsFile& file, const std::vector<ProfileFile>& profiles,
                      ConfigErrors& errors) {
  const DaemonSettings& settings = file.settings;
  Report report(settings.origin, errors);
  if (settings.nat == Nat::Nftables && !file.broken.any({"NAT"})) {
    report.at("NAT", "IPFire's own firewall translates addresses; use none");
  }
  if (settings.probe.targets.empty() && !file.broken.any({"PROBE_TARGETS"})) {
    report.at("PROBE_TARGETS", "is not set, and RED is probed by it");
  }
  for (const auto& [profile, broken] : profiles) {
    if (profile.name != "RED") continue;
    Report(profile.origin, errors)
        .at("KIND", "the name RED is that of IPFire's own uplink; rename the profile");
  }
}

void check_numbers(const SettingsFile& file, std::size_t links, ConfigErrors& errors) {
  // main, default and local are the kernel's (ip-rule(8)); 200, 201 and 220 are those of static
  // routes, WireGuard and IPsec on IPFire, 220 also that of strongSwan everywhere.
  constexpr std::array<std::uint32_t, 6> taken = {200, 201, 220, 253, 254, 255};
  Report report(file.settings.origin, errors);
  const auto base = file.settings.table_base;
  for (const auto table : taken) {
    if (file.broken.any({"TABLE_BASE"}) || table < base || table >= base + links) continue;
    report.at(
        "TABLE_BASE",
        fmt::format("{} with {} profiles takes table {}, which belongs to another part of the "
                    "system; choose another number, 1100 for instance",
                    base, links, table));
    break;
  }
}

}  // namespace

void check_settings(const SettingsFile& file, ConfigErrors& errors) {
  const DaemonSettings& settings = file.settings;
  Report report(settings.origin, errors);
  check_probe(settings.origin, settings.probe, file.broken, {}, report);
  if (settings.nat == Nat::Nftables && !has_nftables) {
    report.at("NAT", "this build has no nftables (MWAN_WITH_NFTABLES is off); use none");
  }
}

void check_profile(const SettingsFile& settings, const ProfileFile& file, ConfigErrors& errors) {
  Report report(file.profile.origin, errors);
  check_probe(file.profile.origin, file.profile.probe, file.broken, settings.broken, report);
  if (file.broken.any({"KIND"}) || !file.profile.origin.lines.contains("KIND")) return;
  if (file.profile.kind == LinkKind::Ethernet) check_ethernet(file, report);
  if (file.profile.kind == LinkKind::Modem) check_modem(file, report);
  if (file.profile.kind == LinkKind::Pppoe) check_pppoe(file, report);
  if (file.profile.kind == LinkKind::Tether) check_tether(file, report);
  if (file.profile.kind == LinkKind::Pppoe || file.profile.kind == LinkKind::Tether) {
    check_ipv6(file, report);
  }
  check_match(file, report);
  const auto needed = {std::string_view("PROBE_TARGETS"), std::string_view("PROBE_QUORUM"),
                       std::string_view("ADDRESS"),       std::string_view("ADDRESS6"),
                       std::string_view("IP_FAMILY"),     std::string_view("ADDRESSING"),
                       std::string_view("IPV6")};
  const bool has_address = speaks(file.profile, IpFamily::V4) || speaks(file.profile, IpFamily::V6);
  if (has_address && !file.broken.any(needed) && !settings.broken.any(needed)) {
    check_reachable_targets(file, report);
  }
}

void check_together(const SettingsFile& settings, const std::vector<ProfileFile>& profiles,
                    ConfigErrors& errors) {
  check_unique(
      profiles, "PRIORITY", [](const Profile& p) { return std::to_string(p.priority); },
      "the order must be clear", errors);
  check_unique(
      profiles, "NETDEV", [](const Profile& p) { return p.netdev; },
      "an interface can only be one link", errors);
  check_unique(
      profiles, "DEVICE", [](const Profile& p) { return p.modem.device; },
      "a modem can only be one link", errors);
  check_matches(profiles, errors);
  const auto links = settings.settings.auto_profiles ? max_profiles : profiles.size();
  check_numbers(settings, links, errors);

  if (settings.settings.host == HostKind::Ipfire) check_beside_red(settings, profiles, errors);
  if (settings.broken.any({"PROBE_TARGETS"})) return;
  std::string without;
  for (const auto& file : profiles) {
    if (!file.profile.probe.targets.empty() || file.broken.any({"PROBE_TARGETS"})) continue;
    without += (without.empty() ? "" : ", ") + file.profile.name;
  }
  if (without.empty() && settings.settings.auto_profiles &&
      settings.settings.probe.targets.empty()) {
    Report(settings.settings.origin, errors)
        .at("AUTO_PROFILES", "needs PROBE_TARGETS in this file, for the profiles that it makes");
  }
  const bool told = settings.settings.host == HostKind::Ipfire;  // RED needs them anyway
  if (without.empty() || told) return;
  errors.push_back(
      {settings.settings.origin.file, 0,
       fmt::format("PROBE_TARGETS is not set; set it here (PROBE_TARGETS=192.0.2.1 for "
                   "instance) or in every profile; without it are: {}",
                   without)});
}

}  // namespace mwan::failover
