// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/ntb.hpp"

namespace mwan::sim::usb {
namespace {

constexpr std::uint32_t kHeaderSignature = 0x484D434E;  // "NCMH"
constexpr std::uint32_t kIpSignature = 0x00535049;      // "IPS", the session above it
constexpr std::uint32_t kSignatureText = 0x00FFFFFF;
constexpr std::uint16_t kHeaderSize = 12;
constexpr std::size_t kTableHead = 8;
constexpr std::size_t kEntry = 4;
// A block of 64 KiB cannot hold more tables that make sense; a chain may not go round for ever.
constexpr int kMostTables = 32;

std::size_t aligned(std::size_t at) { return (at + kNtbAlignment - 1) & ~(kNtbAlignment - 1); }

std::size_t table_size(std::size_t datagrams) { return kTableHead + kEntry * (datagrams + 1); }

// One table's datagrams; false when it does not add up. budget: bytes that may still be copied.
bool read_table(std::span<const std::uint8_t> block, ByteReader table, std::uint8_t session,
                std::size_t& budget, std::vector<Datagram>& out) {
  while (table.rest().size() >= kEntry) {
    const std::size_t index = table.u16();
    const std::size_t length = table.u16();
    if (index == 0 || length == 0) return true;  // the end of the table
    if (index + length > block.size() || length > budget) return false;
    budget -= length;
    const auto packet = block.subspan(index, length);
    out.push_back({session, Bytes(packet.begin(), packet.end())});
  }
  return true;
}

}  // namespace

std::optional<std::vector<Datagram>> decode_ntb(std::span<const std::uint8_t> transfer) {
  ByteReader header(transfer);
  const std::uint32_t signature = header.u32();
  const std::uint16_t size = header.u16();
  header.u16();  // sequence
  const std::size_t length = header.u16();
  std::size_t next = header.u16();
  if (!header.ok() || signature != kHeaderSignature || size != kHeaderSize) return std::nullopt;
  // 0: as long as the transfer is (NCM 1.0, section 3.2.1).
  if (length > transfer.size() || (length != 0 && length < kHeaderSize)) return std::nullopt;
  const auto block = length == 0 ? transfer : transfer.first(length);
  std::vector<Datagram> out;
  std::size_t budget = block.size();
  for (int tables = 0; next != 0; ++tables) {
    if (tables == kMostTables || next > block.size()) return std::nullopt;
    ByteReader table(block.subspan(next));
    const std::uint32_t kind = table.u32();
    const std::size_t bytes = table.u16();
    const std::size_t following = table.u16();
    if (!table.ok() || bytes < table_size(0) || next + bytes > block.size()) return std::nullopt;
    if ((kind & kSignatureText) == kIpSignature) {
      const ByteReader entries(block.subspan(next + kTableHead, bytes - kTableHead));
      if (!read_table(block, entries, static_cast<std::uint8_t>(kind >> 24U), budget, out)) {
        return std::nullopt;
      }
    }
    next = following;
  }
  return out;
}

std::size_t fitting(std::span<const Bytes> packets, std::size_t most) {
  std::size_t data = 0;
  std::size_t count = 0;
  for (const Bytes& packet : packets) {
    data += aligned(packet.size());
    if (aligned(kHeaderSize + table_size(count + 1)) + data > most) break;
    ++count;
  }
  return count;
}

Bytes encode_ntb(std::uint16_t sequence, std::uint8_t session, std::span<const Bytes> packets) {
  const std::size_t first = aligned(kHeaderSize + table_size(packets.size()));
  std::size_t total = first;
  for (const Bytes& packet : packets) total += aligned(packet.size());
  Bytes out;
  out.reserve(total);
  ByteWriter writer(out);
  writer.u32(kHeaderSignature).u16(kHeaderSize).u16(sequence);
  writer.u16(static_cast<std::uint16_t>(total)).u16(kHeaderSize);
  writer.u32(kIpSignature | std::uint32_t{session} << 24U);
  writer.u16(static_cast<std::uint16_t>(table_size(packets.size()))).u16(0);
  std::size_t at = first;
  for (const Bytes& packet : packets) {
    writer.u16(static_cast<std::uint16_t>(at)).u16(static_cast<std::uint16_t>(packet.size()));
    at += aligned(packet.size());
  }
  writer.u32(0);  // the end of the table
  out.resize(first);
  for (const Bytes& packet : packets) {
    writer.bytes(packet);
    out.resize(aligned(out.size()));
  }
  return out;
}

}  // namespace mwan::sim::usb
