// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "modems/mbim/decode_registration.hpp"
#include "modems/mbim/decode_sim.hpp"
#include "modems/mbim/test_bytes.hpp"

namespace mwan::mbim {
namespace {

Bytes register_state(std::uint32_t nw_error, std::uint32_t state, std::uint32_t classes) {
  Writer out;
  out.u32(nw_error).u32(state).u32(1).u32(classes).u32(1);
  out.text("26201").text("Example").text("").u32(0).u32(classes);
  return out.done();
}

TEST(RegisterState, AtHome) {
  const auto out = decode_register_state(register_state(0, 3, 0x20), Mbimex::V2);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->registration, (Registration{.state = RegistrationState::Home,
                                             .rat = Rat::Lte,
                                             .plmn = "26201",
                                             .operator_name = "Example"}));
  EXPECT_TRUE(out->automatic);
}

TEST(RegisterState, OfAPartnerIsRoaming) {
  for (const std::uint32_t state : {4U, 5U}) {
    EXPECT_EQ(
        decode_register_state(register_state(0, state, 0x20), Mbimex::None)->registration.state,
        RegistrationState::Roaming);
  }
}

TEST(RegisterState, RefusedWithItsCause) {
  const auto out = decode_register_state(register_state(11, 6, 0), Mbimex::None);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->registration,
            (Registration{.state = RegistrationState::Denied, .reject_cause = 11}));
  EXPECT_EQ(out->nw_error, 11U);
}

TEST(RegisterState, SurvivesAnything) {
  survive(register_state(0, 3, 0x20),
          [](ByteView bytes) { (void)decode_register_state(bytes, Mbimex::V3); });
}

TEST(DataClass, IsOneTechnology) {
  EXPECT_EQ(rat_of(0x03, Mbimex::None), Rat::Gsm);
  EXPECT_EQ(rat_of(0x1f, Mbimex::None), Rat::Umts);
  EXPECT_EQ(rat_of(0x3f, Mbimex::None), Rat::Lte);
  EXPECT_EQ(rat_of(0x60, Mbimex::V2), Rat::NrNsa);
  EXPECT_EQ(rat_of(0x80, Mbimex::V2), Rat::NrSa);
  EXPECT_EQ(rat_of(0x60, Mbimex::V3), Rat::NrNsa);
  EXPECT_EQ(rat_of(0x40, Mbimex::V3), Rat::NrSa);
  EXPECT_EQ(rat_of(0x80000000, Mbimex::None), Rat::Unknown);
}

TEST(PacketServiceInfo, OfEveryVersion) {
  const auto v1 = decode_packet_service(words({0, 2, 0x20, 1, 0, 2, 0}), Mbimex::None);
  ASSERT_TRUE(v1);
  EXPECT_EQ(v1->service, (PacketService{PacketServiceState::Attached, Rat::Lte}));
  const auto v2 = decode_packet_service(words({0, 2, 0x40, 1, 0, 2, 0, 1}), Mbimex::V2);
  ASSERT_TRUE(v2);
  EXPECT_EQ(v2->service.rat, Rat::NrNsa);
  const auto v3 = [](std::uint32_t subclass) {
    return decode_packet_service(words({0, 2, 0x40, 1, 0, 2, 0, 1, subclass, 0, 0}), Mbimex::V3)
        ->service.rat;
  };
  EXPECT_EQ(v3(0x01), Rat::NrNsa);
  EXPECT_EQ(v3(0x02), Rat::NrSa);
  // Without what 3.0 adds it is no message of 3.0.
  EXPECT_FALSE(decode_packet_service(words({0, 2, 0x40, 1, 0, 2, 0}), Mbimex::V3));
}

TEST(PacketServiceInfo, BetweenTheStates) {
  const auto state = [](std::uint32_t number) {
    return *decode_packet_service(words({7, number, 0x20, 1, 0, 2, 0}), Mbimex::None);
  };
  EXPECT_EQ(state(0).service.state, PacketServiceState::Unknown);
  EXPECT_TRUE(state(1).changing);
  EXPECT_EQ(state(1).service.state, PacketServiceState::Detached);
  EXPECT_TRUE(state(3).changing);
  EXPECT_FALSE(state(4).changing);
  EXPECT_EQ(state(4).service, (PacketService{PacketServiceState::Detached, Rat::Unknown}));
  EXPECT_EQ(state(4).nw_error, 7U);
}

Bytes subscriber(std::uint32_t state, bool flags) {
  Writer out;
  out.u32(state);
  if (flags) out.u32(1);
  return out.text("001010123456789").text("8949 0200 0000 0000 001F").u32(0).u32(0).done();
}

TEST(SubscriberReady, OfEveryVersion) {
  for (const Mbimex version : {Mbimex::None, Mbimex::V2, Mbimex::V3}) {
    const auto out = decode_subscriber(subscriber(1, version == Mbimex::V3), version);
    ASSERT_TRUE(out) << out.error().text();
    EXPECT_FALSE(out->locked);
    EXPECT_EQ(
        out->sim,
        (Sim{.state = SimState::Ready, .iccid = "8949020000000000001", .imsi = "001010123456789"}));
  }
}

TEST(SubscriberReady, EveryState) {
  const auto state = [](std::uint32_t number) {
    return decode_subscriber(subscriber(number, false), Mbimex::None)->sim.state;
  };
  EXPECT_EQ(state(0), SimState::Starting);
  EXPECT_EQ(state(2), SimState::Absent);
  EXPECT_EQ(state(3), SimState::Faulty);
  EXPECT_EQ(state(5), SimState::Illegal);
  EXPECT_EQ(state(6), SimState::PinRequired);
  EXPECT_EQ(state(7), SimState::NoProfile);
  EXPECT_FALSE(decode_subscriber(subscriber(8, false), Mbimex::None));
  survive(subscriber(1, true), [](ByteView bytes) { (void)decode_subscriber(bytes, Mbimex::V3); });
}

TEST(Pin, SaysWhatALockedSimWaitsFor) {
  const auto sim = [](const Bytes& buffer) {
    Sim out{.state = SimState::PinRequired};
    complete(out, *decode_pin(buffer));
    return out;
  };
  EXPECT_EQ(sim(words({2, 1, 3})), (Sim{.state = SimState::PinRequired, .pin_tries = 3}));
  EXPECT_EQ(sim(words({2, 1, kUnknown})), (Sim{.state = SimState::PinRequired}));
  EXPECT_EQ(sim(words({11, 1, 10})),
            (Sim{.state = SimState::PukRequired, .pin_tries = 0, .puk_tries = 10}));
  EXPECT_EQ(sim(words({11, 1, 0})).state, SimState::Blocked);
  EXPECT_EQ(sim(words({6, 1, 5})).state, SimState::NetworkLocked);
  EXPECT_FALSE(decode_pin(words({2, 1})));
}

TEST(HomeProvider, IsTheSims) {
  Writer out;
  out.text("26201").u32(1).text("Example").u32(1).u32(99).u32(99);
  EXPECT_EQ(*decode_home_provider(out.done()), (HomeNetwork{"26201", "Example"}));
  Writer odd;
  odd.text("no digits").u32(1).text("").u32(1).u32(99).u32(99);
  EXPECT_EQ(*decode_home_provider(odd.done()), HomeNetwork{});
}

}  // namespace
}  // namespace mwan::mbim
