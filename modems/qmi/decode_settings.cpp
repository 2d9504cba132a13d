// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_settings.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace mwan::qmi {
namespace {

constexpr const char* kMessage = "current-settings";
// 3GPP TS 23.060 allows less, but IPv4 hosts need 576 and IPv6 links 1280 (RFC 791, RFC 8200).
constexpr std::uint32_t kMinMtu = 576;
constexpr std::uint32_t kMaxMtu = 65535;

// IPv4 addresses travel as integers, so their bytes arrive reversed.
Result<std::optional<std::uint32_t>> read_v4(TlvView message, std::uint8_t type) {
  const auto value = message.find(type);
  if (!value) return std::nullopt;
  Reader r(*value);
  const std::uint32_t number = r.u32();
  if (!r.ok()) return malformed(kMessage, type, *value);
  return number;
}

IpAddress v4_address(std::uint32_t number) {
  const std::array<std::uint8_t, 4> bytes = {
      static_cast<std::uint8_t>(number >> 24U), static_cast<std::uint8_t>(number >> 16U),
      static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)};
  return IpAddress::from_bytes(bytes).value_or(IpAddress());
}

// A mask with holes is no mask; the address is then alone on its link.
std::uint8_t prefix_length(std::uint32_t mask) {
  const int ones = std::countl_one(mask);
  return static_cast<std::uint8_t>(std::popcount(mask) == ones ? ones : 32);
}

struct V6 {
  IpAddress address;
  std::uint8_t length = 128;
};
// IPv6 addresses travel in network order, some with a prefix length after them.
Result<std::optional<V6>> read_v6(TlvView message, std::uint8_t type, bool with_length) {
  const auto value = message.find(type);
  if (!value) return std::nullopt;
  Reader r(*value);
  const auto address = IpAddress::from_bytes(r.bytes(16));
  const std::uint8_t length = with_length ? r.u8() : 128;
  if (!r.ok() || !address || length > 128) return malformed(kMessage, type, *value);
  if (address->is_unspecified()) return std::nullopt;
  return V6{*address, length};
}

Result<std::optional<IpFamilyConfig>> read_v4_config(TlvView message, LinkLayer layer) {
  IpFamilyConfig out;
  const auto address = read_v4(message, 0x1e);
  const auto gateway = read_v4(message, 0x20);
  const auto mask = read_v4(message, 0x21);
  const auto first_dns = read_v4(message, 0x15);
  const auto second_dns = read_v4(message, 0x16);
  for (const auto* part : {&address, &gateway, &mask, &first_dns, &second_dns}) {
    if (!*part) return failed(part->error());
  }
  if (address->value_or(0) == 0) return std::nullopt;
  out.address.address = v4_address(address->value_or(0));
  out.address.length = prefix_length(mask->value_or(0xffffffff));
  if (layer == LinkLayer::Ethernet && gateway->value_or(0) != 0) {
    out.gateway = v4_address(gateway->value_or(0));
  }
  for (const auto* dns : {&first_dns, &second_dns}) {
    if ((*dns)->value_or(0) != 0) out.dns.push_back(v4_address((*dns)->value_or(0)));
  }
  return out;
}

Result<std::optional<IpFamilyConfig>> read_v6_config(TlvView message, LinkLayer layer) {
  IpFamilyConfig out;
  const auto address = read_v6(message, 0x25, true);
  const auto gateway = read_v6(message, 0x26, true);
  const auto first_dns = read_v6(message, 0x27, false);
  const auto second_dns = read_v6(message, 0x28, false);
  for (const auto* part : {&address, &gateway, &first_dns, &second_dns}) {
    if (!*part) return failed(part->error());
  }
  const std::optional<V6>& own = *address;
  if (!own) return std::nullopt;
  out.address = IpPrefix{own->address, own->length};
  const std::optional<V6>& router = *gateway;
  if (layer == LinkLayer::Ethernet && router) out.gateway = router->address;
  for (const std::optional<V6>& dns : {*first_dns, *second_dns}) {
    if (dns) out.dns.push_back(dns->address);
  }
  return out;
}

}  // namespace

Result<IpConfig> decode_current_settings(TlvView message, LinkLayer layer) {
  const auto v4 = read_v4_config(message, layer);
  if (!v4) return failed(v4.error());
  const auto v6 = read_v6_config(message, layer);
  if (!v6) return failed(v6.error());
  IpConfig out{.v4 = *v4, .v6 = *v6, .mtu = std::nullopt};
  const auto mtu = read_v4(message, 0x29);
  if (!mtu) return failed(mtu.error());
  if (const std::uint32_t bytes = mtu->value_or(0); bytes >= kMinMtu && bytes <= kMaxMtu) {
    out.mtu = bytes;
  }
  return out;
}

}  // namespace mwan::qmi
