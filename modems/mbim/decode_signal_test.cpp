// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/decode_signal.hpp"

#include <gtest/gtest.h>

#include "modems/mbim/test_bytes.hpp"

namespace mwan::mbim {
namespace {

constexpr std::uint32_t kLte = 0x20;
constexpr std::uint32_t kNr = 0x40;

struct Entry {
  std::uint32_t rsrp;
  std::uint32_t snr;
  std::uint32_t system;
};
Bytes signal_v2(std::uint32_t rssi, std::initializer_list<Entry> entries) {
  Writer list;
  list.u32(static_cast<std::uint32_t>(entries.size()));
  for (const Entry& e : entries) list.u32(e.rsrp).u32(e.snr).u32(0).u32(0).u32(e.system);
  Writer out;
  out.u32(rssi).u32(99).u32(5).u32(2).u32(0);
  return out.part(list.done()).done();
}

std::vector<SignalSample> decode(const Bytes& buffer, Mbimex version, Rat serving = Rat::Lte) {
  const auto out = decode_signal_state(buffer, version, serving);
  EXPECT_TRUE(out) << out.error().text();
  return out.value_or(std::vector<SignalSample>{});
}

TEST(SignalState, FirstVersionHasRssiAlone) {
  const Bytes buffer = words({20, 99, 5, 2, 0});
  EXPECT_EQ(decode(buffer, Mbimex::None),
            (std::vector{SignalSample{.rat = Rat::Lte, .rssi_dbm = -73.0}}));
  EXPECT_EQ(decode(buffer, Mbimex::None, Rat::NrNsa).at(0).rat, Rat::Lte);
  EXPECT_EQ(decode(buffer, Mbimex::None, Rat::Umts).at(0).rat, Rat::Umts);
  EXPECT_TRUE(decode(words({99, 99, 5, 2, 0}), Mbimex::None).empty());
}

TEST(SignalState, CodesOfTheSecondVersion) {
  const auto level = [](std::uint32_t rsrp, std::uint32_t snr) {
    return decode(signal_v2(99, {{rsrp, snr, kLte}}), Mbimex::V2).at(0);
  };
  EXPECT_EQ(level(57, 67).rsrp_dbm, -100.0);
  EXPECT_EQ(level(57, 67).sinr_db, 10.0);
  EXPECT_EQ(level(0, 0).rsrp_dbm, -157.0);  // below the scale
  EXPECT_EQ(level(0, 0).sinr_db, -23.5);
  EXPECT_EQ(level(127, 127).rsrp_dbm, -30.0);
  EXPECT_EQ(level(128, 1).rsrp_dbm, std::nullopt);
  EXPECT_EQ(level(kUnknown, 1).rsrp_dbm, std::nullopt);
  EXPECT_EQ(level(1, kUnknown).sinr_db, std::nullopt);
}

TEST(SignalState, OneSampleForEachTechnologyTheAnchorFirst) {
  const auto out = decode(signal_v2(25, {{77, 40, kNr}, {60, 50, kLte}}), Mbimex::V2, Rat::NrNsa);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].rat, Rat::Lte);
  EXPECT_EQ(out[0].rsrp_dbm, -97.0);
  EXPECT_EQ(out[0].rssi_dbm, -63.0);
  EXPECT_EQ(out[1].rat, Rat::NrNsa);
  EXPECT_EQ(out[1].rsrp_dbm, -80.0);
  EXPECT_EQ(out[1].rssi_dbm, std::nullopt);
}

TEST(SignalState, TheThirdVersionHasOneNameForBothKindsOf5g) {
  EXPECT_EQ(decode(signal_v2(99, {{77, 40, kNr}}), Mbimex::V3).at(0).rat, Rat::NrSa);
  const auto both = decode(signal_v2(99, {{60, 50, kLte}, {77, 40, kNr}}), Mbimex::V3);
  EXPECT_EQ(both.at(1).rat, Rat::NrNsa);
}

TEST(SignalState, WhatIsUnknownIsLeftOut) {
  EXPECT_TRUE(decode(signal_v2(99, {{kUnknown, kUnknown, kLte}}), Mbimex::V2).empty());
  EXPECT_TRUE(decode(signal_v2(99, {}), Mbimex::V2).empty());
  EXPECT_EQ(decode(signal_v2(10, {}), Mbimex::V2, Rat::Umts),
            (std::vector{SignalSample{.rat = Rat::Umts, .rssi_dbm = -93.0}}));
}

TEST(SignalState, SurvivesAnything) {
  survive(signal_v2(25, {{77, 40, kNr}, {60, 50, kLte}}), [](ByteView bytes) {
    for (const Mbimex version : {Mbimex::None, Mbimex::V2, Mbimex::V3}) {
      const auto out = decode_signal_state(bytes, version, Rat::Lte);
      EXPECT_TRUE(!out || out->size() <= kMaxCells);
    }
  });
  EXPECT_FALSE(decode_signal_state(words({1, 2}), Mbimex::None, Rat::Lte));
}

TEST(AtdsSignal, ScalesOf27007) {
  const auto lte = decode_atds_signal(words({20, 99, 255, 255, 19, 50, 255}));
  ASSERT_TRUE(lte);
  EXPECT_EQ(lte->rssi_dbm, -73.0);
  EXPECT_EQ(lte->rsrq_db, -10.0);
  EXPECT_EQ(lte->rsrp_dbm, -90.0);
  const auto umts = decode_atds_signal(words({99, 99, 30, 30, 255, 255, 255}));
  ASSERT_TRUE(umts);
  EXPECT_EQ(umts->rsrp_dbm, -90.0);
  EXPECT_EQ(umts->rsrq_db, -9.0);
  EXPECT_FALSE(decode_atds_signal(words({20, 99})));
}

}  // namespace
}  // namespace mwan::mbim
