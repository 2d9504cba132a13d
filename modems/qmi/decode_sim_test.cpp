// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_sim.hpp"

#include <initializer_list>

#include <gtest/gtest.h>

#include "modems/qmi/test_bytes.hpp"

namespace mwan::qmi {
namespace {

struct App {
  std::uint8_t type = 2;
  std::uint8_t state = 7;
  std::uint8_t personalization = 2;
  std::uint8_t pin_state = 2;
  std::uint8_t tries = 3;
  std::uint8_t upin = 0;
};
Bytes cards(std::uint16_t primary, std::uint8_t card_state, std::initializer_list<App> apps) {
  Writer w;
  w.u16(primary).u16(0xffff).u16(0xffff).u16(0xffff).u8(1);
  w.u8(card_state).u8(1).u8(9).u8(10).u8(0).u8(static_cast<std::uint8_t>(apps.size()));
  for (const App& app : apps) {
    w.u8(app.type).u8(app.state).u8(app.personalization).u8(0).u8(0).u8(0);
    w.u8(4).u32(0x000087a0).u8(app.upin);
    w.u8(app.pin_state).u8(app.tries).u8(10).u8(1).u8(3).u8(10);
  }
  return message({w.tlv(0x10)});
}
Sim sim(const Bytes& bytes) {
  const auto out = decode_card_status(TlvView(bytes));
  EXPECT_TRUE(out) << (out ? "" : out.error().text());
  return out.value_or(Sim{});
}

TEST(CardStatus, States) {
  EXPECT_EQ(sim(cards(0, 1, {App{}})),
            (Sim{.state = SimState::Ready, .pin_tries = 3, .puk_tries = 10}));
  EXPECT_EQ(sim(cards(0, 1, {App{.state = 2, .pin_state = 1, .tries = 2}})).state,
            SimState::PinRequired);
  EXPECT_EQ(sim(cards(0, 1, {App{.state = 2, .tries = 2}})).pin_tries, 2);
  EXPECT_EQ(sim(cards(0, 1, {App{.state = 2, .upin = 1}})).pin_tries, 9);
  EXPECT_EQ(sim(cards(0, 1, {App{.state = 3, .tries = 0}})).state, SimState::PukRequired);
  EXPECT_EQ(sim(cards(0, 1, {App{.state = 5, .pin_state = 5}})).state, SimState::Blocked);
  EXPECT_EQ(sim(cards(0, 1, {App{.state = 6}})).state, SimState::Illegal);
  EXPECT_EQ(sim(cards(0, 1, {App{.state = 4, .personalization = 3}})).state,
            SimState::NetworkLocked);
  EXPECT_EQ(sim(cards(0, 1, {App{.state = 1}})).state, SimState::Starting);
  EXPECT_EQ(sim(cards(0xffff, 1, {})).state, SimState::Starting);
  EXPECT_EQ(sim(cards(0xffff, 0, {})).state, SimState::Absent);
  EXPECT_EQ(sim(cards(0xffff, 2, {})).state, SimState::Faulty);
}

TEST(CardStatus, ThePrimaryApplicationDecides) {
  EXPECT_EQ(sim(cards(0x0001, 1, {App{.state = 2}, App{.state = 7}})).state, SimState::Ready);
  // not named: the first SIM or USIM, never the ISIM
  EXPECT_EQ(sim(cards(0xffff, 1, {App{.type = 5, .state = 7}, App{.state = 2}})).state,
            SimState::PinRequired);
}

TEST(CardStatus, AbsurdCountsAreErrors) {
  Bytes bytes = cards(0, 1, {App{}});
  bytes[3 + 8] = 255;  // cards
  EXPECT_FALSE(decode_card_status(TlvView(bytes)));
  EXPECT_FALSE(decode_card_status(TlvView(Bytes{})));
}

TEST(SlotStatus, CardsAndTheirNumbers) {
  Writer w;
  w.u8(2);
  w.u32(2).u32(1).u8(1).u8(2).u8(0x98).u8(0xf1);  // present, active: ICCID 891
  w.u32(1).u32(0).u8(0).u8(0);                    // empty
  const Bytes bytes = message({w.tlv(0x10)});
  const auto slots = decode_slot_status(TlvView(bytes));
  ASSERT_TRUE(slots);
  EXPECT_EQ(*slots,
            (std::vector<SimSlot>{{.number = 1, .active = true, .card = true, .iccid = "891"},
                                  {.number = 2, .active = false, .card = false, .iccid = ""}}));
  EXPECT_FALSE(decode_slot_status(TlvView(message({Writer().u8(200).tlv(0x10)}))));
}

TEST(Files, IccidAndImsi) {
  EXPECT_EQ(iccid_digits(Bytes{0x98, 0x94, 0x20, 0xf0}), "8949020");
  // 9 digits behind the parity nibble: IMSI 262019876
  EXPECT_EQ(imsi_digits(Bytes{0x05, 0x29, 0x26, 0x10, 0x89, 0x67}), "262019876");
  EXPECT_EQ(imsi_digits(Bytes{}), "");
  EXPECT_EQ(imsi_digits(Bytes{0x09, 0x29}), "") << "it claims more than there is";
  EXPECT_EQ(imsi_digits(Bytes{0x01, 0xff}), "");
  const Bytes file = message({Writer().u16(2).u8(0x98).u8(0xf1).tlv(0x11)});
  EXPECT_EQ(decode_file(TlvView(file)), (Bytes{0x98, 0xf1}));
  EXPECT_FALSE(decode_file(TlvView(message({Writer().u16(900).u8(1).tlv(0x11)}))));
}

TEST(DmsSim, States) {
  const auto state = [](std::uint8_t code) {
    const Bytes bytes = message({Writer().u8(code).tlv(0x01)});
    return decode_dms_sim_state(TlvView(bytes)).value_or(Sim()).state;
  };
  EXPECT_EQ(state(0), SimState::Ready);
  EXPECT_EQ(state(1), SimState::PinRequired);
  EXPECT_EQ(state(2), SimState::Absent);
  EXPECT_EQ(state(255), SimState::Starting);
  const auto pin = [](std::uint8_t code) {
    const Bytes bytes = message({Writer().u8(code).u8(2).u8(9).tlv(0x11)});
    return decode_dms_pin_status(TlvView(bytes)).value_or(Sim());
  };
  EXPECT_EQ(pin(1).state, SimState::PinRequired);
  EXPECT_EQ(pin(1).pin_tries, 2);
  EXPECT_EQ(pin(3).state, SimState::Ready);
  EXPECT_EQ(pin(4).state, SimState::PukRequired);
  EXPECT_EQ(pin(5).state, SimState::Blocked);
}

TEST(SimDecoders, SurviveAnything) {
  survive(cards(0, 1, {App{}, App{}}),
          [](TlvView view) { static_cast<void>(decode_card_status(view)); });
  Writer slots;
  slots.u8(1).u32(2).u32(1).u8(1).u8(2).u8(0x98).u8(0xf1);
  const Bytes good = message(
      {Writer().u8(1).tlv(0x01), slots.tlv(0x10), Writer().u16(2).u8(0x98).u8(0xf1).tlv(0x11)});
  survive(good, [](TlvView view) {
    static_cast<void>(decode_slot_status(view));
    static_cast<void>(decode_file(view));
    static_cast<void>(decode_pin_tries(view));
    static_cast<void>(decode_dms_sim_state(view));
    static_cast<void>(decode_dms_pin_status(view));
    static_cast<void>(decode_dms_text(view, "text"));
  });
}

}  // namespace
}  // namespace mwan::qmi
