// SPDX-License-Identifier: LGPL-2.1-or-later
// What every test against the simulated modem needs: real libqmi or libmbim here, a real process at
// the other end of a real proxy socket, in a network namespace of the test's own (abstract sockets
// belong to one).
#pragma once

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "hal/loop.hpp"
#include "hal/registration.hpp"
#include "hal/signal.hpp"
#include "modems/modem_config.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::modem {

// Words of values in logs and expectations.
const char* word(RegistrationState state);
const char* word(PacketServiceState state);
const char* word(Rat rat);

class SimulatedModem : public testing::Test {
 public:
  static void SetUpTestSuite();
  SimulatedModem();
  ~SimulatedModem() override;

 protected:
  // QMI unless said otherwise; before simulate().
  void speak(ModemProtocol protocol);
  // Plugged into the kernel's USB bus: behind its real driver and the real proxy, where there is
  // vhci_hcd. After speak(), before simulate().
  void on_bus();
  // Starts the simulator with a scenario and waits until it listens, or until its port is there.
  void simulate(const std::string& scenario);
  void trigger() { simulator_.signal(SIGUSR1); }
  [[nodiscard]] pid_t simulator_pid() const { return simulator_.pid(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  bool simulator_ended() { return !simulator_.running(); }
  void end_simulator();

  // Turns the loop until a condition holds; false when it takes longer than the limit.
  bool until(const std::function<bool()>& condition, Duration limit = std::chrono::seconds(60));
  void turn(Duration how_long);  // and let happen what happens
  // What happened so far, for messages.
  [[nodiscard]] virtual std::string log() const = 0;

  // The simulator's books, as they are on disk now.
  [[nodiscard]] nlohmann::json books() const;
  // Nothing of ours is left in the modem: client ids, sessions, connections.
  void expect_nothing_left();
  [[nodiscard]] int left() const;
  // The requests that the simulator has received, in order: "nas.get-signal-info", "mbim.connect",
  // "mbim.connect set".
  [[nodiscard]] std::vector<std::string> requests() const;
  [[nodiscard]] std::size_t requests(const std::string& name) const;

  // The simulated modem's network device, whose packets come out of operator0; empty: it has none.
  std::string net_;
  Loop loop_;
  ModemConfig config_;

 private:
  [[nodiscard]] bool reachable() const;

  lab::WorkFolder folder_;
  bool on_bus_ = false;
  lab::Process proxy_;  // of libqmi or libmbim, when it is on the bus
  lab::Process simulator_;
};

}  // namespace mwan::modem
