// SPDX-License-Identifier: LGPL-2.1-or-later
// What a firmware does otherwise than the protocols say, as behaviour that the drivers know how to
// live with. The defaults are a modem without any. Which modem has which: modems/quirks/table.hpp.
#pragma once

#include <chrono>
#include <optional>

#include "hal/time.hpp"

namespace mwan {

// How a modem that is locked by its vendor (FCC lock) is unlocked after each power-up.
enum class FccUnlock { None, DmsAuthentication, DmsFoxconn };

// The first reset that is known to cure the modem.
enum class FirstReset { Protocol, Usb, Power };

struct Quirks {
  bool needs_endpoint_info = false;   // QMI: WDA wants the endpoint in every data format request
  bool ethernet_frames_only = false;  // QMI: raw-ip is offered but broken, keep 802.3
  bool misreports_packet_service =
      false;                       // attach state is not to be trusted: neither told nor waited for
  bool silent_thresholds = false;  // accepts signal thresholds and never reports: poll
  bool silent_disconnect = false;  // does not report the end of a bearer: cross-check often
  unsigned mbimex = 3;             // MBIM: the highest MBIMEx version to offer: 0, 2 or 3
  Duration signal_interval = std::chrono::seconds(5);  // MBIM: 0 switches thresholds off on some
  FccUnlock fcc_unlock = FccUnlock::None;
  FirstReset first_reset = FirstReset::Protocol;
  std::optional<Duration> open;    // how long opening may take, where the default is too short
  std::optional<Duration> settle;  // after the device appears, before it may be spoken to

  bool operator==(const Quirks&) const = default;
};

}  // namespace mwan
