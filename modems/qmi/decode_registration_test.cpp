// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_registration.hpp"

#include <gtest/gtest.h>

#include "modems/qmi/test_bytes.hpp"

namespace mwan::qmi {
namespace {

Tlv serving(std::uint8_t state, std::uint8_t ps, std::initializer_list<std::uint8_t> radios) {
  Writer writer;
  writer.u8(state).u8(1).u8(ps).u8(1).u8(static_cast<std::uint8_t>(radios.size()));
  for (const std::uint8_t radio : radios) writer.u8(radio);
  return writer.tlv(0x01);
}
Tlv plmn(std::uint16_t mcc, std::uint16_t mnc, const std::string& text) {
  return Writer().u16(mcc).u16(mnc).u8(static_cast<std::uint8_t>(text.size())).text(text).tlv(0x12);
}

ServingSystem decoded(const Bytes& bytes, Kind kind) {
  const auto out = decode_serving_system(TlvView(bytes), kind);
  EXPECT_TRUE(out) << (out ? "" : out.error().text());
  return out.value_or(ServingSystem{});
}

TEST(ServingSystem, RegisteredOnLte) {
  const auto out =
      decoded(message({serving(1, 1, {8}), Writer().u8(1).tlv(0x10), plmn(262, 1, "Telekom.de")}),
              Kind::Response);
  EXPECT_EQ(out, (ServingSystem{.state = RegistrationState::Home,
                                .packet_service = PacketServiceState::Attached,
                                .rat = Rat::Lte,
                                .roaming = false,
                                .plmn = "26201",
                                .operator_name = "Telekom.de"}));
}

TEST(ServingSystem, ThreeDigitMncIsSaidElsewhereInTheIndication) {
  const Tlv digits_response = Writer().u16(310).u16(30).u8(1).tlv(0x27);
  const Tlv digits_indication = Writer().u16(310).u16(30).u8(1).tlv(0x29);
  EXPECT_EQ(
      decoded(message({serving(1, 1, {8}), plmn(310, 30, ""), digits_response}), Kind::Response)
          .plmn,
      "310030");
  EXPECT_EQ(
      decoded(message({serving(1, 1, {8}), plmn(310, 30, ""), digits_response}), Kind::Indication)
          .plmn,
      "31030");
  EXPECT_EQ(
      decoded(message({serving(1, 1, {8}), plmn(310, 30, ""), digits_indication}), Kind::Indication)
          .plmn,
      "310030");
  EXPECT_EQ(decoded(message({serving(1, 1, {8}), plmn(310, 410, "")}), Kind::Response).plmn,
            "310410");
}

TEST(ServingSystem, LteWinsOverItsNrLeg) {
  EXPECT_EQ(decoded(message({serving(1, 1, {12, 8})}), Kind::Response).rat, Rat::Lte);
  EXPECT_EQ(decoded(message({serving(1, 1, {12})}), Kind::Response).rat, Rat::NrSa);
  EXPECT_EQ(decoded(message({serving(0, 2, {0})}), Kind::Response).rat, Rat::Unknown);
}

TEST(ServingSystem, AbsurdCountsAndMissingPartsAreErrors) {
  EXPECT_FALSE(decode_serving_system(TlvView(Bytes{}), Kind::Response));
  const Bytes absurd = message({{0x01, {1, 1, 1, 1, 200, 8}}});
  EXPECT_FALSE(decode_serving_system(TlvView(absurd), Kind::Response));
  const Bytes name = message({serving(1, 1, {8}), {0x12, {6, 1, 1, 0, 255, 'x'}}});
  EXPECT_FALSE(decode_serving_system(TlvView(name), Kind::Response));
  const Bytes numbers = message({serving(1, 1, {8}), plmn(65535, 65535, "")});
  EXPECT_EQ(decoded(numbers, Kind::Response).plmn, "");
}

// Domain, capability, roaming, forbidden, LAC, CID, refusal, network, TAC: each behind its flag.
Tlv system_of(std::uint8_t type, bool roaming, std::uint8_t cause) {
  return Writer()
      .u8(1)
      .u8(2)
      .u8(0)
      .u8(0)
      .u8(1)
      .u8(roaming ? 1 : 0)
      .u8(0)
      .u8(0)
      .u8(0)
      .u16(0)
      .u8(1)
      .u32(0x1a2d001)
      .u8(cause != 0 ? 1 : 0)
      .u8(2)
      .u8(cause)
      .u8(1)
      .text("262")
      .text("01\xff")
      .u8(1)
      .u16(7)
      .tlv(type);
}

TEST(SystemInfo, ServiceAndRefusal) {
  const Bytes bytes = message({Writer().u8(2).u8(2).u8(1).tlv(0x14), system_of(0x19, true, 0)});
  const auto out = decode_system_info(TlvView(bytes), Kind::Response);
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->lte_service);
  EXPECT_EQ(out->roaming, true);
  EXPECT_FALSE(out->reject_cause);
  const Bytes refused = message({Writer().u8(0).u8(0).u8(0).tlv(0x14), system_of(0x19, false, 11)});
  const auto second = decode_system_info(TlvView(refused), Kind::Indication);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->lte_service);
  EXPECT_EQ(second->reject_cause, 11);
}

TEST(SystemInfo, NrHasOtherNumbersInTheIndication) {
  const Bytes response =
      message({Writer().u8(2).u8(2).u8(1).tlv(0x4a), system_of(0x4b, false, 15)});
  const Bytes indication =
      message({Writer().u8(2).u8(2).u8(1).tlv(0x4c), system_of(0x4d, false, 15)});
  const auto yes = decode_system_info(TlvView(response), Kind::Response);
  const auto also = decode_system_info(TlvView(indication), Kind::Indication);
  const auto no = decode_system_info(TlvView(response), Kind::Indication);
  ASSERT_TRUE(yes && also && no);
  EXPECT_TRUE(yes->nr_service && also->nr_service);
  EXPECT_FALSE(no->nr_service);
  EXPECT_EQ(yes->reject_cause, 15);
  EXPECT_EQ(also->reject_cause, 15);
  EXPECT_FALSE(no->reject_cause);
}

TEST(NetworkReject, NamesTheCause) {
  const Bytes bytes =
      message({Writer().u8(8).tlv(0x01), Writer().u8(3).tlv(0x02), Writer().u8(13).tlv(0x03)});
  const auto out = decode_network_reject(TlvView(bytes));
  ASSERT_TRUE(out);
  EXPECT_EQ(*out, (NetworkReject{.rat = Rat::Lte, .packet_domain = true, .cause = 13}));
  EXPECT_FALSE(decode_network_reject(TlvView(Bytes{})));
}

TEST(RegistrationDecoders, SurviveAnything) {
  const Bytes good =
      message({serving(1, 1, {8, 12}), Writer().u8(1).tlv(0x10), plmn(262, 1, "Telekom.de"),
               system_of(0x19, true, 3), Writer().u16(262).u16(1).u8(0).tlv(0x27)});
  survive(good, [](TlvView view) {
    static_cast<void>(decode_serving_system(view, Kind::Response));
    static_cast<void>(decode_serving_system(view, Kind::Indication));
    static_cast<void>(decode_system_info(view, Kind::Response));
    static_cast<void>(decode_network_reject(view));
  });
}

TEST(RegistrationCache, KeepsWhatAnIndicationLeavesOut) {
  RegistrationCache cache;
  cache.apply(ServingSystem{.state = RegistrationState::Home,
                            .rat = Rat::Lte,
                            .roaming = true,
                            .plmn = "26201",
                            .operator_name = "One"});
  EXPECT_EQ(cache.known().state, RegistrationState::Roaming);
  const Registration after =
      cache.apply(ServingSystem{.state = RegistrationState::Home, .rat = Rat::NrSa});
  EXPECT_EQ(after.state, RegistrationState::Roaming);
  EXPECT_EQ(after.plmn, "26201");
  EXPECT_EQ(after.rat, Rat::NrSa);
}

TEST(RegistrationCache, LosingTheNetworkForgetsItsName) {
  RegistrationCache cache;
  cache.apply(ServingSystem{.state = RegistrationState::Home, .rat = Rat::Lte, .plmn = "26201"});
  const Registration after = cache.apply(ServingSystem{.state = RegistrationState::Searching});
  EXPECT_EQ(after, (Registration{.state = RegistrationState::Searching}));
}

TEST(RegistrationCache, ARefusalStaysUntilRegistered) {
  RegistrationCache cache;
  cache.apply(ServingSystem{.state = RegistrationState::Denied});
  cache.apply(NetworkReject{.rat = Rat::Lte, .packet_domain = true, .cause = 11});
  EXPECT_EQ(cache.known().reject_cause, 11);
  EXPECT_EQ(cache.known().state, RegistrationState::Denied);
  cache.apply(ServingSystem{.state = RegistrationState::Home, .rat = Rat::Lte});
  EXPECT_FALSE(cache.known().reject_cause);
}

}  // namespace
}  // namespace mwan::qmi
