// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/tlv.hpp"

#include <string>

#include <gtest/gtest.h>

#include "modems/qmi/test_bytes.hpp"

namespace mwan::qmi {
namespace {

ByteView view(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Reader, ReadsLittleEndian) {
  const Bytes bytes = {1, 2, 3, 4, 5, 6, 7, 0xff, 0xfe, 0xff};
  Reader r(bytes);
  EXPECT_EQ(r.u8(), 1);
  EXPECT_EQ(r.u16(), 0x0302);
  EXPECT_EQ(r.u32(), 0x07060504U);
  EXPECT_EQ(r.i8(), -1);
  EXPECT_EQ(r.i16(), -2);
  EXPECT_TRUE(r.ok());
  EXPECT_EQ(r.remaining(), 0U);
}

TEST(Reader, PastTheEndIsZeroAndStaysBad) {
  const Bytes bytes = {1, 2, 3};
  Reader r(bytes);
  EXPECT_EQ(r.u32(), 0U);
  EXPECT_FALSE(r.ok());
  EXPECT_EQ(r.u8(), 0);  // not the first byte: the position is lost
  EXPECT_EQ(r.remaining(), 0U);
  Reader huge(bytes);
  huge.skip(static_cast<std::size_t>(-1));
  EXPECT_FALSE(huge.ok());
}

TEST(TlvView, FindsTheFirstOfAType) {
  const Bytes bytes = message({{0x01, {9}}, {0x10, {1, 2}}, {0x10, {3}}, {0x11, {}}});
  const TlvView view(bytes);
  ASSERT_TRUE(view.has(0x10));
  EXPECT_EQ(view.find(0x10).value_or(ByteView()).size(), 2U);
  EXPECT_TRUE(view.has(0x11));
  EXPECT_FALSE(view.has(0x12));
  EXPECT_TRUE(view.well_formed());
}

TEST(TlvView, ALengthPastTheEndEndsTheMessage) {
  Bytes bytes = message({{0x01, {9}}});
  bytes.insert(bytes.end(), {0x02, 0xff, 0xff, 0x00});
  const TlvView view(bytes);
  EXPECT_TRUE(view.has(0x01));
  EXPECT_FALSE(view.has(0x02));
  EXPECT_FALSE(view.well_formed());
  EXPECT_FALSE(TlvView(Bytes{0x01}).has(0x01));
  EXPECT_FALSE(TlvView(Bytes{0x01, 0x00}).well_formed());
  EXPECT_TRUE(TlvView(Bytes{}).well_formed());
}

TEST(Writer, WritesWhatTheReaderReads) {
  const Tlv tlv = Writer().u8(7).u16(0x1234).u32(0xdeadbeef).i8(-5).i16(-300).text("apn").tlv(0x20);
  EXPECT_EQ(tlv.type, 0x20);
  Reader r(tlv.value);
  EXPECT_EQ(r.u8(), 7);
  EXPECT_EQ(r.u16(), 0x1234);
  EXPECT_EQ(r.u32(), 0xdeadbeefU);
  EXPECT_EQ(r.i8(), -5);
  EXPECT_EQ(r.i16(), -300);
  EXPECT_EQ(clean_text(r.bytes(3)), "apn");
  EXPECT_EQ(r.remaining(), 0U);
}

TEST(CleanText, KeepsGoodUtf8AndNothingElse) {
  EXPECT_EQ(clean_text(view("Telekom.de")), "Telekom.de");
  EXPECT_EQ(clean_text(view("Télécom €")), "Télécom €");
  EXPECT_EQ(clean_text(view("a\nb\x1b[2J")), "a?b?[2J");
  EXPECT_EQ(clean_text(view("\xc0\xaf")), "??");            // overlong
  EXPECT_EQ(clean_text(view("\xed\xa0\x80")), "???");       // surrogate
  EXPECT_EQ(clean_text(view("\xf4\x90\x80\x80")), "????");  // past Unicode
  EXPECT_EQ(clean_text(view("x\xc3")), "x?");               // cut
  EXPECT_EQ(clean_text(view("\xc2\x85")), "??");            // C1 control
  EXPECT_EQ(clean_text(view(std::string("a\0b", 3))), "a?b");
  EXPECT_EQ(clean_text(view(std::string(1000, 'x'))).size(), 64U);
  EXPECT_EQ(clean_text(view("éé"), 3), "é");  // never half a character
}

}  // namespace
}  // namespace mwan::qmi
