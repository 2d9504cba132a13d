// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ra/router_advertisement.hpp"

#include <algorithm>
#include <string>

namespace mwan {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kSolicitation = 133;
constexpr std::uint8_t kAdvertisement = 134;
constexpr std::size_t kHeader = 16;
constexpr std::size_t kMostPrefixes = 16;
constexpr std::size_t kMostServers = 8;
enum Option : std::uint8_t { PrefixInformation = 3, Mtu = 5, NameServers = 25 };

std::uint16_t u16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}
std::uint32_t u32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(u16(bytes, at)) << 16U | u16(bytes, at + 2);
}

std::optional<IpPrefix> prefix_of(Bytes address, std::uint8_t length) {
  if (length == 0 || length > 128) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int bits = std::clamp(static_cast<int>(length) - static_cast<int>(i) * 8, 0, 8);
    bytes[i] = static_cast<std::uint8_t>(address[i] & (0xff00U >> static_cast<unsigned>(bits)));
  }
  const auto masked = IpAddress::from_bytes(bytes);
  if (!masked) return std::nullopt;
  return IpPrefix{*masked, length};
}

void read_prefix(Bytes option, RouterAdvertisement& out) {
  if (option.size() != 32 || out.prefixes.size() >= kMostPrefixes) return;
  const auto prefix = prefix_of(option.subspan(16, 16), option[2]);
  // RFC 4862 section 5.5.3: not a link-local one; multicast is nobody's address.
  if (!prefix || prefix->address.is_link_local() || prefix->address.is_unspecified() ||
      prefix->address.bytes()[0] == 0xff) {
    return;
  }
  AdvertisedPrefix entry{.prefix = *prefix,
                         .on_link = (option[3] & 0x80U) != 0,
                         .autonomous = (option[3] & 0x40U) != 0,
                         .valid_s = u32(option, 4),
                         .preferred_s = u32(option, 8)};
  if (entry.preferred_s > entry.valid_s) return;
  out.prefixes.push_back(entry);
}

void read_servers(Bytes option, RouterAdvertisement& out) {
  for (std::size_t at = 8; at + 16 <= option.size(); at += 16) {
    const auto address = IpAddress::from_bytes(option.subspan(at, 16));
    if (!address || address->is_unspecified() || address->bytes()[0] == 0xff) continue;
    if (out.servers.size() < kMostServers) out.servers.push_back({*address, u32(option, 4)});
  }
}

void read_option(Bytes option, RouterAdvertisement& out) {
  switch (option[0]) {
    case PrefixInformation:
      read_prefix(option, out);
      break;
    case Mtu:
      if (option.size() == 8 && u32(option, 4) >= 1280 && u32(option, 4) <= 65535) {
        out.mtu = u32(option, 4);
      }
      break;
    case NameServers:
      read_servers(option, out);
      break;
    default:
      break;
  }
}

RouterPreference preference_of(std::uint8_t flags) {
  switch (flags >> 3U & 3U) {
    case 1:
      return RouterPreference::High;
    case 3:
      return RouterPreference::Low;
    default:  // RFC 4191 section 2.2: the reserved value is read as medium
      return RouterPreference::Medium;
  }
}

}  // namespace

Result<RouterAdvertisement> parse_router_advertisement(const RaOrigin& origin, Bytes message) {
  const auto refuse = [&](const std::string& why) {
    return failed(FailureClass::Permanent, "router advertisement from " + origin.from.text(), why);
  };
  if (origin.from.family() != IpFamily::V6 || !origin.from.is_link_local()) {
    return refuse("its source is no link-local address");
  }
  // Every router lowers it: 255 cannot have come from beyond this link.
  if (origin.hop_limit != 255) {
    return refuse("its hop limit is " + std::to_string(origin.hop_limit) +
                  ", so it may not be from this link");
  }
  if (message.size() < kHeader || message[0] != kAdvertisement || message[1] != 0) {
    return refuse("it is none, or cut short");
  }
  RouterAdvertisement out;
  out.managed = (message[5] & 0x80U) != 0;
  out.preference = preference_of(message[5]);
  out.lifetime_s = u16(message, 6);
  for (Bytes rest = message.subspan(kHeader); !rest.empty();) {
    const std::size_t length = rest.size() < 2 ? 0 : rest[1] * std::size_t{8};
    if (length == 0 || length > rest.size()) return refuse("one of its options has a wrong length");
    read_option(rest.first(length), out);
    rest = rest.subspan(length);
  }
  return out;
}

RouterSolicitation router_solicitation() { return {kSolicitation}; }

}  // namespace mwan
