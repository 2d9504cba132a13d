// SPDX-License-Identifier: LGPL-2.1-or-later
// Registration out of NAS Serving System, System Info and Network Reject.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/registration.hpp"
#include "modems/identity.hpp"
#include "modems/qmi/messages.hpp"
#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

// Optionals are what the message did not mention: indications leave out what did not change.
struct ServingSystem {
  RegistrationState state = RegistrationState::Unknown;  // Home when registered; see roaming
  PacketServiceState packet_service = PacketServiceState::Unknown;
  Rat rat = Rat::Unknown;
  std::optional<bool> roaming;
  std::optional<std::string> plmn;           // "26201"
  std::optional<std::string> operator_name;  // cleaned, still untrusted

  bool operator==(const ServingSystem&) const = default;
};
Result<ServingSystem> decode_serving_system(TlvView message, Kind kind);

// What System Info adds: whether a RAT gives service, and why the network refused.
struct SystemInfo {
  bool lte_service = false;
  bool nr_service = false;
  bool other_service = false;  // GSM, UMTS
  std::optional<bool> roaming;
  std::optional<std::uint16_t> reject_cause;  // EMM/5GMM cause; absent: none, or not mentioned

  bool operator==(const SystemInfo&) const = default;
};
Result<SystemInfo> decode_system_info(TlvView message, Kind kind);

struct NetworkReject {
  Rat rat = Rat::Unknown;
  bool packet_domain = false;  // the refusal concerns data (also)
  std::uint16_t cause = 0;

  bool operator==(const NetworkReject&) const = default;
};
Result<NetworkReject> decode_network_reject(TlvView message);

// NAS Get Home Network.
Result<HomeNetwork> decode_home_network(TlvView message);

// The registration that is known, out of partial reports.
class RegistrationCache {
 public:
  // The whole registration after a report.
  const Registration& apply(const ServingSystem& report);
  const Registration& apply(const SystemInfo& report);
  const Registration& apply(const NetworkReject& report);
  [[nodiscard]] const Registration& known() const { return known_; }

 private:
  void settle();
  Registration known_;
  bool registered_ = false;
  bool roaming_ = false;
};

}  // namespace mwan::qmi
