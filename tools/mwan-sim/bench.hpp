// SPDX-License-Identifier: LGPL-2.1-or-later
// All the modems of a run, and what they have in common: the proxy sockets and the books.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/mwan-sim/simulator.hpp"
#include "tools/mwan-sim/stats_file.hpp"

namespace mwan::sim {

struct BenchOptions {
  std::string qmi_proxy = "qmi-proxy";
  std::string mbim_proxy = "mbim-proxy";
  std::string stats_file;  // empty: none
};

class Bench {
 public:
  Bench(Loop& loop, BenchOptions options);

  // Before start(). A modem without a device name is the only one.
  void add(Scenario scenario, SimulatorOptions options);
  // Opens everything and begins the scenarios, or says why not.
  Status start();
  // The signal: each modem's next part.
  void trigger();
  // The nameless modem's, or {"modems": {DEVICE: its own, ...}}.
  [[nodiscard]] nlohmann::json stats() const;
  [[nodiscard]] std::string summary() const;

 private:
  [[nodiscard]] bool nameless() const;

  Loop& loop_;
  BenchOptions options_;
  LoopTimers timers_;
  Exchange qmi_;
  Exchange mbim_;
  StatsFile stats_file_;
  std::vector<std::unique_ptr<Simulator>> modems_;
};

// "qmi" or "mbim".
std::optional<usb::Kind> read_usb_kind(const std::string& text);

// "DEVICE=SCENARIO[,usb=qmi|mbim][,net=DEV][,operator-net=DEV][,operator-netns=PID|PATH]".
struct ModemArgument {
  std::string scenario;
  SimulatorOptions options;
};
Result<ModemArgument> read_modem_argument(const std::string& text);

}  // namespace mwan::sim
