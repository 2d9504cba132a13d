// SPDX-License-Identifier: LGPL-2.1-or-later
// NCM transfer blocks of 16 bits as MBIM uses them (USB-IF MBIM 1.0, section 7): a header, tables
// of datagrams, each table for one IP session, and the datagrams. Pure; blocks from the host are
// checked before they are believed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tools/mwan-sim/codec/bytes.hpp"

namespace mwan::sim::usb {

struct Datagram {
  std::uint8_t session = 0;
  Bytes packet;
  bool operator==(const Datagram&) const = default;
};

// The block that Get NTB Parameters promises to take and to make.
constexpr std::size_t kLargestNtb = 16384;
constexpr std::size_t kNtbAlignment = 4;

// Nothing for what is no whole block: wrong signatures, indices that leave the block, datagrams
// that together hold more than it does. Tables that carry no IP are passed over.
std::optional<std::vector<Datagram>> decode_ntb(std::span<const std::uint8_t> block);

// How many of packets, from the first on, fit into a block of that many bytes.
std::size_t fitting(std::span<const Bytes> packets, std::size_t most);
// One block with all of them, for one session. They fit into kLargestNtb.
Bytes encode_ntb(std::uint16_t sequence, std::uint8_t session, std::span<const Bytes> packets);

}  // namespace mwan::sim::usb
