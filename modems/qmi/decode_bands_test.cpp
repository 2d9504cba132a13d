// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_bands.hpp"

#include <gtest/gtest.h>

#include "modems/qmi/test_bytes.hpp"

namespace mwan::qmi {
namespace {

constexpr std::uint8_t kLteInterface = 8;
constexpr std::uint8_t kNrInterface = 12;

TEST(ActiveBands, OneCarrierWithItsWidth) {
  const Bytes bytes = message({Writer().u8(1).u8(kLteInterface).u16(122).u16(1300).tlv(0x01),
                               Writer().u8(1).u8(kLteInterface).u16(122).u32(1300).tlv(0x11),
                               Writer().u8(1).u8(kLteInterface).u32(5).tlv(0x12)});
  const auto out = decode_bands(TlvView(bytes));
  ASSERT_TRUE(out) << out.error().text();
  ASSERT_EQ(out->size(), 1U);
  EXPECT_EQ(out->at(0),
            (ActiveBand{.rat = Rat::Lte, .band = 3, .channel = 1300, .bandwidth_mhz = 20.0}));
}

TEST(ActiveBands, TheOlderListWhereThereIsNoOther) {
  const Bytes bytes = message({Writer().u8(1).u8(5).u16(80).u16(10700).tlv(0x01)});
  const auto out = decode_bands(TlvView(bytes));
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 1U);
  EXPECT_EQ(out->at(0),
            (ActiveBand{.rat = Rat::Umts, .band = 1, .channel = 10700, .bandwidth_mhz = {}}));
}

TEST(ActiveBands, FiveGBesideLte) {
  const Bytes bytes = message({Writer()
                                   .u8(2)
                                   .u8(kLteInterface)
                                   .u16(145)
                                   .u32(6300)
                                   .u8(kNrInterface)
                                   .u16(269)
                                   .u32(640000)
                                   .tlv(0x11)});
  const auto out = decode_bands(TlvView(bytes));
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 2U);
  EXPECT_EQ(out->at(0).band, 20);
  EXPECT_EQ(out->at(1).rat, Rat::NrNsa);
  EXPECT_EQ(out->at(1).band, 78);
  EXPECT_EQ(out->at(1).channel, 640000U);
}

TEST(ActiveBands, WhatIsNotKnownIsLeftOut) {
  // GSM in a band of a later day, a technology that is none of ours, a width out of range.
  const Bytes bytes =
      message({Writer().u8(2).u8(4).u16(999).u32(62).u8(9).u16(200).u32(1).tlv(0x11),
               Writer().u8(1).u8(4).u32(255).tlv(0x12)});
  const auto out = decode_bands(TlvView(bytes));
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 1U);
  EXPECT_EQ(out->at(0),
            (ActiveBand{.rat = Rat::Gsm, .band = {}, .channel = 62, .bandwidth_mhz = {}}));
}

TEST(ActiveBands, CountsBeyondTheBytesAreErrors) {
  const Bytes list = message({Writer().u8(2).u8(kLteInterface).u16(122).u32(1300).tlv(0x11)});
  EXPECT_FALSE(decode_bands(TlvView(list)));
  const Bytes widths = message({Writer().u8(9).u8(kLteInterface).u32(5).tlv(0x12)});
  EXPECT_FALSE(decode_bands(TlvView(widths)));
}

TEST(ActiveBands, AtMostSoMany) {
  Writer list;
  list.u8(200);
  for (int i = 0; i < 200; ++i) list.u8(kLteInterface).u16(122).u32(1300);
  const Bytes bytes = message({list.tlv(0x11)});
  const auto out = decode_bands(TlvView(bytes));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->size(), kMaxBands);
}

TEST(ActiveBands, SurviveAnything) {
  const Bytes good = message({Writer().u8(1).u8(kLteInterface).u16(122).u32(1300).tlv(0x11),
                              Writer().u8(1).u8(kLteInterface).u32(5).tlv(0x12)});
  survive(good, [](TlvView view) { static_cast<void>(decode_bands(view)); });
}

}  // namespace
}  // namespace mwan::qmi
