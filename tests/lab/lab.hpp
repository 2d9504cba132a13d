// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything together: the topology, the simulated modem, the real daemon in the router, and the
// witnesses.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/error.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/route_watch.hpp"
#include "tests/lab/router_config.hpp"
#include "tests/lab/timeline.hpp"
#include "tests/lab/topology.hpp"
#include "tests/lab/traffic.hpp"

namespace mwan::lab {

struct Programs {
  std::filesystem::path daemon;
  std::filesystem::path simulator;
  std::filesystem::path scenarios;  // folder of the simulator's scenario files
};

struct LabPlan {
  Programs programs;
  std::filesystem::path folder;  // for configuration, state and logs; exists
  std::string scenario;          // a file of programs.scenarios, without its ".scn"
  Mode mode = Mode::Radio;
  Primary primary = Primary::Wired;
};

class Lab {
 public:
  // With the modem there and the daemon configured, but not yet started.
  static Result<std::unique_ptr<Lab>> build(LabPlan plan);

  Status start_daemon();
  // Until the primary carries traffic without loss and the other link is known to be good.
  Status wait_until_steady(Duration limit = std::chrono::seconds(30));
  // SIGTERM, and the wait status when it has ended.
  int stop_daemon(Duration limit = std::chrono::seconds(15)) { return daemon_.stop(limit); }

  // Nothing while daemon and simulator run; otherwise which of them ended, and how.
  [[nodiscard]] std::optional<std::string> broken();
  // What the daemon, the simulator and the kernel's routes have to say, for the timeline.
  [[nodiscard]] std::vector<TimelineEntry> story() const;
  // Whether the modem's own story has come to its loss of registration.
  [[nodiscard]] bool modem_lost() const;
  // The end of the daemon's log, for when something went wrong.
  [[nodiscard]] std::string daemon_log_tail() const;

  [[nodiscard]] const Topology& topology() const { return topology_; }
  [[nodiscard]] const RouteWatch& routes() const { return *routes_; }
  [[nodiscard]] const Traffic& traffic() const { return *traffic_; }
  [[nodiscard]] Process& daemon() { return daemon_; }
  [[nodiscard]] Process& simulator() { return simulator_; }
  [[nodiscard]] std::filesystem::path state_folder() const { return plan_.folder / "state"; }
  [[nodiscard]] const char* primary_device() const {
    return plan_.primary == Primary::Wired ? wired_device : modem_device;
  }
  [[nodiscard]] const char* backup_device() const {
    return plan_.primary == Primary::Wired ? modem_device : wired_device;
  }

 private:
  Lab(LabPlan plan, Topology topology) : plan_(std::move(plan)), topology_(std::move(topology)) {}
  Status start_simulator();
  Status start_witnesses();

  // In this order: the programs end before the namespaces that they are in.
  LabPlan plan_;
  Topology topology_;
  std::unique_ptr<RouteWatch> routes_;
  std::unique_ptr<Traffic> traffic_;
  Process simulator_;
  Process daemon_;
  Instant daemon_started_;
};

}  // namespace mwan::lab
