// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/codec/tlv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/mwan-sim/must.hpp"

namespace mwan::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TlvList parsed(const Bytes& bytes) { return must(TlvList::parse(bytes)); }

TEST(TlvList, FindsTheFirstOfAType) {
  const TlvList list = parsed({0x10, 1, 0, 0xAA, 0x11, 0, 0, 0x10, 1, 0, 0xBB});
  ASSERT_NE(list.find(0x10), nullptr);
  EXPECT_THAT(*list.find(0x10), ElementsAre(0xAA));
  ASSERT_NE(list.find(0x11), nullptr);
  EXPECT_TRUE(list.find(0x11)->empty());
  EXPECT_EQ(list.find(0x12), nullptr);
}

TEST(TlvList, RefusesWhatReachesPastTheEnd) {
  EXPECT_FALSE(TlvList::parse(Bytes{0x10}));
  EXPECT_FALSE(TlvList::parse(Bytes{0x10, 1}));
  EXPECT_FALSE(TlvList::parse(Bytes{0x10, 2, 0, 0xAA}));
  EXPECT_FALSE(TlvList::parse(Bytes{0x10, 0xFF, 0xFF}));
}

TEST(TlvList, WritesWhatItReads) {
  TlvList list;
  list.add(0x01).u16(0x0203).text("ab");
  list.add(0x02).i8(-1).i16(-2);
  Bytes bytes;
  list.append_to(bytes);
  EXPECT_THAT(bytes, ElementsAre(0x01, 4, 0, 0x03, 0x02, 'a', 'b', 0x02, 3, 0, 0xFF, 0xFE, 0xFF));
}

TEST(Arguments, TellsMissingFromMalformed) {
  const TlvList list = parsed({0x10, 1, 0, 0x07, 0x11, 2, 0, 0x34, 0x12});
  Arguments good(list);
  EXPECT_THAT(good.u8(0x10), Optional(7));
  EXPECT_THAT(good.u16(0x11), Optional(0x1234));
  EXPECT_EQ(good.u32(0x12), std::nullopt);
  EXPECT_EQ(good.problem(), Arguments::Problem::None);

  Arguments missing(list);
  EXPECT_EQ(missing.need_u32(0x12), 0U);
  EXPECT_EQ(missing.problem(), Arguments::Problem::Missing);

  Arguments malformed(list);
  EXPECT_EQ(malformed.need_u32(0x11), 0U);
  EXPECT_EQ(malformed.problem(), Arguments::Problem::Malformed);
}

TEST(Arguments, IgnoresBytesAfterTheKnownPart) {
  const TlvList list = parsed({0x10, 3, 0, 0x01, 0x02, 0x03});
  Arguments arguments(list);
  EXPECT_THAT(arguments.u8(0x10), Optional(1));
  EXPECT_EQ(arguments.problem(), Arguments::Problem::None);
}

TEST(Arguments, ReadsStructuresWithinTheirBounds) {
  const TlvList list = parsed({0x01, 3, 0, 0x01, 0x05, 'a'});  // a text that claims 5 bytes
  Arguments arguments(list);
  arguments.need_structure(0x01, [](ByteReader& reader) {
    reader.u8();
    reader.bytes(reader.u8());
  });
  EXPECT_EQ(arguments.problem(), Arguments::Problem::Malformed);
}

}  // namespace
}  // namespace mwan::sim
