// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "modems/mbim/decode_signal.hpp"
#include "modems/mbim/test_bytes.hpp"

namespace mwan::mbim {
namespace {

constexpr std::uint32_t dbm(int value) { return static_cast<std::uint32_t>(value); }

struct Neighbour {
  const char* plmn;
  std::uint32_t pci;
  int rsrp;
  int rsrq;
};
Bytes lte_serving(std::uint32_t pci = 101) {
  return Writer()
      .text("26201")
      .u32(0x1a2b301)
      .u32(1300)
      .u32(pci)
      .u32(0x1234)
      .u32(dbm(-95))
      .u32(dbm(-11))
      .u32(kUnknown)
      .done();
}
Bytes lte_list(std::initializer_list<Neighbour> cells) {
  Writer out;
  out.u32(static_cast<std::uint32_t>(cells.size()));
  for (const Neighbour& cell : cells) {
    const Bytes one = Writer()
                          .text(cell.plmn)
                          .u32(kUnknown)
                          .u32(1300)
                          .u32(cell.pci)
                          .u32(kUnknown)
                          .u32(dbm(cell.rsrp))
                          .u32(dbm(cell.rsrq))
                          .done();
    out.bytes(one);
  }
  return out.done();
}
// Only the parts that are given; the others are empty.
Bytes stations(Mbimex version, const Bytes& lte, const Bytes& neighbours, const Bytes& nr = {},
               const Bytes& nr_list = {}) {
  Writer out;
  out.u32(0x20);
  if (version == Mbimex::V3) out.u32(0);
  const Bytes none;
  out.part(none).part(none).part(none).part(lte);
  out.part(none).part(none).part(none).part(neighbours).part(none);
  if (version == Mbimex::V3) out.part(nr).part(nr_list);
  return out.done();
}

TEST(BaseStations, EveryNeighbourIsItsOwn) {
  const Bytes list =
      lte_list({{"26201", 205, -99, -12}, {"", 206, -103, -14}, {"262012", 7, -110, -19}});
  for (const Mbimex version : {Mbimex::None, Mbimex::V2, Mbimex::V3}) {
    const auto out = decode_base_stations(stations(version, lte_serving(), list), version);
    ASSERT_TRUE(out) << out.error().text();
    ASSERT_TRUE(out->cells.serving);
    EXPECT_EQ(*out->cells.serving,
              (Cell{.rat = Rat::Lte, .pci = 101, .arfcn = 1300, .rsrp_dbm = -95, .rsrq_db = -11}));
    ASSERT_EQ(out->cells.neighbours.size(), 3U);
    EXPECT_EQ(out->cells.neighbours[0].pci, 205);
    EXPECT_EQ(out->cells.neighbours[1].pci, 206);
    EXPECT_EQ(out->cells.neighbours[1].rsrp_dbm, -103.0);
    EXPECT_EQ(out->cells.neighbours[2].pci, 7);
    EXPECT_EQ(out->cells.neighbours[2].rsrq_db, -19.0);
    ASSERT_EQ(out->serving.size(), 1U);
    EXPECT_EQ(out->serving[0].rsrq_db, -11.0);
  }
}

TEST(BaseStations, FiveGBesideLteIsItsSecondLeg) {
  const Bytes cell = Writer()
                         .text("26201")
                         .u32(5)
                         .u32(0)
                         .u32(333)
                         .u32(632000)
                         .u32(7)
                         .u32(77)  // -80 dBm
                         .u32(67)  // -10 dB
                         .u32(67)  // 10 dB
                         .u32(0)
                         .u32(0)
                         .done();
  Writer list;
  list.u32(2).bytes(cell).bytes(cell);
  const Bytes nr = list.done();
  const auto alone = decode_base_stations(stations(Mbimex::V3, {}, {}, nr), Mbimex::V3);
  ASSERT_TRUE(alone) << alone.error().text();
  EXPECT_EQ(*alone->cells.serving,
            (Cell{.rat = Rat::NrSa, .pci = 333, .arfcn = 632000, .rsrp_dbm = -80, .rsrq_db = -10}));
  ASSERT_EQ(alone->serving.size(), 1U);
  EXPECT_EQ(alone->serving[0].sinr_db, 10.0);
  const auto beside = decode_base_stations(stations(Mbimex::V3, lte_serving(), {}, nr), Mbimex::V3);
  ASSERT_TRUE(beside);
  EXPECT_EQ(beside->cells.serving->rat, Rat::Lte);
  ASSERT_EQ(beside->serving.size(), 2U);
  EXPECT_EQ(beside->serving[1].rat, Rat::NrNsa);
}

TEST(BaseStations, UnknownIsUnknown) {
  const Bytes cell = Writer()
                         .text("")
                         .u32(kUnknown)
                         .u32(kUnknown)
                         .u32(5)
                         .u32(kUnknown)
                         .u32(kUnknown)
                         .u32(kUnknown)
                         .u32(kUnknown)
                         .done();
  const auto out = decode_base_stations(stations(Mbimex::None, cell, {}), Mbimex::None);
  ASSERT_TRUE(out);
  EXPECT_EQ(*out->cells.serving, (Cell{.rat = Rat::Lte, .pci = 5}));
  EXPECT_TRUE(out->serving.empty());
  const auto nameless =
      decode_base_stations(stations(Mbimex::None, lte_serving(kUnknown), {}), Mbimex::None);
  ASSERT_TRUE(nameless);
  EXPECT_FALSE(nameless->cells.serving);
  EXPECT_EQ(nameless->serving.at(0).rsrp_dbm, -95.0);
}

Bytes gsm_cell(std::uint32_t bsic, std::uint32_t level, bool serving) {
  Writer out;
  out.text("26201").u32(7).u32(0xabcd);
  if (serving) out.u32(kUnknown);
  return out.u32(62).u32(bsic).u32(level).done();
}
Bytes umts_cell(std::uint32_t code, int rscp, bool serving) {
  Writer out;
  out.text("").u32(7).u32(0xabcd);
  if (serving) out.u32(kUnknown).u32(kUnknown).u32(kUnknown);
  return out.u32(10700).u32(code).u32(dbm(rscp)).u32(dbm(-9)).u32(kUnknown).done();
}
Bytes list_of(const Bytes& one) { return Writer().u32(1).bytes(one).done(); }

TEST(BaseStations, Gsm) {
  const Bytes none;
  Writer out;
  out.u32(1).part(gsm_cell(38, 35, true)).part(none).part(none).part(none);
  out.part(list_of(gsm_cell(39, 20, false))).part(list_of(umts_cell(12, -97, false)));
  const Bytes bytes = out.part(none).part(none).part(none).done();
  const auto stations = decode_base_stations(bytes, Mbimex::None);
  ASSERT_TRUE(stations) << stations.error().text();
  EXPECT_EQ(stations->cells.serving,
            (Cell{.rat = Rat::Gsm, .pci = 38, .arfcn = 62, .rsrp_dbm = -75.0, .rsrq_db = {}}));
  ASSERT_EQ(stations->cells.neighbours.size(), 2U);
  EXPECT_EQ(stations->cells.neighbours[0].rat, Rat::Umts);
  EXPECT_EQ(stations->cells.neighbours[1],
            (Cell{.rat = Rat::Gsm, .pci = 39, .arfcn = 62, .rsrp_dbm = -90.0, .rsrq_db = {}}));
  ASSERT_EQ(stations->serving.size(), 1U);
  EXPECT_EQ(stations->serving[0].rssi_dbm, -75.0);
  ASSERT_EQ(stations->bands.size(), 1U);
  EXPECT_EQ(stations->bands[0],
            (ActiveBand{.rat = Rat::Gsm, .band = 900, .channel = 62, .bandwidth_mhz = {}}));
  survive(bytes,
          [](ByteView view) { static_cast<void>(decode_base_stations(view, Mbimex::None)); });
}

TEST(BaseStations, Umts) {
  const Bytes none;
  Writer out;
  out.u32(4).part(none).part(umts_cell(311, -85, true)).part(none).part(none);
  for (int i = 0; i < 5; ++i) out.part(none);
  const auto stations = decode_base_stations(out.done(), Mbimex::None);
  ASSERT_TRUE(stations) << stations.error().text();
  EXPECT_EQ(
      stations->cells.serving,
      (Cell{.rat = Rat::Umts, .pci = 311, .arfcn = 10700, .rsrp_dbm = -85.0, .rsrq_db = -9.0}));
  ASSERT_EQ(stations->bands.size(), 1U);
  EXPECT_EQ(stations->bands[0].band, 1);
}

TEST(BaseStations, SurvivesAnything) {
  const Bytes list = lte_list({{"26201", 205, -99, -12}, {"", 206, -103, -14}});
  for (const Mbimex version : {Mbimex::None, Mbimex::V3}) {
    survive(stations(version, lte_serving(), list), [&](ByteView bytes) {
      const auto out = decode_base_stations(bytes, version);
      EXPECT_TRUE(!out || out->cells.neighbours.size() <= kMaxCells);
    });
  }
  Bytes endless = lte_list({{"", 1, -99, -12}});
  endless[0] = endless[1] = endless[2] = 0xff;
  EXPECT_FALSE(decode_base_stations(stations(Mbimex::None, {}, endless), Mbimex::None));
}

}  // namespace
}  // namespace mwan::mbim
