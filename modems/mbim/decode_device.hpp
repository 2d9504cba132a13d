// SPDX-License-Identifier: LGPL-2.1-or-later
// What a modem says of itself: capabilities, services, radio, slots. Layouts: MBIM 1.0 section 10.5
// and Microsoft's basic connect extensions, as libmbim's service definitions have them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modems/adapter.hpp"
#include "modems/mbim/messages.hpp"

namespace mwan::mbim {

struct DeviceCaps {
  std::string device_id;  // the IMEI
  std::string firmware;
  std::string hardware;

  bool operator==(const DeviceCaps&) const = default;
};
Result<DeviceCaps> decode_device_caps(ByteView buffer);

// The commands a modem knows, of the services the driver knows.
class DeviceServices {
 public:
  void add(Service service, std::uint32_t cid) { commands_.push_back({service, cid}); }
  [[nodiscard]] bool has(Service service, std::uint32_t cid) const;

  bool operator==(const DeviceServices&) const = default;

 private:
  struct One {
    Service service;
    std::uint32_t cid;
    bool operator==(const One&) const = default;
  };
  std::vector<One> commands_;
};
Result<DeviceServices> decode_device_services(ByteView buffer);

Result<RadioPower> decode_radio_state(ByteView buffer);
// Quectel's own radio state knows the FCC lock too.
Result<RadioPower> decode_quectel_radio(ByteView buffer);

// How many slots for SIM cards there are.
Result<std::uint32_t> decode_sys_caps(ByteView buffer);
// The slot in use, counted from zero.
Result<std::uint32_t> decode_slot_mappings(ByteView buffer);
// Whether a card is in the slot.
Result<bool> decode_slot_info(ByteView buffer);

}  // namespace mwan::mbim
