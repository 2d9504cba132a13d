// SPDX-License-Identifier: LGPL-2.1-or-later
// A question to a name server and what is to be known of its answer: RFC 1035 section 4. Pure; what
// comes in is untrusted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mwan::tool {

// Asks recursively for the IPv4 addresses of name ("example.com"), whose labels are 1 to 63 bytes.
// Empty when the name cannot be asked for.
std::vector<std::uint8_t> encode_dns_query(std::uint16_t id, std::string_view name);

struct DnsAnswer {
  std::uint8_t code = 0;  // RCODE: 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED
  std::uint16_t answers = 0;
  bool operator==(const DnsAnswer&) const = default;
};
// Nothing unless it is an answer to exactly that query.
std::optional<DnsAnswer> parse_dns_answer(std::span<const std::uint8_t> message,
                                          std::span<const std::uint8_t> query);

// "REFUSED"; "code 17" for one that has no name here.
std::string dns_code_name(std::uint8_t code);

}  // namespace mwan::tool
