// SPDX-License-Identifier: LGPL-2.1-or-later
// Settings and profiles after they were read and checked. The defaults here are the ones that run;
// those of the engine come from failover/core/policy.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "failover/core/policy.hpp"
#include "failover/probe/probe_target.hpp"
#include "hal/ip.hpp"
#include "hal/ip_config.hpp"
#include "hal/link_event.hpp"
#include "hal/secret.hpp"
#include "modems/modem_config.hpp"

namespace mwan::failover {

// Where the keys of one file stand, for messages about them that come later.
struct Origin {
  std::string file;
  std::map<std::string, int, std::less<>> lines;  // by key; a key that is not there has its default

  bool operator==(const Origin&) const = default;
  // "/etc/mwan/profiles/lte:3", or only the file for a key that has its default.
  [[nodiscard]] std::string where(std::string_view key) const;
};

struct ProbeSettings {
  std::vector<ProbeTarget> targets;
  int quorum = 1;  // answers that make a round good
  ProbePolicy policy;
  Duration window = std::chrono::seconds(10);         // that loss and latency are measured over
  Duration http_interval = std::chrono::seconds(30);  // where other targets answer
  std::string ca_file;                                // empty: the system's certificates
  int budget_mb = 0;                                  // in 30 days; 0: no limit

  bool operator==(const ProbeSettings&) const = default;
};

enum class Nat { None, Nftables };
enum class LogLevel { Trace, Debug, Info, Warning, Error };
// Auto: Ipfire where its files are found, otherwise Standalone.
enum class HostKind { Auto, Standalone, Ipfire };
// How RED is taken over (docs/ipfire.md).
enum class IpfireMode { Fast, Full };

struct DaemonSettings {
  Origin origin;
  Evidence evidence = Policy{}.evidence;
  ProbeSettings probe;  // of every link whose profile does not say otherwise
  Duration failback_stable = Policy{}.failback_stable;
  Duration dwell = Policy{}.dwell;
  Duration startup_grace = Policy{}.startup_grace;
  double risk_arm = RiskModel{}.arm;
  double switch_price = RiskModel{}.switch_price;  // lost seconds
  double flap_penalty = Policy{}.flap_penalty;
  Duration flap_memory = Policy{}.flap_memory;
  std::uint32_t route_metric = 0;
  bool fallback_routes = true;
  std::uint32_t table_base = 1100;     // link i has table table_base + i
  std::uint32_t rule_priority = 1000;  // and its from-source rule the priority rule_priority + i
  Nat nat = Nat::None;
  bool flush_left_flows = true;
  bool reset_flows = true;
  LogLevel log_level = LogLevel::Info;
  std::string log_file;  // empty: none
  bool log_syslog = false;
  std::string decision_log;  // empty: decisions.jsonl in the state directory
  HostKind host = HostKind::Auto;
  IpfireMode ipfire_mode = IpfireMode::Fast;
  Families families = Policy{}.families;
  bool auto_profiles = false;
  bool hotplug_start = false;
  std::string control_group;  // empty: none
  std::string metrics_file;   // empty: none
  Duration metrics_interval = std::chrono::seconds(15);
  std::string track_dir;       // empty: none
  std::string notify_program;  // empty: none
  Duration notify_limit = std::chrono::seconds(10);
  std::string services = "ntp,ntpsec,chrony,systemd-resolved,unbound";  // "none": none

  bool operator==(const DaemonSettings&) const = default;
};

enum class Addressing { Static, Dhcp };
// Where IPv6 comes from. Usual: as usual for what the link is (Profile::learns_ipv6).
enum class Ipv6 { Usual, Auto, Static, Off };

struct EthernetProfile {
  Addressing addressing = Addressing::Static;  // IPv4's
  std::optional<IpPrefix> address;             // IPv4
  std::optional<IpAddress> gateway;
  std::optional<IpPrefix> address6;
  std::optional<IpAddress> gateway6;
  std::vector<IpAddress> dns;
  std::optional<std::uint32_t> mtu;
  std::string dhcp_hostname;
  std::string dhcp_client_id;
  Duration carrier_debounce{};  // a loss of carrier shorter than this is not reported

  bool operator==(const EthernetProfile&) const = default;
  [[nodiscard]] IpConfig ip_config() const;
};

enum class Auth { None, Pap, Chap };
enum class IpFamilies { Ipv4, Ipv6, Ipv4v6 };

struct ModemProfile {
  std::string device;  // "/dev/cdc-wdm0"
  ModemProtocol protocol = ModemProtocol::Auto;
  std::string apn;  // empty: the network's default
  std::string username;
  Secret password;
  Auth auth = Auth::None;
  Secret pin;
  bool roaming = false;  // whether data may be used while roaming
  IpFamilies ip_families = IpFamilies::Ipv4v6;
  std::string qmi_proxy = "qmi-proxy";  // abstract socket
  bool simulated = false;               // there is no device file behind `device`
  std::string quirks;                   // in the words of modems/quirks/overrides.hpp, checked
  std::string power_hook;               // program; empty: none

  bool operator==(const ModemProfile&) const = default;
};

struct PppoeProfile {
  std::string username;
  Secret password;
  std::string service_name;  // empty: any
  std::string ac_name;       // empty: any
  std::uint32_t mtu = 1492;

  bool operator==(const PppoeProfile&) const = default;
};

struct Profile {
  Origin origin;
  std::string name;  // of the file
  LinkKind kind = LinkKind::Ethernet;
  int priority = 0;        // the lowest is the primary
  bool automatic = false;  // not the user's: failover/hotplug/auto_profiles.hpp
  // The host's own uplink (IPFire's RED): its device is the host's to set up and to give back.
  bool hosts_own = false;
  Standby standby = LinkPolicy{}.standby;
  bool metered = false;
  std::string netdev;  // empty for a modem whose network device is found through its control device
  std::string match;   // in the words of hal/discovery/match.hpp, checked; empty: known by its name
  Families families = Policy{}.families;  // the settings'
  Ipv6 ipv6 = Ipv6::Usual;                // of a wired link
  ProbeSettings probe;       // resolved: the settings' with this profile's own values over them
  EthernetProfile ethernet;  // meaningful for kind Ethernet; of a Tether the addressing is Dhcp
  ModemProfile modem;        // meaningful for kind Modem
  PppoeProfile pppoe;        // meaningful for kind Pppoe

  bool operator==(const Profile&) const = default;
  // Whether its IPv6 is what routers advertise: as the profile says, or where IPv4 comes from the
  // wire as well and no IPv6 address is given.
  [[nodiscard]] bool learns_ipv6() const;
};

// A routing table, a rule and a prober each: more is a mistake.
inline constexpr std::size_t max_profiles = 32;

struct Configuration {
  DaemonSettings settings;
  // By priority, so the primary first; at least one, but for AUTO_PROFILES before anything is
  // there.
  std::vector<Profile> profiles;

  bool operator==(const Configuration&) const = default;
};

// Link i of the policy is profile i.
Policy make_policy(const Configuration& configuration);

}  // namespace mwan::failover
