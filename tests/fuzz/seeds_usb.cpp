// SPDX-License-Identifier: LGPL-2.1-or-later
// What a host's kernel sends to a USB device. Each begins with the size of its pieces.
#include <vector>

#include "tests/fuzz/seeds.hpp"
#include "tools/mwan-sim/usb/ethernet.hpp"
#include "tools/mwan-sim/usb/ntb.hpp"

namespace mwan::fuzz {
namespace {

using sim::Bytes;
using sim::ByteWriter;

Bytes in_pieces(std::uint8_t size, const Bytes& input) {
  Bytes out = {size};
  ByteWriter(out).bytes(input);
  return out;
}

// Words of 32 bits, big-endian, up to a header's 48 bytes.
Bytes message(const std::vector<std::uint32_t>& words, const Bytes& behind = {}) {
  constexpr std::size_t kHeader = 48;
  Bytes out;
  for (const std::uint32_t word : words) {
    for (unsigned shift = 32; shift != 0; shift -= 8) {
      out.push_back(static_cast<std::uint8_t>(word >> (shift - 8)));
    }
  }
  out.resize(kHeader);
  ByteWriter(out).bytes(behind);
  return out;
}

}  // namespace

void add_usb_seeds(Seeds& seeds) {
  const Bytes packet(20, 0x45);
  Bytes stream = message({1, 1, 0x10001, 1, 0, 0, 18, 0, 0, 0, 0x80060001, 0x1200});
  ByteWriter(stream).bytes(message({1, 2, 0x10001, 0, 5, 0, 20}, packet));
  ByteWriter(stream).bytes(message({2, 3, 0x10001, 0, 0, 2}));
  seeds.add("sim_usb", in_pieces(7, stream));
  const std::vector<Bytes> packets = {packet, Bytes(1, 9), Bytes(200, 1)};
  seeds.add("sim_usb", in_pieces(64, sim::usb::encode_ntb(1, 2, packets)));
  seeds.add("sim_usb", in_pieces(64, sim::usb::to_ethernet(packet, sim::usb::kModemMac)));
  Bytes arp(12, 2);
  ByteWriter(arp).bytes(Bytes{8, 6, 0, 1, 8, 0, 6, 4, 0, 1}).bytes(Bytes(6, 2));
  ByteWriter(arp).bytes(Bytes{10, 64, 0, 2}).bytes(Bytes(6, 0)).bytes(Bytes{10, 64, 0, 1});
  seeds.add("sim_usb", in_pieces(64, arp));
}

}  // namespace mwan::fuzz
