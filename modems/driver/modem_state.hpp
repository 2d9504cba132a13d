// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of the modem, and the facts that follow from it: each is told once, when it
// changes. Pure.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hal/link_event.hpp"

namespace mwan::modem {

class ModemState {
 public:
  using Tell = std::function<void(Fact)>;
  explicit ModemState(Tell tell) : tell_(std::move(tell)) {}
  // A firmware that misreports packet service is not believed: it stays Unknown.
  void trust_packet_service(bool trust) { trust_packet_service_ = trust; }

  void device(bool present, const std::string& netdev);

  void apply(const Registration& report);
  // As the modem says; without a registration there is none, whatever it says.
  void apply(const PacketService& report);
  // Every sample is told, also an unchanged one: that the modem spoke is news by itself.
  void apply(const SignalSample& report);
  void apply(const CellReport& report);

  void bearer(IpFamily family, BearerState state, std::optional<Error> why = std::nullopt);
  // The addresses of one bearer; an empty config takes that family away.
  void addressing(IpFamily family, const IpConfig& config, const std::string& why_lost = {});

  // The modem is out of reach: nothing that was known holds any longer.
  void lost(const Error& why, bool device_gone);

  [[nodiscard]] const Registration& registration() const { return registration_; }
  [[nodiscard]] const PacketService& packet_service() const { return packet_service_; }
  [[nodiscard]] BearerState bearer(IpFamily family) const { return bearers_[index(family)].state; }
  // Why it is not connected, where that is known.
  [[nodiscard]] const std::optional<Error>& end_reason(IpFamily family) const {
    return bearers_[index(family)].end_reason;
  }
  // The sample that decides about the link: LTE before 5G alone before UMTS before GSM.
  [[nodiscard]] std::optional<SignalSample> signal() const;

 private:
  static std::size_t index(IpFamily family) { return family == IpFamily::V4 ? 0 : 1; }
  void settle_packet_service();
  void settle_addressing(const std::string& why_lost);

  Tell tell_;
  bool trust_packet_service_ = true;
  Registration registration_;
  PacketService said_packet_service_;
  PacketService packet_service_;
  std::vector<SignalSample> samples_;  // one a RAT in use
  std::array<Bearer, 2> bearers_ = {Bearer{.family = IpFamily::V4}, Bearer{.family = IpFamily::V6}};
  std::array<IpConfig, 2> configs_;
  std::optional<IpConfig> told_addressing_;
  std::optional<fact::Device> told_device_;
};

}  // namespace mwan::modem
