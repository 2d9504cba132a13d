// SPDX-License-Identifier: LGPL-2.1-or-later
// An iPhone as the kernel's ipheth sees it (drivers/net/usb/ipheth.c, Linux 6.1): an interface with
// an alternate setting that has two bulk endpoints, Ethernet frames on them (two bytes in front of
// each one to the host), and two vendor requests: which hardware address the host shall have, and
// whether there is a network. No I/O here.
//
// The driver believes the second answer only after the phone has sent a frame, which a phone does
// that trusts the host and shares its connection. It asks once a second.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>

#include "tools/mwan-sim/usb/device.hpp"
#include "tools/mwan-sim/usb/ethernet.hpp"

namespace mwan::vm {

struct IphoneIdentity {
  std::string serial;
  sim::usb::MacAddress host{};   // of the network device of whoever it is plugged into
  sim::usb::MacAddress phone{};  // its own
  std::array<std::uint8_t, 4> address{};
};

class IphoneFunction final : public sim::usb::Function {
 public:
  struct Outputs {
    std::function<void(std::span<const std::uint8_t>)> frame;  // for the phone's network
    std::function<void(std::uint8_t endpoint)> ready;          // there is something for the host
  };

  IphoneFunction(IphoneIdentity identity, Outputs outputs)
      : identity_(std::move(identity)), outputs_(std::move(outputs)) {}

  [[nodiscard]] sim::usb::Descriptors descriptors() const;

  // "Trust this computer", and Personal Hotspot.
  void trust(bool on);
  void share(bool on);
  // From now on it shares nothing, whatever its user does and however often it is plugged in, until
  // the host resets the bus.
  void die();
  [[nodiscard]] int resets() const { return resets_; }
  // A new device on the bus.
  void plugged() { unconfigured(); }
  // From its network; dropped when nobody listens.
  void deliver(std::span<const std::uint8_t> frame);

  std::optional<sim::Bytes> control(const sim::usb::Setup& setup,
                                    std::span<const std::uint8_t> data) override;
  void take(std::uint8_t endpoint, std::span<const std::uint8_t> data) override;
  std::optional<sim::Bytes> give(std::uint8_t endpoint, std::size_t most) override;
  void abandoned(std::uint8_t) override {}
  void configured() override;
  void unconfigured() override { configured_ = listens_ = false; }
  void alternate(std::uint8_t interface, std::uint8_t setting) override;

 private:
  [[nodiscard]] bool serves() const { return trusts_ && shares_ && !dead_; }
  // As any host does that came up; it is what the driver waits for.
  void announce();

  IphoneIdentity identity_;
  Outputs outputs_;
  bool trusts_ = true;
  bool shares_ = true;
  bool dead_ = false;
  bool listens_ = false;  // the host chose the setting with the endpoints
  bool configured_ = false;
  int resets_ = 0;
  std::deque<sim::Bytes> waiting_;
};

}  // namespace mwan::vm
