// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/probe_target.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace mwan::failover {
namespace {

using Parsed = tl::expected<ProbeTarget, std::string>;

tl::unexpected<std::string> no(std::string why) {
  return tl::unexpected<std::string>(std::move(why));
}

// For messages: what was written may be long.
std::string_view shown(std::string_view text) { return text.substr(0, 80); }

template <class Number>
std::optional<Number> whole_number(std::string_view text, Number min, Number max) {
  Number out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (out < min || out > max) return std::nullopt;
  return out;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  return whole_number<std::uint16_t>(text, 1, 65535);
}

std::optional<IpAddress> host_address(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address || address->is_unspecified()) return std::nullopt;
  const auto first = address->bytes()[0];
  const bool multicast =
      address->family() == IpFamily::V4 ? (first & 0xf0U) == 0xe0 : first == 0xff;
  return multicast ? std::nullopt : address;
}

bool is_name_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_';
}

// RFC 1035 section 2.3.1, and the underscores that exist.
bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const auto dot = text.find('.');
    const auto label = text.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::ranges::all_of(label, is_name_char)) {
      return false;
    }
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

Parsed icmp(std::string_view text) {
  const auto address = host_address(text);
  if (!address) return no(fmt::format("\"{}\" is not the IP address of a host", shown(text)));
  return echo_target(*address);
}

// ADDRESS#PORT, or IPV4:PORT.
bool read_endpoint(std::string_view text, ProbeTarget& out) {
  auto cut = text.find('#');
  if (cut == std::string_view::npos) {
    cut = text.find(':');
    if (cut != text.rfind(':')) return false;  // which colon of an IPv6 address would it be?
  }
  if (cut == std::string_view::npos) return false;
  out.address = host_address(text.substr(0, cut));
  const auto port = port_of(text.substr(cut + 1));
  out.port = port.value_or(0);
  return out.address && port;
}

Parsed tcp(std::string_view text) {
  ProbeTarget out{.kind = ProbeKind::Tcp};
  if (read_endpoint(text, out)) return out;
  return no(
      fmt::format("\"tcp:{}\" should be tcp:ADDRESS:PORT, for IPv6 tcp:ADDRESS#PORT; "
                  "a host is given by its address",
                  shown(text)));
}

Parsed dns(std::string_view text) {
  ProbeTarget out{.kind = ProbeKind::Dns};
  const auto at = text.find('@');
  out.host = text.substr(0, at);
  if (!is_host_name(out.host)) {
    return no(fmt::format("\"dns:{}\" should be dns:NAME or dns:NAME@SERVER", shown(text)));
  }
  if (at == std::string_view::npos) return out;
  const auto server = text.substr(at + 1);
  out.port = 53;
  out.address = host_address(server);
  if (out.address || (server.find('#') != std::string_view::npos && read_endpoint(server, out))) {
    return out;
  }
  return no(
      fmt::format("\"dns:{}\": the server is its IP address, with another port as "
                  "ADDRESS#PORT",
                  shown(text)));
}

// Behind the #: STATUS or STATUS=WORD.
bool read_expectation(std::string_view text, ProbeTarget& out) {
  const auto equals = text.find('=');
  const auto status = whole_number<std::uint16_t>(text.substr(0, equals), 200, 599);
  if (!status) return false;
  out.status = *status;
  if (equals == std::string_view::npos) return true;
  out.body = text.substr(equals + 1);
  // There is nothing after a 204 or a 304 (RFC 9110 section 6.4.1).
  return !out.body.empty() && out.body.size() <= 100 && out.status != 204 && out.status != 304;
}

bool is_path_char(char c) { return c > 0x20 && c < 0x7f && c != '#' && c != '"' && c != '\\'; }

Parsed http(std::string_view text, bool tls) {
  ProbeTarget out{
      .kind = ProbeKind::Http, .port = tls ? std::uint16_t{443} : std::uint16_t{80}, .tls = tls};
  const std::string_view scheme = tls ? "https" : "http";
  const auto wrong = [&](std::string_view what) {
    return no(fmt::format("\"{}://{}\": {}; expected {}://HOST[:PORT]/PATH[#STATUS[=WORD]]", scheme,
                          shown(text), what, scheme));
  };
  const auto hash = text.find('#');
  if (hash != std::string_view::npos && !read_expectation(text.substr(hash + 1), out)) {
    return wrong(
        "behind the # stands the status (200 to 599) that is expected, and =WORD for a "
        "body that has that word in it");
  }
  const auto url = text.substr(0, hash);
  const auto slash = url.find('/');
  out.path = slash == std::string_view::npos ? "/" : url.substr(slash);
  if (out.path.size() > 200 || !std::ranges::all_of(out.path, is_path_char)) {
    return wrong("the path is too long or holds what no path holds");
  }
  const auto authority = url.substr(0, slash);
  const auto colon = authority.find(':');
  out.host = authority.substr(0, colon);
  if (colon != std::string_view::npos) {
    const auto port = port_of(authority.substr(colon + 1));
    if (!port) return wrong("the port is a number from 1 to 65535");
    out.port = *port;
  }
  if (!is_host_name(out.host)) return wrong("the host is a name or an IPv4 address");
  out.address = IpAddress::parse(out.host);
  if (out.address && !host_address(out.host)) return wrong("that is not the address of a host");
  return out;
}

std::string endpoint(const IpAddress& address, std::uint16_t port) {
  return fmt::format("{}{}{}", address.text(), address.family() == IpFamily::V4 ? ':' : '#', port);
}

}  // namespace

std::string_view name(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::Icmp:
      return "icmp";
    case ProbeKind::Tcp:
      return "tcp";
    case ProbeKind::Dns:
      return "dns";
    case ProbeKind::Http:
      return "http";
    case ProbeKind::Gateway:
      return "gateway";
  }
  return "";
}

std::string ProbeTarget::text() const {
  const IpAddress to = address.value_or(IpAddress());
  switch (kind) {
    case ProbeKind::Icmp:
      return to.text();
    case ProbeKind::Tcp:
      return "tcp:" + endpoint(to, port);
    case ProbeKind::Dns:
      return "dns:" + host + (address ? fmt::format("@{}#{}", to.text(), port) : "");
    case ProbeKind::Http: {
      const bool usual = port == (tls ? 443 : 80);
      return fmt::format("{}://{}{}{}#{}{}{}", tls ? "https" : "http", host,
                         usual ? "" : fmt::format(":{}", port), path, status,
                         body.empty() ? "" : "=", body);
    }
    case ProbeKind::Gateway:
      return "gateway";
  }
  return "";
}

tl::expected<ProbeTarget, std::string> parse_probe_target(std::string_view text) {
  if (text == "gateway") return ProbeTarget{.kind = ProbeKind::Gateway};
  if (IpAddress::parse(text)) return icmp(text);
  const auto after = [&](std::string_view prefix) { return text.substr(prefix.size()); };
  if (text.starts_with("icmp:")) return icmp(after("icmp:"));
  if (text.starts_with("tcp:")) return tcp(after("tcp:"));
  if (text.starts_with("dns:")) return dns(after("dns:"));
  if (text.starts_with("http://")) return http(after("http://"), false);
  if (text.starts_with("https://")) return http(after("https://"), true);
  return no(
      fmt::format("\"{}\" is no target: neither an IP address nor icmp:ADDRESS, "
                  "tcp:ADDRESS:PORT, dns:NAME, http://HOST/PATH, https://HOST/PATH, gateway",
                  shown(text)));
}

tl::expected<std::vector<ProbeTarget>, std::string> parse_probe_targets(std::string_view text,
                                                                        std::size_t max) {
  std::vector<ProbeTarget> out;
  while (true) {
    const auto comma = text.find(',');
    auto target = parse_probe_target(text.substr(0, comma));
    if (!target) return tl::unexpected<std::string>(std::move(target.error()));
    if (std::ranges::find(out, *target) != out.end()) {
      return no(fmt::format("{} is there twice", shown(target->text())));
    }
    if (out.size() == max) return no(fmt::format("more than {} targets", max));
    out.push_back(std::move(*target));
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace mwan::failover
