// SPDX-License-Identifier: LGPL-2.1-or-later
// APNs that are publicly known for the network that issued a SIM, and the one to use when the
// settings name none. A guess: the list knows networks, not subscriptions.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "hal/secret.hpp"
#include "modems/modem_config.hpp"

namespace mwan {

enum class ApnUsage { Internet, Mms, Wap, InitialAttach, Unknown };
enum class ApnPlan { Unknown, Prepaid, Postpaid };

struct ApnEntry {
  std::string provider;  // "giffgaff": the network itself, or one that uses it (MVNO)
  bool primary = false;  // the list says that the provider is the network itself
  std::string name;      // of the offer; mostly empty
  ApnPlan plan = ApnPlan::Unknown;
  ApnUsage usage = ApnUsage::Unknown;
  std::string apn;
  std::string username;
  Secret password;
  // None without credentials; Chap where there are some and the list does not say.
  PdpAuth auth = PdpAuth::None;

  bool operator==(const ApnEntry&) const = default;
};

struct ApnChoice {
  std::optional<ApnEntry> entry;  // absent: set one by hand
  bool certain = false;           // there was nothing to choose from
  std::string reason;             // for people, with what to do when it is wrong
};

// The only one for the internet, else the most general one: what most providers of the network
// list, then what the network itself lists, then what is listed first. What only one MVNO lists is
// never preferred to that, since which MVNO a SIM belongs to cannot be told from its network.
ApnChoice choose_apn(std::span<const ApnEntry> entries);

}  // namespace mwan
