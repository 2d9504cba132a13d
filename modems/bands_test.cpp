// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/bands.hpp"

#include <gtest/gtest.h>

namespace mwan {
namespace {

TEST(Bands, ChannelsOfLte) {
  EXPECT_EQ(band_of(Rat::Lte, 1300), 3);
  EXPECT_EQ(band_of(Rat::Lte, 0), 1);
  EXPECT_EQ(band_of(Rat::Lte, 6449), 20);
  EXPECT_EQ(band_of(Rat::Lte, 67335), 66);
  EXPECT_EQ(band_of(Rat::Lte, 2700), std::nullopt) << "between two bands";
  EXPECT_EQ(band_of(Rat::Lte, 4000000000U), std::nullopt);
}

TEST(Bands, ChannelsOfUmtsAndGsm) {
  EXPECT_EQ(band_of(Rat::Umts, 10700), 1);
  EXPECT_EQ(band_of(Rat::Umts, 3000), 8);
  EXPECT_EQ(band_of(Rat::Umts, 100), std::nullopt);
  EXPECT_EQ(band_of(Rat::Gsm, 62), 900);
  EXPECT_EQ(band_of(Rat::Gsm, 1000), 900);
  EXPECT_EQ(band_of(Rat::Gsm, 880), 1800);
  EXPECT_EQ(band_of(Rat::Gsm, 600), std::nullopt) << "1800 or 1900";
}

TEST(Bands, OneChannelOf5GLiesInSeveralBands) {
  EXPECT_EQ(band_of(Rat::NrSa, 640000), std::nullopt);
  EXPECT_EQ(band_of(Rat::Unknown, 1300), std::nullopt);
}

TEST(Bands, Names) {
  EXPECT_EQ(band_name(Rat::Lte, 3), "band 3 (1800 MHz)");
  EXPECT_EQ(band_name(Rat::Lte, 250), "band 250");
  EXPECT_EQ(band_name(Rat::Umts, 8), "band 8 (900 MHz)");
  EXPECT_EQ(band_name(Rat::Gsm, 900), "GSM 900");
  EXPECT_EQ(band_name(Rat::NrNsa, 78), "n78");
}

}  // namespace
}  // namespace mwan
