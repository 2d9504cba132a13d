// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/decode_device.hpp"

#include <gtest/gtest.h>

#include "modems/mbim/qmux.hpp"
#include "modems/mbim/status.hpp"
#include "modems/mbim/test_bytes.hpp"

namespace mwan::mbim {
namespace {

TEST(DeviceCaps, WhoItIs) {
  Writer out;
  for (unsigned i = 0; i < 8; ++i) out.u32(1);
  const Bytes buffer = out.text("HSPA+").text("490154203237518").text("FW1").text("HW1").done();
  const auto caps = decode_device_caps(buffer);
  ASSERT_TRUE(caps);
  EXPECT_EQ(*caps, (DeviceCaps{"490154203237518", "FW1", "HW1"}));
  survive(buffer, [](ByteView bytes) { (void)decode_device_caps(bytes); });
}

Bytes services() {
  const Bytes basic =
      Writer().uuid(uuid_of(Service::BasicConnect)).u32(0).u32(0).u32(2).u32(1).u32(12).done();
  const Bytes other = Writer().uuid(Uuid{1, 2, 3}).u32(0).u32(0).u32(1).u32(1).done();
  return Writer().u32(2).u32(0).part(basic).part(other).done();
}

TEST(DeviceServices, KnowsTheCommands) {
  const auto out = decode_device_services(services());
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_TRUE(out->has(Service::BasicConnect, cid::kConnect));
  EXPECT_FALSE(out->has(Service::BasicConnect, cid::kPin));
  EXPECT_FALSE(out->has(Service::Atds, cid::kAtdsSignal));
  survive(services(), [](ByteView bytes) { (void)decode_device_services(bytes); });
}

TEST(DeviceServices, ElementsOnEachOtherAreNoWayToMillionsOfCommands) {
  constexpr std::uint32_t kElements = 500;
  constexpr std::uint32_t kCommands = 1000;
  Writer out;
  out.u32(kElements).u32(0);
  constexpr std::uint32_t kOffset = 8 + 8 * kElements;
  constexpr std::uint32_t kSize = 16 + 3 * 4 + 4 * kCommands;
  for (std::uint32_t i = 0; i < kElements; ++i) out.u32(kOffset).u32(kSize);
  out.uuid(uuid_of(Service::BasicConnect)).u32(0).u32(0).u32(kCommands);
  for (std::uint32_t i = 0; i < kCommands; ++i) out.u32(i);
  EXPECT_FALSE(decode_device_services(out.done()));
}

TEST(RadioState, HardwareBeforeSoftware) {
  EXPECT_EQ(*decode_radio_state(words({1, 1})), RadioPower::On);
  EXPECT_EQ(*decode_radio_state(words({1, 0})), RadioPower::Off);
  EXPECT_EQ(*decode_radio_state(words({0, 1})), RadioPower::HardwareOff);
  EXPECT_FALSE(decode_radio_state(words({1})));
  EXPECT_EQ(*decode_quectel_radio(words({4})), RadioPower::VendorLocked);
}

TEST(Slots, AreCountedAndLookedInto) {
  EXPECT_EQ(*decode_sys_caps(words({1, 2, 1, 0, 0})), 2U);
  EXPECT_FALSE(decode_sys_caps(words({1, 1000, 1, 0, 0})));
  EXPECT_EQ(*decode_slot_mappings(Writer().u32(1).part(words({1})).done()), 1U);
  EXPECT_FALSE(decode_slot_mappings(words({0})));
  EXPECT_TRUE(*decode_slot_info(words({0, 5})));
  EXPECT_FALSE(*decode_slot_info(words({0, 3})));
}

TEST(StatusTable, SaysWhatToDo) {
  EXPECT_EQ(status_class(1), FailureClass::Transient);
  EXPECT_EQ(status_class(5), FailureClass::Permanent);
  EXPECT_EQ(status_class(13), FailureClass::Throttled);
  EXPECT_EQ(status_text(18), "InvalidAccessString: check the APN");
  EXPECT_EQ(status_text(24), "status 24");
  EXPECT_EQ(status_class(0xffffffff), FailureClass::Transient);
  for (std::uint32_t number = 1; number <= 38; ++number) {
    if (number != 24) {
      EXPECT_NE(status_text(number), "status " + std::to_string(number));
    }
  }
}

TEST(Qmux, FramesOfDms) {
  EXPECT_EQ(qmux::allocate_client(),
            (Bytes{0x01, 0x0f, 0, 0, 0, 0, 0, 1, 0x22, 0, 4, 0, 1, 1, 0, 2}));
  EXPECT_EQ(qmux::dms(qmux::kReset, 7, 0x102),
            (Bytes{0x01, 0x10, 0, 0, 2, 7, 0, 2, 1, 0x2e, 0, 4, 0, 1, 1, 0, 4}));
  EXPECT_EQ(qmux::dms(qmux::kFccAuthentication, 7, 1),
            (Bytes{0x01, 0x0c, 0, 0, 2, 7, 0, 1, 0, 0x5f, 0x55, 0, 0}));
}

TEST(Qmux, AnswersOfTheModem) {
  const Bytes allocated = {0x01, 0x17, 0, 0x80, 0, 0, 1, 1, 0x22, 0, 12, 0,
                           0x02, 4,    0, 0,    0, 0, 0, 1, 2,    0, 2,  9};
  EXPECT_EQ(*qmux::decode_result(allocated), 0);
  EXPECT_EQ(*qmux::decode_allocated_client(allocated), 9);
  const Bytes refused = {0x01, 0x13, 0, 0x80, 2, 7, 2, 1, 0, 0x5f, 0x55, 7, 0, 2, 4, 0, 1, 0, 3, 0};
  EXPECT_EQ(*qmux::decode_result(refused), 3);
  survive(allocated, [](ByteView bytes) {
    (void)qmux::decode_result(bytes);
    (void)qmux::decode_allocated_client(bytes);
  });
}

}  // namespace
}  // namespace mwan::mbim
