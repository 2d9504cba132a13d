// SPDX-License-Identifier: LGPL-2.1-or-later
// One picture of network and radio out of QMI's many partial messages. Pure.
#pragma once

#include <optional>
#include <vector>

#include "hal/registration.hpp"
#include "hal/signal.hpp"
#include "modems/qmi/decode_registration.hpp"
#include "modems/qmi/decode_signal.hpp"

namespace mwan::qmi {

class NetworkView {
 public:
  void apply(const ServingSystem& report);
  void apply(const SystemInfo& report) { registration_.apply(report); }
  void apply(const NetworkReject& report) { registration_.apply(report); }
  // DSD: the truth about packet service where the modem has it.
  void apply(const PacketService& data_system) { data_system_ = data_system; }
  // The whole samples that follow from a report.
  std::vector<SignalSample> apply(const SignalInfo& report);

  [[nodiscard]] const Registration& registration() const { return registration_.known(); }
  [[nodiscard]] PacketService packet_service() const;
  // What the two sources of packet service say differs, so that one is out of date.
  [[nodiscard]] bool packet_service_disputed() const;

 private:
  RegistrationCache registration_;
  PacketServiceState serving_system_ = PacketServiceState::Unknown;
  std::optional<PacketService> data_system_;
  SignalCache signal_;
};

}  // namespace mwan::qmi
