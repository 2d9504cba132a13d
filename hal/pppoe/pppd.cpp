// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/pppoe/pppd.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <net/if.h>

namespace mwan {
namespace {

// Within double quotes pppd's reader takes a backslash before what would end or change the word.
Result<std::string> quoted(std::string_view key, const std::string& value) {
  std::string out = "\"";
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) {
      return failed(FailureClass::Permanent, std::string(key),
                    "it holds a character that cannot be given to pppd");
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::optional<IpAddress> peer_host(const std::string& text) {
  auto address = IpAddress::parse(text);
  if (!address || address->family() != IpFamily::V4 || address->is_unspecified()) {
    return std::nullopt;
  }
  return address;
}

bool is_netdev(const std::string& name) {
  return !name.empty() && name.size() < IFNAMSIZ &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F && c != '/'; });
}

struct Reason {
  int exit_code;
  FailureClass failure;
  std::string_view words;
};
// pppd(8), EXIT STATUS.
constexpr std::array<Reason, 13> kReasons = {{
    {0, FailureClass::Transient, "the provider closed the session"},
    {1, FailureClass::Transient, "pppd met an error it cannot go on with"},
    {2, FailureClass::Permanent,
     "pppd does not take its options: is its PPPoE plugin (pppoe.so) installed?"},
    {4, FailureClass::Permanent,
     "this kernel has no PPP or PPPoE: the modules ppp_generic and pppoe are needed"},
    {5, FailureClass::Transient, "pppd was told to end by somebody else"},
    {7, FailureClass::Transient, "the PPPoE session could not be opened"},
    {8, FailureClass::Transient,
     "no access concentrator answered: is the modem connected and in bridge mode, is SERVICE_NAME "
     "or AC_NAME right, does the line need a VLAN?"},
    {10, FailureClass::Transient,
     "the provider answered, but did not agree to a session (PPP negotiation failed)"},
    {11, FailureClass::Permanent, "the provider would not say who it is"},
    {15, FailureClass::Transient, "the provider stopped answering (LCP echo): the line is dead"},
    {16, FailureClass::Transient, "the provider hung up"},
    {17, FailureClass::Transient, "our own packets came back: there is a loop in the line"},
    {19, FailureClass::Throttled,
     "the provider refused USERNAME or PASSWORD (authentication failed)"},
}};

}  // namespace

Result<std::string> pppd_options(const PppdOptions& options) {
  std::string out =
      "plugin pppoe.so\n"
      // As long as the session, in the foreground; when to try again is the daemon's decision.
      "nodetach\n"
      "nopersist\n"
      "noauth\n"
      "hide-password\n"
      // Addresses come from the peer; routes and name servers are the daemon's business.
      "noipdefault\n"
      "nodefaultroute\n"
      "usepeerdns\n"
      "noccp\n"
      "novj\n"
      // 15 s to notice a peer that died without a word; the probes notice it sooner.
      "lcp-echo-interval 5\n"
      "lcp-echo-failure 3\n"
      // 2, 4 and 8 s for an access concentrator to answer, then the daemon says so.
      "pppoe-padi-timeout 2\n"
      "pppoe-padi-attempts 3\n";
  out += options.ipv6 ? "+ipv6\n" : "noipv6\n";
  out += fmt::format("mtu {0}\nmru {0}\n", options.mtu);
  out += fmt::format("linkname {}\n", options.linkname);
  out += fmt::format("set MWAN_SOCKET={}\n", options.socket);
  const std::array<std::pair<std::string_view, const std::string*>, 4> texts = {
      {{"user", &options.username},
       {"password", &options.password.reveal()},
       {"pppoe-service", &options.service_name},
       {"pppoe-ac", &options.ac_name}}};
  for (const auto& [key, value] : texts) {
    if (value->empty()) continue;
    const auto word = quoted(key, *value);
    if (!word) return failed(word.error());
    out += fmt::format("{} {}\n", key, *word);
  }
  // The device last: with it the plugin takes over.
  return out + fmt::format("nic-{}\n", options.netdev);
}

Result<PppSession> read_ip_up(const ScriptReport& report) {
  const auto refuse = [](const std::string& why) {
    return failed(FailureClass::Permanent, "the PPPoE session", why);
  };
  if (report.arguments.size() < 5) return refuse("pppd said nothing about its addresses");
  PppSession out;
  out.netdev = report.arguments[0];
  if (!is_netdev(out.netdev)) return refuse("pppd named no network device");
  const auto ours = peer_host(report.arguments[3]);
  if (!ours) return refuse("the provider gave no usable IPv4 address");
  out.config.address = {*ours, 32};
  for (const char* variable : {"DNS1", "DNS2"}) {
    const auto server = peer_host(report.value(variable));
    if (server && std::ranges::find(out.config.dns, *server) == out.config.dns.end()) {
      out.config.dns.push_back(*server);
    }
  }
  return out;
}

Result<std::string> read_ipv6_up(const ScriptReport& report) {
  if (report.arguments.empty() || !is_netdev(report.arguments[0])) {
    return failed(FailureClass::Permanent, "the PPPoE session", "pppd named no network device");
  }
  return report.arguments[0];
}

bool says_peer_is_dead(std::string_view line) { return line.starts_with("No response to "); }

Error pppd_ended(const ProgramEnd& end, const std::string& link, const std::string& netdev) {
  if (end.signal == 0) {
    const auto known = std::ranges::find(kReasons, end.exit_code, &Reason::exit_code);
    if (known != kReasons.end()) {
      return {known->failure, link, fmt::format("PPPoE on {}: {}", netdev, known->words)};
    }
  }
  return {FailureClass::Transient, link,
          fmt::format("PPPoE on {}: pppd ended ({})", netdev, end.words())};
}

}  // namespace mwan
