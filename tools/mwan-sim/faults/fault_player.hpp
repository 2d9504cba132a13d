// SPDX-License-Identifier: LGPL-2.1-or-later
// Begins and ends faults: those that only change how the modem answers through its FaultState, the
// others by doing what happens to it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "tools/mwan-sim/faults/fault.hpp"
#include "tools/mwan-sim/modem/modem.hpp"
#include "tools/mwan-sim/timers.hpp"
#include "tools/mwan-sim/usb/device.hpp"

namespace mwan::sim {

class FaultPlayer {
 public:
  // What it needs of the machine around the modem.
  struct Machine {
    // The modem leaves the bus at once and is back after that time.
    std::function<void(Duration)> drop_out;
    // All connections close, and nobody listens for that time.
    std::function<void(Duration)> proxy_dies;
    // The modem's side of the protocol starts over; connections stay.
    std::function<void()> forget_hosts;
    // The hosts' client ids or sessions stay, what they subscribed to is forgotten.
    std::function<void()> forget_subscriptions;
    std::function<void(bool)> stick_transmit;                      // the network device is not read
    std::function<void(std::optional<usb::Device::Storm>)> storm;  // of a modem on the bus
    std::function<void(const std::string&)> announce;
    std::function<void()> request;  // each request of a host, before it is looked at
  };

  FaultPlayer(Timers& timers, Modem& modem, Machine machine);

  void begin(const FaultOrder& order);
  // Ends that are not due to anything in force do nothing.
  void end(Fault fault);
  void end_all();
  // The modem's power was cut: it is unplugged.
  void power_cut();
  // The host reset the bus: the modem starts over, and keeps its power.
  void bus_reset();

 private:
  void happen(const FaultOrder& order);
  void strikes(Fault fault, const FaultArgs& args);
  void ended(Fault fault);

  Timers& timers_;
  Modem& modem_;
  Machine machine_;
  std::map<Fault, Timer> until_;
  Timer strike_;
};

}  // namespace mwan::sim
