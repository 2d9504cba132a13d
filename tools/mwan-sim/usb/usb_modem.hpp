// SPDX-License-Identifier: LGPL-2.1-or-later
// The modem on the bus: its function, the device around it and the wire to the kernel. What the
// simulator plugs in and out, and where its protocol stacks' bytes and packets go.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "tools/mwan-sim/timers.hpp"
#include "tools/mwan-sim/usb/modem_function.hpp"
#include "tools/mwan-sim/usb/wire.hpp"

namespace mwan::sim::usb {

enum class Kind { Qmi, Mbim };

class UsbModem {
 public:
  struct Outputs {
    std::function<void(std::span<const std::uint8_t>)> message;
    std::function<void(Bytes)> packet;
    std::function<void()> opened;  // the control channel began, or began anew
    std::function<void()> reset;   // the host reset the bus, not for the first time
    std::function<void(const std::string&)> announce;
    std::function<LinkLayer()> format;
    std::function<std::optional<std::uint8_t>(IpFamily)> session;
    std::function<bool(std::uint8_t session, IpFamily)> carries;
  };

  UsbModem(Loop& loop, Timers& timers, Kind kind, const ModemSettings& settings, Outputs outputs);

  [[nodiscard]] Status check() const { return wire_.check(); }
  Status plug();
  void unplug();
  [[nodiscard]] bool plugged() const { return wire_.plugged(); }
  void say(std::span<const std::uint8_t> message);
  bool deliver(std::span<const std::uint8_t> packet);
  // What the host sends stays in its queue.
  void stick(bool stuck);
  void set_storm(std::optional<Device::Storm> storm);
  [[nodiscard]] nlohmann::json stats() const;

 private:
  ModemFunction::Outputs function_outputs();
  void started_over(bool configured);
  void new_device();

  Timers& timers_;
  Kind kind_;
  Outputs outputs_;
  std::unique_ptr<ModemFunction> function_;
  Wire wire_;
  std::unique_ptr<Device> device_;  // a new one for each time it is plugged in
  bool stuck_ = false;
  std::optional<Device::Storm> storm_;
  Device::Books books_;      // of the devices before
  unsigned configured_ = 0;  // times since it was plugged in
  std::uint64_t plugged_times_ = 0;
  std::uint64_t resets_ = 0;
  std::uint64_t dropped_ = 0;  // messages nobody read
};

}  // namespace mwan::sim::usb
