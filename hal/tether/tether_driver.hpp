// SPDX-License-Identifier: LGPL-2.1-or-later
// A phone, or a stick that plays router, as a link: a network device with addresses by DHCP, and
// what only phones need.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "hal/error.hpp"
#include "hal/link_driver.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/tether/dead_carrier.hpp"
#include "hal/wait.hpp"

namespace mwan {

struct TetherConfig {
  std::string link;  // the name people know it by, for messages
  // Of this phone, across its resets, which end the driver; null: its carrier is not cured. For
  // ipheth.
  std::shared_ptr<DeadCarrier> dead_carrier;
  // How long a phone may be there without a carrier before a person is told what to do. ipheth
  // itself asks the phone only once a second.
  Duration patience = DeadCarrier::kPatience;
};

// Reports what the driver of the network device reports, and in words what a person has to do at
// the phone.
class TetherDriver final : public LinkDriver {
 public:
  // Resets the USB device of the phone. Anew for each attempt: its number on the bus changes.
  using Reset = std::function<Task<Status>(Cancel)>;

  // The loop outlives the driver. ethernet drives the network device.
  TetherDriver(Loop& loop, TetherConfig config, std::unique_ptr<LinkDriver> ethernet, Reset reset);

  void start(Sink sink) override;
  Task<void> stop() override;
  void look_closer() override { ethernet_->look_closer(); }

 private:
  void take(const Fact& fact);
  void look_at_carrier(bool up);
  void explain();
  void arm();
  Task<void> cure();
  void trouble(FailureClass failure, const std::string& message);

  Loop& loop_;
  TetherConfig config_;
  std::unique_ptr<LinkDriver> ethernet_;
  Reset reset_;
  Sink sink_;
  bool asked_ = false;  // the carrier was heard of
  SourceHandle explain_;
  Cancel stop_;
  SourceHandle timer_;
  Job curing_;
};

}  // namespace mwan
