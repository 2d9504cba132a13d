// SPDX-License-Identifier: LGPL-2.1-or-later
// Whom a probe asks, and what: the words of PROBE_TARGETS (docs/probes.md). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "hal/ip.hpp"

namespace mwan::failover {

enum class ProbeKind { Icmp, Tcp, Dns, Http, Gateway };
inline constexpr std::size_t probe_kinds = 5;
// "icmp", "tcp", "dns", "http", "gateway".
std::string_view name(ProbeKind kind);

struct ProbeTarget {
  ProbeKind kind = ProbeKind::Icmp;
  // Of icmp and tcp; of dns the server (none: the link's own); of http a host given by its address.
  std::optional<IpAddress> address;
  std::uint16_t port = 0;
  std::string host;  // of dns the name asked for; of http the host as written
  bool tls = false;  // https
  std::string path;  // of http, from the first slash on
  // What the right server says: a status, and a word within the first bytes of the body if not
  // empty.
  std::uint16_t status = 204;
  std::string body;

  bool operator==(const ProbeTarget&) const = default;
  // As it would be written; parse_probe_target() of it gives the same again.
  [[nodiscard]] std::string text() const;
};

inline ProbeTarget echo_target(const IpAddress& address) {
  return {.kind = ProbeKind::Icmp, .address = address};
}

//   ADDRESS, icmp:ADDRESS             echo request
//   tcp:IPV4:PORT, tcp:ADDRESS#PORT   a connection, closed at once
//   dns:NAME[@ADDRESS[#PORT]]         a question for an A record (or AAAA); by default to the
//   link's servers http[s]://HOST[:PORT]/PATH[#STATUS[=WORD]]   by default #204 gateway the
//   gateway's hardware address, by ARP or neighbour discovery
// The error says what is wrong with it, for people.
tl::expected<ProbeTarget, std::string> parse_probe_target(std::string_view text);
// Separated by commas, each once.
tl::expected<std::vector<ProbeTarget>, std::string> parse_probe_targets(std::string_view text,
                                                                        std::size_t max);

}  // namespace mwan::failover
