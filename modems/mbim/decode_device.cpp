// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/decode_device.hpp"

#include <algorithm>

namespace mwan::mbim {
namespace {

constexpr std::uint32_t kMaxSlots = 16;
// A modem has a few dozen. The elements of a list may lie on each other, so that without this a
// message of some kilobytes could name millions.
constexpr std::size_t kMaxCommands = 1024;

}  // namespace

Result<DeviceCaps> decode_device_caps(ByteView buffer) {
  Fields f(buffer);
  f.skip_words(8);  // types, classes and capabilities, up to MaxSessions
  f.part();         // CustomDataClass
  DeviceCaps out;
  out.device_id = f.text();
  out.firmware = f.text();
  out.hardware = f.text();
  if (!f.ok()) return malformed("device-caps", buffer);
  return out;
}

bool DeviceServices::has(Service service, std::uint32_t cid) const {
  return std::ranges::find(commands_, One{service, cid}) != commands_.end();
}

Result<DeviceServices> decode_device_services(ByteView buffer) {
  Fields f(buffer);
  const std::uint32_t count = f.u32();
  f.skip(4);  // MaxDssSessions
  DeviceServices out;
  std::size_t commands = 0;
  for (const ByteView element : f.parts(count)) {
    Fields e(element);
    const auto service = service_of(e.uuid());
    e.skip_words(2);  // data service streams
    const std::uint32_t cids = e.u32();
    for (std::uint32_t i = 0; i < cids && e.ok(); ++i) {
      const std::uint32_t cid = e.u32();
      if (service && e.ok()) out.add(*service, cid);
      if (++commands > kMaxCommands) return malformed("device-services", buffer);
    }
    if (!e.ok()) return malformed("device-services", buffer);
  }
  if (!f.ok()) return malformed("device-services", buffer);
  return out;
}

Result<RadioPower> decode_radio_state(ByteView buffer) {
  Fields f(buffer);
  const bool hardware_on = f.u32() != 0;
  const bool software_on = f.u32() != 0;
  if (!f.ok()) return malformed("radio-state", buffer);
  if (!hardware_on) return RadioPower::HardwareOff;
  return software_on ? RadioPower::On : RadioPower::Off;
}

Result<RadioPower> decode_quectel_radio(ByteView buffer) {
  constexpr std::uint32_t kFccLocked = 4;  // MBIM_QUECTEL_RADIO_SWITCH_STATE_FCC_LOCKED
  Fields f(buffer);
  const std::uint32_t state = f.u32();
  if (!f.ok()) return malformed("radio-state (quectel)", buffer);
  if (state == kFccLocked) return RadioPower::VendorLocked;
  return state != 0 ? RadioPower::On : RadioPower::Off;
}

Result<std::uint32_t> decode_sys_caps(ByteView buffer) {
  Fields f(buffer);
  f.skip(4);  // executors
  const std::uint32_t slots = f.u32();
  if (!f.ok() || slots > kMaxSlots) return malformed("sys-caps", buffer);
  return slots;
}

Result<std::uint32_t> decode_slot_mappings(ByteView buffer) {
  Fields f(buffer);
  const std::uint32_t count = f.u32();
  const auto slots = f.parts(count);
  if (!f.ok() || slots.empty()) return malformed("slot-mappings", buffer);
  Fields first(slots.front());
  const std::uint32_t slot = first.u32();
  if (!first.ok() || slot >= kMaxSlots) return malformed("slot-mappings", buffer);
  return slot;
}

Result<bool> decode_slot_info(ByteView buffer) {
  Fields f(buffer);
  f.skip(4);  // the slot that was asked for
  const std::uint32_t state = f.u32();
  if (!f.ok()) return malformed("slot-info", buffer);
  // MbimUiccSlotState: 2 off, 4 not ready, 5 active, 6 error, 7 and 8 an eSIM. The others are empty
  // or unknown.
  return state == 2 || (state >= 4 && state <= 8);
}

}  // namespace mwan::mbim
