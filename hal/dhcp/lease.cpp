// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/dhcp/lease.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "hal/number.hpp"

namespace mwan {
namespace {

constexpr std::size_t kMostWords = 64;
constexpr std::size_t kMostServers = 4;
// RFC 2132 section 3.3: all ones is for ever.
constexpr std::uint32_t kForEver = 0xffffffff;

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (out.size() < kMostWords) {
    const auto begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const auto end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

std::optional<std::uint32_t> number(std::string_view text) {
  return whole_number<std::uint32_t>(text);
}

// One that a host can have: no network, loopback, link-local, multicast or reserved address.
std::optional<IpAddress> host(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address || address->family() != IpFamily::V4 || address->is_link_local())
    return std::nullopt;
  const std::uint8_t first = address->bytes()[0];
  if (first == 0 || first == 127 || first >= 224) return std::nullopt;
  return address;
}

// What may be shown of a value that is wrong.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, 40));
  std::ranges::replace_if(
      out, [](char c) { return c < ' ' || c >= 0x7F; }, '?');
  return out;
}

// The same of IPv6; not link-local, not multicast.
std::optional<IpAddress> host6(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address || address->family() != IpFamily::V6 || address->is_link_local() ||
      address->is_unspecified() || address->bytes()[0] == 0xff ||
      *address == IpAddress::parse("::1")) {
    return std::nullopt;
  }
  return address;
}

std::optional<IpAddress> first_host(std::string_view list) {
  for (const auto word : words_of(list)) {
    if (const auto address = host(word)) return address;
  }
  return std::nullopt;
}

// Pairs of destination and router.
std::optional<IpAddress> default_of_routes(std::string_view list) {
  const auto words = words_of(list);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (words[i] == "0.0.0.0/0") return host(words[i + 1]);
  }
  return std::nullopt;
}

}  // namespace

DhcpReason dhcp_reason(const ScriptReport& report) {
  const auto is_one_of = [&](const auto& names) {
    return std::ranges::find(names, report.value("reason")) != names.end();
  };
  constexpr std::array<std::string_view, 5> leased = {"BOUND", "RENEW", "REBIND", "REBOOT",
                                                      "RECONFIGURE"};
  constexpr std::array<std::string_view, 3> lost = {"EXPIRE", "RELEASE", "TIMEOUT"};
  if (report.value("protocol") == "link") {
    if (report.value("reason") == "CARRIER") return DhcpReason::Carrier;
    return report.value("reason") == "NOCARRIER" ? DhcpReason::NoCarrier : DhcpReason::Other;
  }
  if (report.value("protocol") == "dhcp6") {
    constexpr std::array<std::string_view, 5> leased6 = {"BOUND6", "RENEW6", "REBIND6", "REBOOT6",
                                                         "RECONFIGURE6"};
    constexpr std::array<std::string_view, 3> lost6 = {"EXPIRE6", "RELEASE6", "TIMEOUT6"};
    if (is_one_of(leased6)) return DhcpReason::Lease;
    return is_one_of(lost6) ? DhcpReason::Lost : DhcpReason::Other;
  }
  if (report.value("protocol") != "dhcp") return DhcpReason::Other;
  if (is_one_of(leased)) return DhcpReason::Lease;
  if (is_one_of(lost)) return DhcpReason::Lost;
  return report.value("reason") == "NAK" ? DhcpReason::Refused : DhcpReason::Other;
}

Result<Lease> read_lease(const ScriptReport& report) {
  const auto refuse = [](const std::string& why) {
    return failed(FailureClass::Permanent, "the DHCP server's offer", why);
  };
  Lease out;
  const std::string& address = report.value("new_ip_address");
  const auto ours = host(address);
  if (!ours) return refuse("'" + shown(address) + "' is no address for a host");
  const std::string& length = report.value("new_subnet_cidr");
  const auto bits = number(length);
  if (!bits || *bits < 8 || *bits > 32) {
    return refuse("a network of prefix length '" + shown(length) + "'");
  }
  out.config.address = {*ours, static_cast<std::uint8_t>(*bits)};

  const std::string& routes = report.value("new_classless_static_routes");
  const std::string& routers = report.value("new_routers");
  out.config.gateway = routes.empty() ? first_host(routers) : default_of_routes(routes);
  if (!out.config.gateway) {
    return refuse("it names no router (address " + ours->text() +
                  "), so there is no way to the internet");
  }
  if (*out.config.gateway == *ours)
    return refuse("our address is that of the router, " + ours->text());
  for (const auto word : words_of(report.value("new_domain_name_servers"))) {
    const auto server = host(word);
    if (server && out.config.dns.size() < kMostServers &&
        std::ranges::find(out.config.dns, *server) == out.config.dns.end()) {
      out.config.dns.push_back(*server);
    }
  }
  const auto mtu = number(report.value("new_interface_mtu"));
  if (mtu && *mtu >= 576 && *mtu <= 1500) out.mtu = mtu;
  const auto seconds = number(report.value("new_dhcp_lease_time"));
  if (seconds && *seconds != kForEver) out.time = std::chrono::seconds(*seconds);
  const auto server = IpAddress::parse(report.value("new_dhcp_server_identifier"));
  if (server) out.server = server->text();
  return out;
}

Result<Lease> read_lease6(const ScriptReport& report) {
  Lease out;
  const std::string& address = report.value("new_dhcp6_ia_na1_ia_addr1");
  const auto ours = host6(address);
  if (!ours) {
    return failed(FailureClass::Permanent, "the DHCPv6 server's offer",
                  "'" + shown(address) + "' is no address for a host");
  }
  out.config.address = {*ours, 128};
  for (const auto word : words_of(report.value("new_dhcp6_name_servers"))) {
    const auto server = host6(word);
    if (server && out.config.dns.size() < kMostServers &&
        std::ranges::find(out.config.dns, *server) == out.config.dns.end()) {
      out.config.dns.push_back(*server);
    }
  }
  const auto seconds = number(report.value("new_dhcp6_ia_na1_ia_addr1_vltime"));
  if (seconds == 0U) {
    return failed(FailureClass::Permanent, "the DHCPv6 server's offer",
                  "the address " + ours->text() + " is valid for no time");
  }
  if (seconds && *seconds != kForEver) out.time = std::chrono::seconds(*seconds);
  return out;
}

}  // namespace mwan
