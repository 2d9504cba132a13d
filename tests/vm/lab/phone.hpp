// SPDX-License-Identifier: LGPL-2.1-or-later
// A phone that shares its connection over USB: a gadget with a network behind it. For the guest of
// tests/vm.
#pragma once

#include <string>

#include "tests/vm/lab/gadget.hpp"
#include "tests/vm/lab/phone_network.hpp"

namespace mwan::vm {

// The addresses that Android has always used; what is reached through the phone answers pings.
inline constexpr const char* kPhoneAddress = "192.168.42.129";
inline constexpr const char* kPhonePool = "192.168.42.10,192.168.42.99";
inline constexpr const char* kPhoneInternet = "198.51.100.42";

// NOTE Threading: made, used and destroyed on the main thread (lab::Process).
class Phone {
 public:
  // Not plugged in yet; its network device is in its namespace, and its DHCP server runs. A second
  // phone needs another serial number and other hardware addresses.
  static Result<Phone> create(GadgetPlan plan);

  Status plug();
  // Out with the cable: at once, with whatever is under way.
  Status unplug();
  // The phone is there and does not answer, as one that is busy or out of coverage.
  Status serve_dhcp(bool on) { return network_.serve_dhcp(on); }

  [[nodiscard]] const GadgetPlan& plan() const { return gadget_.plan(); }
  [[nodiscard]] const lab::NetNs& netns() const { return network_.netns(); }
  // What the DHCP server said.
  [[nodiscard]] std::string dhcp_log() const { return network_.dhcp_log(); }

 private:
  Phone(Gadget gadget, PhoneNetwork network)
      : network_(std::move(network)), gadget_(std::move(gadget)) {}
  Status take_device();

  // It outlives the gadget.
  PhoneNetwork network_;
  Gadget gadget_;
};

}  // namespace mwan::vm
