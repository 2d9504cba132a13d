// SPDX-License-Identifier: LGPL-2.1-or-later
// The fault where a modem answers every request and reports a fine connection, but sends no packet
// any more: told from counters alone, without probes. Pure.
//
// It is stuck when the host keeps wanting to send, nothing leaves, and nothing is received either.
// "Leaves" is judged by the modem's own counter where it has one; otherwise by the kernel's, which
// stands when the modem takes no more from the USB endpoint (usbnet then drops, or its watchdog
// counts errors).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "hal/time.hpp"
#include "hal/traffic/netdev_counters.hpp"

namespace mwan {

struct TransmitSample {
  Instant at;
  NetdevCounters kernel;
  // TrafficCounters of the modem (modems/adapter.hpp): tx_packets and rx_packets, where it has
  // them.
  std::optional<std::uint64_t> modem_tx;
  std::optional<std::uint64_t> modem_rx;
};

struct StuckTransmitPolicy {
  Duration at_least = std::chrono::seconds(20);  // this long
  std::uint64_t packets = 10;                    // and so many that did not leave
  // Without a wish to send for this long, what was suspected is forgotten.
  Duration quiet = std::chrono::seconds(10);
};

// Stuck since then; the counts are of that time.
struct StuckTransmit {
  Duration lasting{};
  std::uint64_t packets = 0;
  std::string explanation;  // for people
};

class StuckTransmitDetector {
 public:
  explicit StuckTransmitDetector(StuckTransmitPolicy policy = {}) : policy_(policy) {}

  // In order of time, at whatever pace; several within StuckTransmitPolicy::quiet. A value for as
  // long as it is stuck.
  [[nodiscard]] std::optional<StuckTransmit> sample(const TransmitSample& now);
  // The bearer was renewed, or something was done about it: counters start over.
  void forget();

 private:
  StuckTransmitPolicy policy_;
  std::optional<TransmitSample> last_;
  std::optional<Instant> since_;  // the last moment before something did not leave
  Instant wished_;                // to send, the last time
  std::uint64_t packets_ = 0;
};

}  // namespace mwan
