// SPDX-License-Identifier: LGPL-2.1-or-later
// What is behind a phone that shares its connection: a network namespace of its own with a DHCP
// server and a piece of internet. For the guest of tests/vm.
#pragma once

#include <string>

#include "tests/lab/netns.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::vm {

struct PhoneAddresses {
  std::string own;       // with its prefix: "192.168.42.129/24"
  std::string pool;      // as dnsmasq takes it: "192.168.42.10,192.168.42.99"
  std::string internet;  // beyond the phone; answers pings
};

// The phone's own end of the cable, in its namespace.
inline constexpr const char* kPhoneDevice = "usb0";

// NOTE Threading: made, used and destroyed on the main thread (lab::Process).
class PhoneNetwork {
 public:
  // label is for messages.
  static Result<PhoneNetwork> create(std::string label, PhoneAddresses addresses);

  // Its kPhoneDevice is there: addresses, and DHCP.
  Status start();
  Status serve_dhcp(bool on);

  [[nodiscard]] const lab::NetNs& netns() const { return netns_; }
  // What the DHCP server said.
  [[nodiscard]] std::string dhcp_log() const;

 private:
  PhoneNetwork(PhoneAddresses addresses, lab::NetNs netns, lab::WorkFolder folder)
      : addresses_(std::move(addresses)), netns_(std::move(netns)), folder_(std::move(folder)) {}

  PhoneAddresses addresses_;
  lab::NetNs netns_;
  lab::WorkFolder folder_;
  lab::Process dhcp_;
};

}  // namespace mwan::vm
