// SPDX-License-Identifier: LGPL-2.1-or-later
// Signal state: RSSI, from MBIMEx 2.0 on also RSRP and SNR, asked for and indicated. An indication
// comes when a coded value is a threshold or more away from what was indicated last, not more often
// than the interval allows; also when the signal appears or is lost.
#pragma once

#include <optional>

#include "tools/mwan-sim/mbim/service.hpp"
#include "tools/mwan-sim/mbim/values.hpp"

namespace mwan::sim::mbim {

class SignalState final : public Module {
 public:
  explicit SignalState(Host& host) : Module(host) {
    tell(
        ref::kSignalState, [this] { return info(); },
        [this](const Request& request) { return configure(request); });
  }
  void changed(const Change& change) override;
  void wiped() override;

 private:
  // Coded as in the messages.
  struct Values {
    std::uint32_t rssi = kUnknownRssi;
    std::uint32_t lte_rsrp = kUnknown;
    std::uint32_t lte_snr = kUnknown;
    std::uint32_t nr_rsrp = kUnknown;
    std::uint32_t nr_snr = kUnknown;
  };
  [[nodiscard]] Values values() const;
  [[nodiscard]] Bytes info() const;
  [[nodiscard]] bool news(const Values& now) const;
  Reply configure(const Request& request);
  void evaluate();

  static constexpr std::uint32_t kDefaultInterval = 5;  // seconds
  static constexpr std::uint32_t kDefaultRssiThreshold = 2;
  static constexpr std::uint32_t kNoThreshold = 0xFFFFFFFF;
  static constexpr std::uint32_t kRsrpThreshold = 3;  // dB
  static constexpr std::uint32_t kSnrThreshold = 6;   // half dB

  std::uint32_t interval_ = kDefaultInterval;
  std::uint32_t rssi_threshold_ = kDefaultRssiThreshold;
  std::uint32_t error_threshold_ = kNoThreshold;
  Values told_;
  std::optional<Instant> told_at_;
  Timer look_again_;
};

}  // namespace mwan::sim::mbim
