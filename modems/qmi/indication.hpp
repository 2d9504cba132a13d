// SPDX-License-Identifier: LGPL-2.1-or-later
// Who a message of the modem is for, and what it carries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "hal/ip.hpp"
#include "modems/qmi/messages.hpp"
#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

// A client id, by what it is for: bearers of the two IP families need one each.
enum class Slot { Dms, Nas, Uim, Wda, Dsd, WdsV4, WdsV6 };
inline constexpr std::size_t kSlots = 7;

constexpr Service service_of(Slot slot) {
  switch (slot) {
    case Slot::Dms:
      return Service::Dms;
    case Slot::Nas:
      return Service::Nas;
    case Slot::Uim:
      return Service::Uim;
    case Slot::Wda:
      return Service::Wda;
    case Slot::Dsd:
      return Service::Dsd;
    case Slot::WdsV4:
    case Slot::WdsV6:
      return Service::Wds;
  }
  return Service::Ctl;
}
constexpr Slot wds_slot(IpFamily family) {
  return family == IpFamily::V4 ? Slot::WdsV4 : Slot::WdsV6;
}

struct Indication {
  Service service = Service::Ctl;
  std::optional<Slot> slot;  // the client it is for; absent: for every client of the service
  std::uint16_t message = 0;
  Bytes tlvs;

  [[nodiscard]] TlvView view() const { return TlvView(tlvs); }
};

}  // namespace mwan::qmi
