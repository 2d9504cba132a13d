// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/masking.hpp"

#include <gtest/gtest.h>

namespace mwan::tool {
namespace {

TEST(Masked, KeepsWhatNamesTheMakerOrTheNetwork) {
  EXPECT_EQ(masked(IdentityKind::Imei, "358240051111110"), "35824005*******");
  EXPECT_EQ(masked(IdentityKind::Imsi, "262011234567890"), "26201**********");
  EXPECT_EQ(masked(IdentityKind::Iccid, "89490200001234567890"), "894902**************");
  EXPECT_EQ(masked(IdentityKind::Msisdn, "491711234567"), "491*********");
  EXPECT_EQ(masked(IdentityKind::Imsi, ""), "");
  EXPECT_EQ(masked(IdentityKind::Imsi, "1234"), "12**");  // never the whole of a short one
}

TEST(Masking, TheSameValueIsTheSameEverywhere) {
  Masking masking;
  masking.know(IdentityKind::Imsi, "262011234567890");
  masking.know(IdentityKind::Iccid, "89490200001234567890");
  masking.know(IdentityKind::Iccid, "89490200001234567891");
  masking.know(IdentityKind::Imsi, "262011234567890");
  EXPECT_EQ(masking.apply("a 262011234567890, b \"262011234567890\""),
            "a 26201**********#1, b \"26201**********#1\"");
  EXPECT_EQ(masking.apply("89490200001234567890 89490200001234567891"),
            "894902**************#2 894902**************#3");
}

TEST(Masking, UnknownIdentitiesAreHiddenNumbersAreNot) {
  Masking masking;
  EXPECT_EQ(masking.apply("imsi=310150123456789 t=1700000000123 n=7"),
            "imsi=(15 digits) t=1700000000123 n=7");
}

TEST(Masking, PartsOfALongerRunAreNotTheIdentity) {
  Masking masking;
  masking.know(IdentityKind::Msisdn, "123456");
  EXPECT_EQ(masking.apply("1234567 123456"), "1234567 123***#1");
}

TEST(Masking, AddressesOnRequest) {
  Masking masking;
  EXPECT_EQ(masking.apply("10.64.0.2/30"), "10.64.0.2/30");
  masking.hide_addresses();
  EXPECT_EQ(masking.apply("10.64.0.2/30, gateway 10.64.0.1; again 10.64.0.2."),
            "(ip 1)/30, gateway (ip 2); again (ip 1).");
  EXPECT_EQ(masking.apply("2001:db8:64::2/64 10.64.0.1:53"), "(ip 3)/64 (ip 2):53");
  EXPECT_EQ(masking.apply("127.0.0.1 0.0.0.0 12:30 face 1.2.3 dead"),
            "127.0.0.1 0.0.0.0 12:30 face 1.2.3 dead");
}

}  // namespace
}  // namespace mwan::tool
