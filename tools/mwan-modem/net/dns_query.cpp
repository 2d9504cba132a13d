// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/net/dns_query.hpp"

#include <algorithm>
#include <array>

namespace mwan::tool {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestName = 253;

std::uint16_t get_u16(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

}  // namespace

std::vector<std::uint8_t> encode_dns_query(std::uint16_t id, std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return {};
  std::vector<std::uint8_t> out = {static_cast<std::uint8_t>(id >> 8U),
                                   static_cast<std::uint8_t>(id),
                                   0x01,  // recursion desired
                                   0,
                                   0,
                                   1,  // one question
                                   0,
                                   0,
                                   0,
                                   0,
                                   0,
                                   0};
  while (!name.empty()) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    if (dot == 0 || dot > kLongestLabel) return {};
    out.push_back(static_cast<std::uint8_t>(dot));
    out.insert(out.end(), name.begin(), name.begin() + static_cast<std::ptrdiff_t>(dot));
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  constexpr std::array<std::uint8_t, 5> kRootTypeAClassIn = {0, 0, 1, 0, 1};
  out.insert(out.end(), kRootTypeAClassIn.begin(), kRootTypeAClassIn.end());
  return out;
}

std::optional<DnsAnswer> parse_dns_answer(std::span<const std::uint8_t> message,
                                          std::span<const std::uint8_t> query) {
  if (message.size() < kHeader || query.size() < kHeader) return std::nullopt;
  if (get_u16(message, 0) != get_u16(query, 0)) return std::nullopt;
  const bool is_response = (message[2] & 0x80U) != 0;
  const bool is_query_opcode = (message[2] & 0x78U) == 0;
  if (!is_response || !is_query_opcode) return std::nullopt;
  // A server that refuses may leave the question out; one that repeats it repeats ours.
  const std::uint16_t questions = get_u16(message, 4);
  if (questions > 1) return std::nullopt;
  if (questions == 1) {
    const auto asked = query.subspan(kHeader);
    if (message.size() < query.size()) return std::nullopt;
    if (!std::ranges::equal(message.subspan(kHeader, asked.size()), asked)) return std::nullopt;
  }
  return DnsAnswer{.code = static_cast<std::uint8_t>(message[3] & 0x0fU),
                   .answers = get_u16(message, 6)};
}

std::string dns_code_name(std::uint8_t code) {
  constexpr std::array<std::string_view, 6> kNames = {"NOERROR",  "FORMERR", "SERVFAIL",
                                                      "NXDOMAIN", "NOTIMP",  "REFUSED"};
  if (code < kNames.size()) return std::string(kNames.at(code));
  return "code " + std::to_string(code);
}

}  // namespace mwan::tool
