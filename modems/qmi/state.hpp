// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of the modem, out of everything it says, and the facts that follow: each is told
// once, when it changes. Pure.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "hal/link_event.hpp"
#include "modems/qmi/decode_registration.hpp"
#include "modems/qmi/decode_signal.hpp"

namespace mwan::qmi {

class ModemState {
 public:
  using Tell = std::function<void(Fact)>;
  // Without use_packet_service that stays Unknown.
  explicit ModemState(Tell tell, bool use_packet_service = true)
      : tell_(std::move(tell)), use_packet_service_(use_packet_service) {}

  void device(bool present, const std::string& netdev);

  void apply(const ServingSystem& report);
  void apply(const SystemInfo& report);
  void apply(const NetworkReject& report);
  // DSD: the truth about packet service where the modem has it.
  void apply(const PacketService& data_system);
  // Every sample is told, also an unchanged one: that the modem spoke is news by itself.
  void apply(const SignalInfo& report);
  void apply(const CellReport& report);

  void bearer(IpFamily family, BearerState state, std::optional<Error> why = std::nullopt);
  // The addresses of one bearer; an empty config takes that family away.
  void addressing(IpFamily family, const IpConfig& config, const std::string& why_lost = {});

  // The modem is out of reach: nothing that was known holds any longer.
  void lost(const Error& why, bool device_gone);

  [[nodiscard]] const Registration& registration() const { return registration_.known(); }
  [[nodiscard]] const PacketService& packet_service() const { return packet_service_; }
  // What the two sources of packet service say differs, so that one is out of date.
  [[nodiscard]] bool packet_service_disputed() const;
  [[nodiscard]] BearerState bearer(IpFamily family) const { return bearers_[index(family)].state; }
  // Why it is not connected, where that is known.
  [[nodiscard]] const std::optional<Error>& end_reason(IpFamily family) const {
    return bearers_[index(family)].end_reason;
  }
  [[nodiscard]] std::optional<SignalSample> signal() const { return signal_.serving(); }

 private:
  static std::size_t index(IpFamily family) { return family == IpFamily::V4 ? 0 : 1; }
  void settle_registration();
  void settle_packet_service();
  void settle_addressing(const std::string& why_lost);

  Tell tell_;
  bool use_packet_service_;
  RegistrationCache registration_;
  Registration told_registration_;
  PacketServiceState serving_system_ = PacketServiceState::Unknown;
  std::optional<PacketService> data_system_;
  PacketService packet_service_;
  SignalCache signal_;
  std::array<Bearer, 2> bearers_ = {Bearer{.family = IpFamily::V4}, Bearer{.family = IpFamily::V6}};
  std::array<IpConfig, 2> configs_;
  std::optional<IpConfig> told_addressing_;
  std::optional<fact::Device> told_device_;
};

}  // namespace mwan::qmi
