// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_signal.hpp"

#include <gtest/gtest.h>

#include "modems/qmi/test_bytes.hpp"

namespace mwan::qmi {
namespace {

Tlv lte(std::int8_t rssi, std::int8_t rsrq, std::int16_t rsrp, std::int16_t snr) {
  return Writer().i8(rssi).i8(rsrq).i16(rsrp).i16(snr).tlv(0x14);
}
SignalInfo info(const Bytes& bytes) {
  const auto out = decode_signal_info(TlvView(bytes));
  EXPECT_TRUE(out) << (out ? "" : out.error().text());
  return out.value_or(SignalInfo{});
}

TEST(SignalInfo, Lte) {
  const SignalInfo out = info(message({lte(-67, -11, -97, 128)}));
  EXPECT_EQ(out.lte, (RatSignal{.rssi_dbm = -67.0,
                                .rsrp_dbm = -97.0,
                                .rsrq_db = -11.0,
                                .sinr_db = 12.8,
                                .complete = true}));
  EXPECT_FALSE(out.nr || out.umts || out.gsm);
}

TEST(SignalInfo, NrInTwoElements) {
  const SignalInfo out =
      info(message({Writer().i16(-101).i16(-35).tlv(0x17), Writer().i16(-125).tlv(0x18)}));
  EXPECT_EQ(out.nr, (RatSignal{.rsrp_dbm = -101.0, .rsrq_db = -12.5, .sinr_db = -3.5}));
}

TEST(SignalInfo, InactiveNrHasNoValues) {
  const SignalInfo out =
      info(message({Writer().i16(-32768).i16(-32768).tlv(0x17), Writer().i16(-32768).tlv(0x18)}));
  EXPECT_EQ(out.nr, (RatSignal{.complete = true}));
}

TEST(SignalInfo, UmtsDerivesRscp) {
  const SignalInfo out = info(message({Writer().i8(-80).i16(14).tlv(0x13)}));
  EXPECT_EQ(out.umts,
            (RatSignal{.rssi_dbm = -80.0, .rsrp_dbm = -87.0, .rsrq_db = -7.0, .complete = true}));
}

TEST(SignalInfo, ImpossibleValuesAreUnknown) {
  const SignalInfo out = info(message({lte(0, 127, 500, 32767)}));
  EXPECT_EQ(out.lte, (RatSignal{.complete = true}));
}

TEST(SignalInfo, LongerElementsAreTaken) {
  const SignalInfo out =
      info(message({Writer().i8(-67).i8(-11).i16(-97).i16(0).u32(99).tlv(0x14)}));
  EXPECT_TRUE(out.lte.has_value());
}

TEST(SignalInfo, ShortElementsAreNamed) {
  const Bytes bytes = message({{0x14, {1, 2, 3}}});
  const auto out = decode_signal_info(TlvView(bytes));
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().text(),
            "qmi signal-info: the modem sent a malformed element 0x14 (3 bytes)");
}

TEST(SignalInfo, SurvivesAnything) {
  const Bytes good = message({lte(-67, -11, -97, 128), Writer().i16(-101).i16(-35).tlv(0x17),
                              Writer().i16(-125).tlv(0x18), Writer().i8(-80).i16(14).tlv(0x13)});
  survive(good, [](TlvView view) {
    static_cast<void>(decode_signal_info(view));
    static_cast<void>(decode_event_report(view));
    static_cast<void>(decode_signal_strength(view));
  });
}

TEST(EventReport, CarriesOneValueAtATime) {
  const Bytes bytes = message({Writer().i16(-118).tlv(0x1a)});
  const auto out = decode_event_report(TlvView(bytes));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->lte, (RatSignal{.rsrp_dbm = -118.0}));
  const Bytes rssi = message({Writer().u8(91).u8(8).tlv(0x13), Writer().i8(-15).u8(8).tlv(0x18)});
  const auto second = decode_event_report(TlvView(rssi));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->lte, (RatSignal{.rssi_dbm = -91.0, .rsrq_db = -15.0}));
}

TEST(SignalStrength, AllOfLte) {
  const Bytes bytes = message({Writer().i8(-70).u8(8).tlv(0x01), Writer().i8(-12).u8(8).tlv(0x16),
                               Writer().i16(75).tlv(0x17), Writer().i16(-99).tlv(0x18)});
  const auto out = decode_signal_strength(TlvView(bytes));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->lte,
            (RatSignal{.rssi_dbm = -70.0, .rsrp_dbm = -99.0, .rsrq_db = -12.0, .sinr_db = 7.5}));
  EXPECT_FALSE(decode_signal_strength(TlvView(Bytes{})));
}

class SignalCacheTest : public testing::Test {
 protected:
  std::vector<SignalSample> apply(const Bytes& bytes, bool nr_with_lte = true) {
    return cache_.apply(info(bytes), nr_with_lte);
  }
  SignalCache cache_;
};

TEST_F(SignalCacheTest, AnIndicationOfOneRatLeavesTheOther) {
  apply(message({lte(-67, -11, -97, 128)}));
  const auto out = apply(message({Writer().i16(-101).i16(-35).tlv(0x17)}));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].rat, Rat::NrNsa);
  EXPECT_EQ(cache_.serving().value_or(SignalSample{}).rsrp_dbm, -97.0);
}

TEST_F(SignalCacheTest, PartsOfNrAreMerged) {
  apply(message({Writer().i16(-101).i16(-35).tlv(0x17)}), false);
  const auto out = apply(message({Writer().i16(-140).tlv(0x18)}), false);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0], (SignalSample{.rat = Rat::NrSa,
                                  .rssi_dbm = std::nullopt,
                                  .rsrp_dbm = -101.0,
                                  .rsrq_db = -14.0,
                                  .sinr_db = -3.5}));
}

TEST_F(SignalCacheTest, ACompleteReportForgetsWhatItLeavesOut) {
  apply(message({lte(-67, -11, -97, 128)}));
  const auto out = apply(message({lte(-67, -11, -32768, 128)}));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_FALSE(out[0].rsrp_dbm);
  EXPECT_EQ(out[0].rsrq_db, -11.0);
}

TEST_F(SignalCacheTest, ARatThatEndsGivesOneEmptySample) {
  const Bytes inactive = message({Writer().i16(-32768).i16(-32768).tlv(0x17)});
  EXPECT_TRUE(apply(inactive).empty());  // never was active
  apply(message({Writer().i16(-101).i16(-35).tlv(0x17)}));
  const auto out = apply(inactive);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(out[0].empty());
  EXPECT_TRUE(apply(inactive).empty());
}

TEST_F(SignalCacheTest, TheLegThatStandsAloneChangesItsName) {
  apply(message({Writer().i16(-101).i16(-35).tlv(0x17)}), true);
  const auto out = apply(message({Writer().i16(-99).i16(-35).tlv(0x17)}), false);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0], SignalSample{.rat = Rat::NrNsa});
  EXPECT_EQ(out[1].rat, Rat::NrSa);
}

TEST_F(SignalCacheTest, ClearEndsWhatWasKnown) {
  apply(message({lte(-67, -11, -97, 128), Writer().i16(-101).i16(-35).tlv(0x17)}));
  const auto out = cache_.clear();
  ASSERT_EQ(out.size(), 2U);
  EXPECT_TRUE(out[0].empty() && out[1].empty());
  EXPECT_TRUE(cache_.clear().empty());
  EXPECT_FALSE(cache_.serving());
}

}  // namespace
}  // namespace mwan::qmi
