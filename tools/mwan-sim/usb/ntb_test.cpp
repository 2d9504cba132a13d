// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/ntb.hpp"

#include <gmock/gmock.h>

#include "tools/mwan-sim/must.hpp"

namespace mwan::sim::usb {
namespace {

using ::testing::ElementsAre;

TEST(Ntb, ComesBackAsItWas) {
  const std::vector<Bytes> packets = {Bytes(20, 1), Bytes(1, 2), Bytes(1500, 3)};
  const Bytes block = encode_ntb(7, 5, packets);
  EXPECT_EQ(block[6], 7);
  EXPECT_EQ(block.size() % kNtbAlignment, 0U);
  EXPECT_THAT(must(decode_ntb(block)), ElementsAre(Datagram{5, packets[0]}, Datagram{5, packets[1]},
                                                   Datagram{5, packets[2]}));
}

TEST(Ntb, FittingSaysWhatABlockHolds) {
  const std::vector<Bytes> packets(20, Bytes(1000, 1));
  const std::size_t count = fitting(packets, 4096);
  EXPECT_EQ(count, 4U);
  EXPECT_LE(encode_ntb(0, 0, std::span(packets).first(count)).size(), 4096U);
  EXPECT_GT(encode_ntb(0, 0, std::span(packets).first(count + 1)).size(), 4096U);
  EXPECT_EQ(fitting(packets, 100), 0U);
  EXPECT_EQ(fitting(packets, kLargestNtb), 16U);
}

// As drivers/net/usb/cdc_ncm.c writes it with the table behind the packets.
Bytes block_with(std::uint16_t table_at, std::uint32_t signature, std::uint16_t index,
                 std::uint16_t length, std::uint16_t following = 0) {
  Bytes block;
  ByteWriter(block).u32(0x484D434E).u16(12).u16(0).u16(64).u16(table_at);
  block.resize(64);
  Bytes table;
  ByteWriter(table).u32(signature).u16(16).u16(following).u16(index).u16(length).u32(0);
  std::ranges::copy(table, block.begin() + 40);
  return block;
}

constexpr std::uint32_t kIps = 0x00535049;
constexpr std::uint32_t kDss = 0x00535344;

TEST(Ntb, TablesMayStandAnywhereAndCarryOtherThings) {
  EXPECT_THAT(must(decode_ntb(block_with(40, kIps | 2U << 24U, 12, 20))),
              ElementsAre(Datagram{2, Bytes(20, 0)}));
  EXPECT_TRUE(must(decode_ntb(block_with(40, kDss, 12, 20))).empty());
  EXPECT_TRUE(must(decode_ntb(block_with(0, kIps, 12, 20))).empty());
}

TEST(Ntb, WhatLeavesTheBlockIsNoBlock) {
  EXPECT_FALSE(decode_ntb({}));
  EXPECT_FALSE(decode_ntb(Bytes(64, 0)));
  EXPECT_FALSE(decode_ntb(block_with(63, kIps, 12, 20)));  // table
  EXPECT_FALSE(decode_ntb(block_with(40, kIps, 60, 20)));  // datagram
  EXPECT_FALSE(decode_ntb(block_with(40, kIps, 12, 65000)));
  EXPECT_FALSE(decode_ntb(block_with(40, kIps, 12, 60)));  // more than the block has
  Bytes longer = block_with(40, kIps, 12, 20);
  longer[8] = 200;
  EXPECT_FALSE(decode_ntb(longer));
}

TEST(Ntb, ATableThatNamesItselfEnds) {
  EXPECT_FALSE(decode_ntb(block_with(40, kDss, 12, 20, 40)));
  EXPECT_FALSE(decode_ntb(block_with(40, kIps, 12, 20, 40)));
}

}  // namespace
}  // namespace mwan::sim::usb
