// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/host/checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mwan::config_tool {
namespace {

using failover::Addressing;
using failover::Profile;
using State = HostCheck::State;

class Checks {
 public:
  explicit Checks(const HostFacts& facts) : facts_(facts) {}

  std::vector<HostCheck> run() {
    permissions();
    configuration();
    if (facts_.configuration) {
      modules();
      programs();
      managers();
    }
    system();
    if (facts_.ipfire) ipfire();
    return std::move(out_);
  }

 private:
  void ok(std::string what) { out_.push_back({State::Ok, std::move(what), ""}); }
  void note(std::string what, std::string advice) {
    out_.push_back({State::Note, std::move(what), std::move(advice)});
  }
  void missing(std::string what, std::string advice) {
    out_.push_back({State::Missing, std::move(what), std::move(advice)});
  }

  template <class Is>
  [[nodiscard]] bool any_profile(Is is) const {
    return std::ranges::any_of(facts_.configuration->profiles, is);
  }
  [[nodiscard]] bool any_kind(LinkKind kind) const {
    return any_profile([kind](const Profile& p) { return p.kind == kind; });
  }
  [[nodiscard]] bool any_of(const std::vector<std::string>& paths) const {
    return std::ranges::any_of(paths,
                               [this](const auto& path) { return facts_.programs.contains(path); });
  }

  void permissions() {
    if (facts_.root) {
      ok("run as root");
    } else {
      note("not run as root", "what only root can see is not looked at; the daemon needs root");
    }
    if (facts_.state_trouble.empty()) {
      ok("state directory " + facts_.state_dir);
    } else {
      missing("state directory " + facts_.state_dir, facts_.state_trouble);
    }
  }

  void configuration() {
    for (const auto& error : facts_.errors) missing("configuration", error.text());
    for (const auto& warning : facts_.warnings) note("configuration", warning.text());
    if (facts_.configuration) {
      const auto links = facts_.configuration->profiles.size();
      ok(fmt::format("configuration, {} link{}", links, links == 1 ? "" : "s"));
    }
  }

  void module(const std::string& name, const std::string& what_for) {
    const auto at = facts_.modules.find(name);
    if (at == facts_.modules.end()) return;
    if (at->second == Module::There) {
      ok("kernel module " + name);
    } else if (at->second == Module::Missing) {
      missing("kernel module " + name,
              what_for + ": install the modules of the kernel that runs, or build it with them");
    } else {
      note("kernel module " + name,
           what_for + ": this system has no list of its modules, so it cannot be told");
    }
  }

  void modules() {
    const auto& settings = facts_.configuration->settings;
    module("nf_conntrack", "for flows of a link that was left");
    if (settings.nat == failover::Nat::Nftables) {
      module("nf_tables", "for NAT=nftables");
      module("nft_masq", "for NAT=nftables");
    }
    if (any_kind(LinkKind::Modem)) {
      module("qmi_wwan", "for modems that speak QMI");
      module("cdc_mbim", "for modems that speak MBIM");
    }
    if (any_kind(LinkKind::Pppoe)) module("pppoe", "for KIND=pppoe");
    if (any_kind(LinkKind::Tether)) {
      module("rndis_host", "for Android phones");
      module("cdc_ether", "for phones and sticks");
      module("ipheth", "for iPhones");
    }
  }

  void programs() {
    const bool leases = any_kind(LinkKind::Tether) || any_kind(LinkKind::Pppoe) ||
                        any_profile([](const Profile& p) {
                          return p.kind == LinkKind::Ethernet &&
                                 (p.ethernet.addressing == Addressing::Dhcp || p.learns_ipv6());
                        });
    if (leases)
      program(dhcpcd_programs(), "dhcpcd", "for DHCP; on Debian: apt install dhcpcd-base");
    if (any_kind(LinkKind::Pppoe)) {
      program({pppd_program}, "pppd", "for KIND=pppoe; on Debian: apt install ppp");
    }
    const bool qmi = any_profile(
        [](const Profile& p) { return p.kind == LinkKind::Modem && !p.modem.simulated; });
    if (qmi) {
      program(qmi_proxy_programs(), "qmi-proxy",
              "for modems that speak QMI; on Debian: apt install libqmi-proxy");
    }
    if (any_kind(LinkKind::Tether)) phone_programs();
  }

  // Other phones need nothing, and most people have one of those.
  void phone_programs() {
    if (any_of(usbmuxd_programs())) {
      ok("program usbmuxd");
    } else {
      note("no program usbmuxd",
           "an iPhone gives no network without it; on Debian: apt install usbmuxd");
    }
  }

  void program(const std::vector<std::string>& paths, const std::string& name,
               const std::string& advice) {
    if (any_of(paths)) {
      ok("program " + name);
    } else {
      missing("program " + name, advice);
    }
  }

  [[nodiscard]] std::set<std::string> devices() const {
    std::set<std::string> out;
    for (const Profile& profile : facts_.configuration->profiles) {
      if (!profile.netdev.empty()) out.insert(profile.netdev);
    }
    return out;
  }

  // Those that move addresses and routes of their own accord.
  void managers() {
    const auto ours = devices();
    bool any = false;
    for (const auto& [who, netdevs] : facts_.managed) {
      for (const std::string& netdev : netdevs) {
        if (!ours.contains(netdev)) continue;
        any = true;
        missing(fmt::format("{} looks after {}", who, netdev), manager_advice(who, netdev));
      }
    }
    for (const RunningProgram& program : facts_.running) {
      const auto advice = program_advice(program, ours);
      if (advice.empty()) continue;
      any = true;
      (program.name == "dhcpcd" ? missing(running(program), advice)
                                : note(running(program), advice));
    }
    if (!any) ok("nobody else looks after the links");
  }

  static std::string running(const RunningProgram& program) {
    return fmt::format("{} runs (process {})", program.name, program.pid);
  }

  static std::string manager_advice(const std::string& who, const std::string& netdev) {
    if (who == "ifupdown") {
      return "take it out of /etc/network/interfaces, and say ifdown --force " + netdev + " before";
    }
    if (who == "systemd-networkd") {
      return "Unmanaged=yes in the [Link] section of its .network file, then networkctl reload";
    }
    return "tell it to leave it alone";
  }

  // Empty: it is in nobody's way.
  [[nodiscard]] std::string program_advice(const RunningProgram& program,
                                           const std::set<std::string>& ours) const {
    if (program.name == "NetworkManager") {
      std::string devices;
      for (const auto& netdev : ours) devices += (devices.empty() ? "" : ";") + netdev;
      return fmt::format(
          "it must leave the links alone: in the [keyfile] section of a file in "
          "/etc/NetworkManager/conf.d: unmanaged-devices=interface-name:{}",
          devices.empty() ? "wwan*" : devices);
    }
    if (program.name == "ModemManager") {
      if (!any_kind(LinkKind::Modem) || !facts_.rules.empty()) return "";
      return "it takes the modems: install 70-mwan.rules, which keeps it off those of ours, or "
             "systemctl disable --now ModemManager";
    }
    if (program.name == "dhcpcd") {
      const bool named = std::ranges::any_of(program.arguments,
                                             [&](const auto& word) { return ours.contains(word); });
      const bool every = program.arguments.empty();
      if (named) return "end it: the daemon runs a dhcpcd of its own for this link";
      return every ? "it takes every interface: denyinterfaces with those of the links in "
                     "/etc/dhcpcd.conf"
                   : "";
    }
    if (program.name == "keepalived") {
      return "fine as long as no vrrp_instance has virtual routes or addresses on the links; "
             "TRACK_DIR tells it of them (docs/metrics.md)";
    }
    if (program.name == "connmand") {
      return "it must leave the links alone: NetworkInterfaceBlacklist in /etc/connman/main.conf";
    }
    return "";
  }

  void system() {
    if (facts_.forwards) {
      ok("the kernel forwards packets");
    } else {
      note("net.ipv4.ip_forward is 0",
           "only this host itself uses the links; for a LAN behind it: sysctl -w "
           "net.ipv4.ip_forward=1, and in /etc/sysctl.d");
    }
    if (!facts_.rules.empty()) {
      ok("udev rules " + facts_.rules);
    } else {
      note("no udev rules of ours",
           "without 70-mwan.rules nothing is plugged in by itself and "
           "ModemManager is not kept off (docs/hotplug.md)");
    }
  }

  void ipfire() {
    for (const std::string& netdev : facts_.configuration ? devices() : std::set<std::string>()) {
      if (netdev != facts_.red_device) continue;
      missing("a profile has " + netdev, "that is RED's; a backup needs a device of its own");
    }
    for (const std::string& path : ipfire_files()) {
      if (facts_.ipfire_files.contains(path)) {
        ok(path);
      } else {
        missing(path, "is not there or cannot be executed: install the add-on again");
      }
    }
  }

  const HostFacts& facts_;
  std::vector<HostCheck> out_;
};

}  // namespace

std::vector<HostCheck> check_host(const HostFacts& facts) { return Checks(facts).run(); }

std::vector<std::string> dhcpcd_programs() {
  return {"/usr/sbin/dhcpcd", "/sbin/dhcpcd", "/usr/local/sbin/dhcpcd"};
}

// Where libqmi is built to look for it: a matter of the distribution.
std::vector<std::string> qmi_proxy_programs() {
  return {"/usr/libexec/qmi-proxy", "/usr/lib/libqmi/qmi-proxy", "/usr/lib/qmi-proxy"};
}

std::vector<std::string> usbmuxd_programs() {
  return {"/usr/sbin/usbmuxd", "/sbin/usbmuxd", "/usr/local/sbin/usbmuxd"};
}

std::vector<std::string> ipfire_files() {
  return {"/etc/rc.d/init.d/mwan", "/etc/rc.d/init.d/networking/red.up/01-mwan",
          "/etc/rc.d/init.d/networking/red.down/01-mwan"};
}

}  // namespace mwan::config_tool
