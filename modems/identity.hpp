// SPDX-License-Identifier: LGPL-2.1-or-later
// Who the modem is, and who its SIM belongs to.
#pragma once

#include <string>

namespace mwan {

// Texts are the modem's own: untrusted, cleaned of control characters, empty when not known.
struct ModemIdentity {
  std::string protocol;  // with its version, for people: "QMI", "MBIM 1.0 (MBIMEx 3.0)"
  std::string manufacturer;
  std::string model;
  std::string firmware;
  std::string hardware;
  std::string imei;  // an identity: masked outside the own terminal

  bool operator==(const ModemIdentity&) const = default;
};

// The network that issued the SIM.
struct HomeNetwork {
  std::string plmn;  // MCC and MNC as digits ("26201"); empty when not known
  std::string name;  // empty when not known

  bool operator==(const HomeNetwork&) const = default;
};

}  // namespace mwan
