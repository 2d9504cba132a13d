// SPDX-License-Identifier: LGPL-2.1-or-later
// The simulated modem on the guest's USB bus, which is plugged in and pulled out as often as one
// likes. For the guest of tests/vm.
#pragma once

#include <string>
#include <vector>

#include "hal/time.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::vm {

enum class ModemKind {
  Qmi,   // 2c7c:0125; qmi_wwan binds
  Mbim,  // 1199:9071; cdc_mbim
};

struct ModemPlan {
  ModemKind kind = ModemKind::Qmi;
  std::string imei = "490154203237518";
  std::string network = "10.64.0";      // .2/30 is ours, .1 the gateway
  std::string settings;                 // further lines of the scenario, before its steps
  std::string target = "198.51.100.7";  // an address behind the operator
  // What happens to it (steps of scenarios), in this order; none: it is plugged in and pulled out
  // in turn, again and again.
  std::vector<std::string> story;
};

// NOTE Ownership: pulled out and ended with the object.
class SimModem {
 public:
  // Loads the drivers and starts mwan-sim; not plugged in yet.
  static Result<SimModem> create(ModemPlan plan);

  // The next step of its story. Returns when it has been played.
  Status next();

  [[nodiscard]] const ModemPlan& plan() const { return plan_; }
  [[nodiscard]] const lab::NetNs& netns() const { return netns_; }  // the operator's
  [[nodiscard]] std::string timeline() const;

 private:
  SimModem(ModemPlan plan, lab::NetNs netns, lab::WorkFolder folder)
      : plan_(std::move(plan)), netns_(std::move(netns)), folder_(std::move(folder)) {}

  ModemPlan plan_;
  lab::NetNs netns_;
  lab::WorkFolder folder_;
  lab::Process simulator_;
  std::size_t step_ = 0;  // how many were played
};

}  // namespace mwan::vm
