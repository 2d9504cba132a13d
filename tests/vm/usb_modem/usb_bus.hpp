// SPDX-License-Identifier: LGPL-2.1-or-later
// The simulated modem on the guest's own USB bus, and what the kernel makes of it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/lab/clock.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/ok.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::vm {

inline constexpr const char* kPort = "/dev/cdc-wdm0";

// vhci_hcd, the modem drivers and tun are loaded; says why not.
Status load_drivers();
// Milliseconds of the monotonic clock, which the timeline of the simulator counts in too.
double now_ms();
bool port_there();
// The names below /proc/PID/fd.
std::size_t descriptors_of(pid_t pid);

class UsbBus : public testing::Test {
 protected:
  static constexpr Duration kPatience = std::chrono::seconds(120);

  void SetUp() override;
  // kind: "qmi" or "mbim". Returns when the control port is there.
  void plug(const std::string& kind, const std::string& scenario);
  // The simulator ends, which pulls the plug.
  void unplug();
  void trigger() { simulator_.signal(SIGUSR1); }
  bool eventually(const std::function<bool()>& condition, Duration limit = kPatience) const {
    return lab::wait_until(limit, condition);
  }
  // A program's output, or why it failed, which starts with "error".
  [[nodiscard]] std::string output(const std::vector<std::string>& argv,
                                   Duration limit = kPatience) const;
  // The address, up, and a route; returns when there is a way to the operator and back.
  void use_network();
  // How many of so many pings came back, each within its time.
  [[nodiscard]] int pings(int count, Duration limit = std::chrono::seconds(30)) const;
  [[nodiscard]] nlohmann::json books() const;
  // When a step of the timeline happened; 0 when it did not.
  [[nodiscard]] double time_of(const std::string& step) const;
  [[nodiscard]] std::string file(const char* name) const {
    return (folder_.path() / name).string();
  }

  lab::WorkFolder folder_ = must_have_folder();
  std::optional<lab::NetNs> operator_;
  lab::Process simulator_;

 private:
  static lab::WorkFolder must_have_folder();
  // libqmi and libmbim would start them too, and leave them running.
  std::vector<lab::Process> proxies_;
};

}  // namespace mwan::vm
