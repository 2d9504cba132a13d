// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/info.hpp"

#include <gtest/gtest.h>

#include "tools/mwan-sim/mbim/utf16.hpp"
#include "tools/mwan-sim/mbim/values.hpp"

namespace mwan::sim::mbim {
namespace {

TEST(InfoWriter, TextStandsBehindTheFieldsAndIsPadded) {
  const Bytes info = InfoWriter().u32(5).text("abc").text("").u32(6).done();
  EXPECT_EQ(info, (Bytes{5, 0, 0, 0, 24, 0, 0, 0, 6,   0, 0,   0, 0,   0, 0, 0,
                         0, 0, 0, 0, 6,  0, 0, 0, 'a', 0, 'b', 0, 'c', 0, 0, 0}));
}

TEST(InfoWriter, ListsOfStructures) {
  const Bytes item = {1, 2, 3, 4};
  EXPECT_EQ(InfoWriter().structures({item, item}).done(),
            (Bytes{2, 0, 0, 0, 20, 0, 0, 0, 4, 0, 0, 0, 24, 0,
                   0, 0, 4, 0, 0,  0, 1, 2, 3, 4, 1, 2, 3,  4}));
  EXPECT_EQ(InfoWriter().list({item}).done(),
            (Bytes{8, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4}));
  EXPECT_EQ(InfoWriter().list({}).structure({}).done(), Bytes(16));
}

TEST(InfoWriter, TlvsSayHowMuchTheyArePadded) {
  EXPECT_EQ(InfoWriter().tlv_text("a").done(), (Bytes{10, 0, 0, 2, 2, 0, 0, 0, 'a', 0, 0, 0}));
}

TEST(InfoReader, ReadsWhatWasWritten) {
  const Bytes info = InfoWriter().u32(5).text("internet").text("").u16(7).done();
  InfoReader reader(info);
  EXPECT_EQ(reader.u32(), 5U);
  EXPECT_EQ(reader.text(), "internet");
  EXPECT_EQ(reader.text(), "");
  EXPECT_EQ(reader.u16(), 7U);
  EXPECT_TRUE(reader.ok());
}

TEST(InfoReader, TextOutsideOfTheBufferIsNotRead) {
  for (const std::uint32_t offset : {5U, 9U, 0xFFFFFFFEU}) {
    Bytes info;
    ByteWriter(info).u32(offset).u32(4);
    InfoReader reader(info);
    EXPECT_EQ(reader.text(), "");
    EXPECT_FALSE(reader.ok()) << offset;
  }
}

TEST(InfoReader, MoreStructuresThanThereAreBytesAreNotRead) {
  Bytes info;
  ByteWriter(info).u32(0x20000000).u32(8).u32(4);
  InfoReader reader(info);
  EXPECT_TRUE(reader.structures().empty());
  EXPECT_FALSE(reader.ok());
}

TEST(InfoReader, TlvsOfTheWrongTypeOrLengthAreNotRead) {
  const Bytes info = InfoWriter().tlv_text("a").tlv_text("bcd").done();
  InfoReader reader(info);
  EXPECT_EQ(reader.tlv_text(), "a");
  EXPECT_EQ(reader.tlv_text(), "bcd");
  EXPECT_EQ(reader.tlv_text(), "");  // there is no third
  EXPECT_TRUE(reader.ok());
  Bytes wrong = info;
  wrong[0] = 11;
  EXPECT_EQ(InfoReader(wrong).tlv_text(), "");
  Bytes longer = info;
  longer[4] = 0xFF;
  InfoReader too_long(longer);
  EXPECT_EQ(too_long.tlv_text(), "");
  EXPECT_FALSE(too_long.ok());
}

TEST(Utf16, GoesBothWays) {
  const std::string text = "Zürich 日本 \xF0\x9F\x93\xB6";
  EXPECT_EQ(from_utf16(to_utf16(text)), text);
  EXPECT_EQ(to_utf16("\xF0\x9F\x93\xB6"), (Bytes{0x3D, 0xD8, 0xF6, 0xDC}));
}

TEST(Utf16, WhatIsNoTextBecomesTheReplacementCharacter) {
  EXPECT_EQ(to_utf16("\xC3"), (Bytes{0xFD, 0xFF}));
  EXPECT_EQ(from_utf16(Bytes{0x3D, 0xD8, 'a', 0}),
            "\xEF\xBF\xBD"
            "a");
  EXPECT_EQ(from_utf16(Bytes{'a', 0, 'b'}), "a");
}

TEST(Values, AreCodedAsTheProtocolHasThem) {
  EXPECT_EQ(coded_rssi(-113), 0U);
  EXPECT_EQ(coded_rssi(-51), 31U);
  EXPECT_EQ(coded_rssi(-20), 31U);
  EXPECT_EQ(coded_rssi(std::nullopt), 99U);
  EXPECT_EQ(coded_rsrp(-156), 1U);
  EXPECT_EQ(coded_rsrp(-97), 60U);
  EXPECT_EQ(coded_rsrp(-170), 0U);
  EXPECT_EQ(coded_snr(-23), 1U);
  EXPECT_EQ(coded_snr(7.5), 62U);
  EXPECT_EQ(coded_snr(std::nullopt), 0xFFFFFFFFU);
}

TEST(Values, DataClassesFollowTheVersion) {
  EXPECT_EQ(data_class(Rat::NrNsa, kVersion1), 1U << 5);
  EXPECT_EQ(data_class(Rat::NrNsa, kVersion2), 1U << 6);
  EXPECT_EQ(data_class(Rat::NrSa, kVersion2), 1U << 7);
  EXPECT_EQ(data_class(Rat::NrSa, kVersion3), 1U << 6);
}

}  // namespace
}  // namespace mwan::sim::mbim
