// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads serviceproviders.xml of mobile-broadband-provider-info (format 2.0, its DTD lies beside
// it), a public list of networks and their APNs. Untrusted text: bounded, and whatever is odd is
// skipped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hal/error.hpp"
#include "modems/providers/apn.hpp"

namespace mwan {

// Of a SIM: MCC and MNC as 5 or 6 digits, or the IMSI, from which they are taken when plmn is
// empty. "262001" and "26201" are tried for each other: some modems write every MNC with 3 digits.
struct SubscriberNetwork {
  std::string plmn;
  std::string imsi;
};

// APNs for the internet first, otherwise in the order of the file; empty when the list does not
// know the network. Permanent when there is no list, it is broken, or the network is not one.
// Reads some 400 kB: a few milliseconds.
Result<std::vector<ApnEntry>> find_apns(const std::string& path, const SubscriberNetwork& network);
// The same from the text of such a file.
Result<std::vector<ApnEntry>> find_apns_in(std::string_view xml, const SubscriberNetwork& network);

}  // namespace mwan
