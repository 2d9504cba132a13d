// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_cells.hpp"

#include <gtest/gtest.h>

#include "modems/qmi/test_bytes.hpp"

namespace mwan::qmi {
namespace {

Writer& cell(Writer& w, std::uint16_t pci, std::int16_t rsrq, std::int16_t rsrp) {
  return w.u16(pci).i16(rsrq).i16(rsrp).i16(-700).i16(30);
}
Writer same_frequency(std::uint16_t serving, std::uint8_t count) {
  Writer w;
  w.u8(0).u8(0x62).u8(0xf2).u8(0x10).u16(7).u32(0x1a2d001).u16(1300).u16(serving);
  w.u8(5).u8(6).u8(7).u8(8).u8(count);
  return w;
}

TEST(Cells, ServingAndNeighboursOfLte) {
  Writer same = same_frequency(101, 2);
  cell(cell(same, 101, -125, -1034), 202, -110, -998);
  Writer other;
  other.u8(0).u8(2);
  other.u16(6300).u8(0).u8(0).u8(0).u8(1);
  cell(other, 303, -140, -1102);
  other.u16(500).u8(0).u8(0).u8(0).u8(0);
  const Bytes bytes = message({same.tlv(0x13), other.tlv(0x14)});
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(
      out->serving,
      (Cell{.rat = Rat::Lte, .pci = 101, .arfcn = 1300, .rsrp_dbm = -103.4, .rsrq_db = -12.5}));
  ASSERT_EQ(out->neighbours.size(), 2U);
  EXPECT_EQ(out->neighbours[0].pci, 202);
  EXPECT_EQ(out->neighbours[0].rsrp_dbm, -99.8);
  EXPECT_EQ(out->neighbours[1].arfcn, 6300U);
}

TEST(Cells, TheServingCellMayBeMissingFromTheList) {
  Writer same = same_frequency(101, 1);
  cell(same, 202, -110, -998);
  const Bytes bytes = message({same.tlv(0x13)});
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->serving, (Cell{.rat = Rat::Lte, .pci = 101, .arfcn = 1300}));
  EXPECT_EQ(out->neighbours.size(), 1U);
}

Tlv nr_cell(std::uint16_t pci) {
  return Writer().u8(0).u16(0).u8(0).u16(7).u32(1).u32(0).u16(pci).i16(-115).i16(-987).i16(120).tlv(
      0x2f);
}

TEST(Cells, NrAloneIsServing) {
  const Bytes bytes = message({nr_cell(500), Writer().u32(640000).tlv(0x2e)});
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_TRUE(out);
  EXPECT_EQ(
      out->serving,
      (Cell{.rat = Rat::NrSa, .pci = 500, .arfcn = 640000, .rsrp_dbm = -98.7, .rsrq_db = -11.5}));
}

TEST(Cells, TheNrLegBesideLteIsNoNeighbour) {
  Writer same = same_frequency(101, 1);
  cell(same, 101, -125, -1034);
  const Bytes bytes = message({same.tlv(0x13), nr_cell(500)});
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->serving.value_or(Cell{}).rat, Rat::Lte);
  EXPECT_TRUE(out->neighbours.empty());
}

Tlv gsm_cells(std::uint16_t arfcn, std::uint8_t neighbours = 1) {
  Writer w;
  w.u32(0xabcd).u8(0x62).u8(0xf2).u8(0x10).u16(7).u16(arfcn).u8(38).u32(1).u16(35);
  w.u8(neighbours).u32(0xabce).u8(0x62).u8(0xf2).u8(0x10).u16(7).u16(70).u8(39).u16(20);
  return w.tlv(0x10);
}

TEST(Cells, Gsm) {
  const Bytes bytes = message({gsm_cells(62)});
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(out->serving,
            (Cell{.rat = Rat::Gsm, .pci = 38, .arfcn = 62, .rsrp_dbm = -75.0, .rsrq_db = {}}));
  ASSERT_EQ(out->neighbours.size(), 1U);
  EXPECT_EQ(out->neighbours[0],
            (Cell{.rat = Rat::Gsm, .pci = 39, .arfcn = 70, .rsrp_dbm = -90.0, .rsrq_db = {}}));
}

Tlv umts_cells(std::uint16_t psc) {
  Writer w;
  w.u16(0xabcd).u8(0x62).u8(0xf2).u8(0x10).u16(7).u16(10700).u16(psc).i16(-85).i16(-7);
  w.u8(1).u16(10700).u16(12).i16(-97).i16(-14);
  w.u8(1).u16(62).u8(4).u8(6).i16(-88);
  return w.tlv(0x11);
}
Tlv lte_beside_umts(std::uint32_t rsrp_bits) {
  // RSRQ -11.5 as an IEEE 754 number
  return Writer()
      .u32(4)
      .u8(1)
      .u16(1300)
      .u16(101)
      .u32(rsrp_bits)
      .u32(0xc1380000)
      .i16(20)
      .u8(0)
      .tlv(0x18);
}

TEST(Cells, UmtsWithNeighboursOfEveryTechnology) {
  const Bytes bytes = message({umts_cells(311), lte_beside_umts(0xc2c80000)});  // -100
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(
      out->serving,
      (Cell{.rat = Rat::Umts, .pci = 311, .arfcn = 10700, .rsrp_dbm = -85.0, .rsrq_db = -7.0}));
  ASSERT_EQ(out->neighbours.size(), 3U);
  EXPECT_EQ(out->neighbours[0].pci, 12);
  EXPECT_EQ(out->neighbours[1],
            (Cell{.rat = Rat::Gsm, .pci = 38, .arfcn = 62, .rsrp_dbm = -88.0, .rsrq_db = {}}));
  EXPECT_EQ(
      out->neighbours[2],
      (Cell{.rat = Rat::Lte, .pci = 101, .arfcn = 1300, .rsrp_dbm = -100.0, .rsrq_db = -11.5}));
}

TEST(Cells, ANumberThatIsNoneIsNoLevel) {
  const Bytes bytes = message({umts_cells(311), lte_beside_umts(0x7fc00000)});  // NaN
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->neighbours.at(2).rsrp_dbm, std::nullopt);
}

TEST(Cells, OlderTechnologiesBesideLte) {
  Writer same = same_frequency(101, 1);
  cell(same, 101, -125, -1034);
  const Tlv umts = Writer()
                       .u8(0)
                       .u8(1)
                       .u16(10700)
                       .u8(2)
                       .u16(9)
                       .u16(9)
                       .u8(1)
                       .u16(12)
                       .i16(-985)
                       .i16(-80)
                       .i16(5)
                       .tlv(0x16);
  const Tlv gsm = Writer()
                      .u8(0)
                      .u8(1)
                      .u8(1)
                      .u8(2)
                      .u8(3)
                      .u8(0xff)
                      .u8(2)
                      .u16(62)
                      .u8(0)
                      .u8(1)
                      .u8(38)
                      .i16(-752)
                      .i16(4)
                      .u16(63)
                      .u8(0)
                      .u8(0)  // its identity was not read
                      .u8(0)
                      .i16(-800)
                      .i16(4)
                      .tlv(0x15);
  // Of what is not in use some firmware sends empty elements.
  const Bytes bytes =
      message({same.tlv(0x13), umts, gsm, umts_cells(0xffff), gsm_cells(0xffff, 0)});
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(out->serving.value_or(Cell{}).rat, Rat::Lte);
  ASSERT_GE(out->neighbours.size(), 2U);
  EXPECT_EQ(
      out->neighbours[0],
      (Cell{.rat = Rat::Umts, .pci = 12, .arfcn = 10700, .rsrp_dbm = -98.5, .rsrq_db = -8.0}));
  EXPECT_EQ(out->neighbours[1],
            (Cell{.rat = Rat::Gsm, .pci = 38, .arfcn = 62, .rsrp_dbm = -75.2, .rsrq_db = {}}));
}

TEST(Cells, CountsBeyondTheBytesAreErrors) {
  Writer same = same_frequency(101, 255);
  cell(same, 101, -125, -1034);
  const Bytes bytes = message({same.tlv(0x13)});
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_FALSE(out);
  EXPECT_NE(out.error().message.find("0x13"), std::string::npos);
  const Bytes frequencies = message({{0x14, {0, 255, 1, 2, 3}}});
  EXPECT_FALSE(decode_cells(TlvView(frequencies)));
  const Bytes gsm = message({gsm_cells(62, 2)});
  EXPECT_FALSE(decode_cells(TlvView(gsm)));
}

TEST(Cells, AtMostSoManyNeighbours) {
  Writer same = same_frequency(101, 200);
  for (std::uint16_t i = 0; i < 200; ++i)
    cell(same, static_cast<std::uint16_t>(200 + i), -110, -998);
  const Bytes bytes = message({same.tlv(0x13)});
  const auto out = decode_cells(TlvView(bytes));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->neighbours.size(), kMaxCells);
}

TEST(Cells, AnEmptyReportIsFine) {
  const auto out = decode_cells(TlvView(Bytes{}));
  ASSERT_TRUE(out);
  EXPECT_EQ(*out, CellReport{});
}

TEST(Cells, SurviveAnything) {
  Writer same = same_frequency(101, 2);
  cell(cell(same, 101, -125, -1034), 202, -110, -998);
  const Bytes good = message({same.tlv(0x13), nr_cell(500), Writer().u32(640000).tlv(0x2e)});
  survive(good, [](TlvView view) { static_cast<void>(decode_cells(view)); });
  const Bytes older = message({umts_cells(311), lte_beside_umts(0xc2c80000), gsm_cells(62)});
  survive(older, [](TlvView view) { static_cast<void>(decode_cells(view)); });
}

}  // namespace
}  // namespace mwan::qmi
