// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a host is ready for the daemon: what is there, and what it means. Pure but for
// gather_facts().
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "failover/config/config_error.hpp"
#include "failover/config/configuration.hpp"

namespace mwan::config_tool {

// What a modules directory says of a kernel module.
enum class Module { There, Missing, Unknown };

struct RunningProgram {
  std::string name;  // "NetworkManager"
  int pid = 0;
  std::vector<std::string> arguments;
};

struct HostFacts {
  bool root = false;
  std::optional<failover::Configuration> configuration;  // nothing: it is wrong
  failover::ConfigErrors errors;
  failover::ConfigWarnings warnings;
  std::map<std::string, Module> modules;  // of those that were asked for
  std::set<std::string> programs;         // paths that can be executed
  std::vector<RunningProgram> running;    // those that may get in the way
  // Interfaces that others are configured to look after, by who: "ifupdown", "systemd-networkd".
  std::map<std::string, std::set<std::string>> managed;
  bool forwards = false;  // net.ipv4.ip_forward
  std::string state_dir;
  std::string state_trouble;  // why the state directory is of no use; empty: none
  std::string rules;          // udev's rules of ours; empty: not installed
  bool ipfire = false;
  std::string red_device;              // on IPFire, where RED is a network card: its name
  std::set<std::string> ipfire_files;  // of ours that are in place and can be executed
};

struct HostCheck {
  enum class State { Ok, Note, Missing };
  State state = State::Ok;
  std::string what;
  std::string advice;  // empty when all is well
  bool operator==(const HostCheck&) const = default;
};

// Looks at this host. The configuration is read first: what is needed depends on it.
HostFacts gather_facts(const std::string& config_dir, const std::string& state_dir);

std::vector<HostCheck> check_host(const HostFacts& facts);

// Paths of the programs and files that are looked for.
inline constexpr const char* pppd_program = "/usr/sbin/pppd";
std::vector<std::string> dhcpcd_programs();
std::vector<std::string> qmi_proxy_programs();
std::vector<std::string> usbmuxd_programs();
std::vector<std::string> ipfire_files();

}  // namespace mwan::config_tool
