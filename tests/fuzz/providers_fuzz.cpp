// SPDX-License-Identifier: LGPL-2.1-or-later
// The public list of networks and their APNs.
#include "modems/providers/find_apns.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {

void take(ByteView input) {
  // The same network by name and by subscriber, and one that a modem writes with three digits.
  for (const SubscriberNetwork& network :
       {SubscriberNetwork{.plmn = "26201", .imsi = ""},
        SubscriberNetwork{.plmn = "262001", .imsi = ""},
        SubscriberNetwork{.plmn = "", .imsi = "262011234567890"}}) {
    const auto found = find_apns_in(text_of(input), network);
    if (!found) {
      require_said(found.error());
      continue;
    }
    for (const ApnEntry& entry : *found) {
      require(!entry.apn.empty(), "an entry has an APN");
      require_clean(entry.apn);
      require_clean(entry.provider);
      require_clean(entry.name);
      require_clean(entry.username);
    }
    const ApnChoice choice = choose_apn(*found);
    require(choice.entry.has_value() == !found->empty() || !choice.certain, "no choice of nothing");
    require(no_control(choice.reason), "a reason holds no control characters");
  }
}

}  // namespace mwan::fuzz
