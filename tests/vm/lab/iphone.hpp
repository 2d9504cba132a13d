// SPDX-License-Identifier: LGPL-2.1-or-later
// An iPhone on the guest's USB bus, behind the kernel's ipheth, with a phone's network behind it:
// plugged in, switched off, dead. For the guest of tests/vm.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "tests/vm/lab/iphone_function.hpp"
#include "tests/vm/lab/phone_network.hpp"

namespace mwan::vm {

// As iOS gives them out.
inline constexpr const char* kIphoneAddress = "172.20.10.1";
inline constexpr const char* kIphonePool = "172.20.10.2,172.20.10.14,255.255.255.240";

struct IphonePlan {
  std::string serial = "00008030001C2D3E0A88802E";
  std::string internet = "198.51.100.43";
};

// NOTE Threading: made, used and destroyed on the main thread (lab::Process); the phone itself runs
// on one of its own. That one has the process's Loop: a test that needs it cannot have an iPhone.
class Iphone {
 public:
  // Loads the modules; not plugged in yet. It trusts this computer and shares its connection.
  static Result<std::unique_ptr<Iphone>> create(IphonePlan plan);
  Iphone(const Iphone&) = delete;
  Iphone& operator=(const Iphone&) = delete;
  ~Iphone();

  Status plug();
  // Out with the cable: at once, with whatever is under way.
  Status unplug();
  void trust(bool on);
  void share(bool on);  // Personal Hotspot
  // From now on, plugged in anew or not, it gives no carrier until the host resets the bus.
  void die();
  int resets();  // by the host

  [[nodiscard]] const lab::NetNs& netns() const { return network_.netns(); }
  [[nodiscard]] std::string dhcp_log() const { return network_.dhcp_log(); }

 private:
  struct Usb;
  Iphone(PhoneNetwork network, std::unique_ptr<Usb> usb);
  // On the phone's thread; returns when it was done.
  Status ask(const std::function<Status(Usb&)>& what);

  PhoneNetwork network_;
  std::unique_ptr<Usb> usb_;
  std::thread thread_;
};

}  // namespace mwan::vm
