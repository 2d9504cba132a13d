// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/ethernet.hpp"

#include <algorithm>

namespace mwan::sim::usb {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kArp = 0x0806;
constexpr std::uint16_t kIpv6 = 0x86DD;
constexpr std::size_t kHeader = 14;

std::uint16_t swapped(std::uint16_t value) {
  return static_cast<std::uint16_t>(value << 8 | value >> 8);
}

void put_header(Bytes& out, const MacAddress& to, std::uint16_t type) {
  ByteWriter(out).bytes(to).bytes(kModemMac).u16(swapped(type));
}

// RFC 826, for Ethernet and IPv4: a request for anybody but the asking host itself is answered.
std::optional<Bytes> answer_arp(std::span<const std::uint8_t> arp) {
  constexpr std::uint16_t kRequest = 1;
  constexpr std::uint16_t kReply = 2;
  ByteReader reader(arp);
  const auto formats = reader.bytes(6);  // hardware, protocol and their address sizes
  const std::uint16_t operation = swapped(reader.u16());
  const auto mac = reader.bytes(6);
  const auto asking = reader.bytes(4);
  reader.bytes(6);
  const auto wanted = reader.bytes(4);
  constexpr std::array<std::uint8_t, 6> kEthernetIpv4 = {0, 1, 8, 0, 6, 4};
  if (!reader.ok() || operation != kRequest || !std::ranges::equal(formats, kEthernetIpv4) ||
      std::ranges::equal(asking, wanted)) {
    return std::nullopt;
  }
  // Nobody has the address yet: the host looks whether it may take it (RFC 5227).
  if (std::ranges::all_of(asking, [](std::uint8_t byte) { return byte == 0; })) return std::nullopt;
  MacAddress host{};
  std::ranges::copy(mac, host.begin());
  Bytes out;
  put_header(out, host, kArp);
  ByteWriter(out).bytes(formats).u16(swapped(kReply)).bytes(kModemMac).bytes(wanted);
  ByteWriter(out).bytes(mac).bytes(asking);
  return out;
}

}  // namespace

std::optional<FromHost> read_ethernet(std::span<const std::uint8_t> frame) {
  ByteReader reader(frame);
  reader.bytes(6);
  const auto source = reader.bytes(6);
  const std::uint16_t type = swapped(reader.u16());
  if (!reader.ok()) return std::nullopt;
  FromHost out;
  std::ranges::copy(source, out.source.begin());
  if (type == kArp) {
    out.answer = answer_arp(reader.rest());
  } else if ((type == kIpv4 || type == kIpv6) && !reader.rest().empty()) {
    out.packet = Bytes(reader.rest().begin(), reader.rest().end());
  }
  if (!out.packet && !out.answer) return std::nullopt;
  return out;
}

Bytes to_ethernet(std::span<const std::uint8_t> packet, const MacAddress& host) {
  const bool v6 = !packet.empty() && packet.front() >> 4 == 6;
  Bytes out;
  out.reserve(kHeader + packet.size());
  put_header(out, host, v6 ? kIpv6 : kIpv4);
  ByteWriter(out).bytes(packet);
  return out;
}

}  // namespace mwan::sim::usb
