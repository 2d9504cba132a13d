// SPDX-License-Identifier: LGPL-2.1-or-later
// A phone that shares its connection over USB: a gadget, behind which a network namespace of its
// own has a DHCP server and a piece of internet. For the guest of tests/vm.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/lab/netns.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"
#include "tests/vm/lab/gadget.hpp"

namespace mwan::vm {

// The addresses that Android has always used; what is reached through the phone answers pings.
inline constexpr const char* kPhoneAddress = "192.168.42.129";
inline constexpr const char* kPhonePool = "192.168.42.10,192.168.42.99";
inline constexpr const char* kPhoneInternet = "198.51.100.42";

// NOTE Threading: made, used and destroyed on the main thread (lab::Process).
class Phone {
 public:
  // Not plugged in yet; its network device is in its namespace, as "usb0", and its DHCP server
  // runs. A second phone needs another serial number and other hardware addresses.
  static Result<Phone> create(GadgetPlan plan);

  Status plug();
  // Out with the cable: at once, with whatever is under way.
  Status unplug();
  // The phone is there and does not answer, as one that is busy or out of coverage.
  Status serve_dhcp(bool on);

  [[nodiscard]] const GadgetPlan& plan() const { return gadget_.plan(); }
  [[nodiscard]] const lab::NetNs& netns() const { return netns_; }
  // What the DHCP server said.
  [[nodiscard]] std::string dhcp_log() const;

 private:
  Phone(Gadget gadget, lab::NetNs netns, lab::WorkFolder folder)
      : netns_(std::move(netns)), folder_(std::move(folder)), gadget_(std::move(gadget)) {}
  Status take_device();

  // The namespace and its server outlive the gadget.
  lab::NetNs netns_;
  lab::WorkFolder folder_;
  lab::Process dhcp_;
  Gadget gadget_;
};

}  // namespace mwan::vm
