// SPDX-License-Identifier: LGPL-2.1-or-later
// The whole simulator: one modem, its QMI side behind a proxy socket, its packet path, and the
// scenario that happens to it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/loop.hpp"
#include "tools/mwan-sim/net/packet_path.hpp"
#include "tools/mwan-sim/proxy/server.hpp"
#include "tools/mwan-sim/qmi/stack.hpp"
#include "tools/mwan-sim/scenario/player.hpp"
#include "tools/mwan-sim/scenario/scenario.hpp"
#include "tools/mwan-sim/stats.hpp"

namespace mwan::sim {

struct SimulatorOptions {
  std::string proxy = "qmi-proxy";
  std::string net;             // empty: no network device
  std::string operator_net;    // empty: no operator side
  std::string operator_netns;  // process id or path; empty: our own
  std::string stats_file;      // empty: none
  bool log_messages = false;   // to standard error
};

class Simulator {
 public:
  Simulator(Loop& loop, Scenario scenario, SimulatorOptions options);

  // Opens everything and begins the scenario, or says why not.
  Status start();
  void trigger() { player_.trigger(); }
  [[nodiscard]] nlohmann::json stats() const;

 private:
  void act(const StepAction& action);
  void act(const step::Signal& action);
  void act(const step::UseRat& action);
  void act(const step::Cells& action);
  void act(const step::Neighbour& action);
  void act(const step::Coverage& action);
  void act(const step::PacketServiceOffer& action);
  void act(const step::DropBearer& action);
  void act(const step::RefuseConnect& action);
  void act(const step::Renumber& action);
  void act(const step::SimCard& action);
  void act(const step::Hang& action);
  void act(const step::Resume& action);
  void act(const step::FailOn& action);
  void act(const step::DieOn& action);
  void act(const step::Die& action);
  void act(const step::Unplug& action);
  void act(const step::Plug& action);
  void act(const step::Repeat& action);
  void act(const step::Mark& action);
  void announce(std::size_t part, Duration since, const std::string& text) const;
  void plug();
  void unplug();
  void restart(bool comes_back);
  // Says so in the timeline and ends the program at once, as a crash would.
  [[noreturn]] void die();
  void log_message(std::uint64_t connection, const QmiMessage& message, bool from_host) const;
  void stats_soon(Duration delay);
  void write_stats();

  LoopTimers timers_;
  Scenario scenario_;
  SimulatorOptions options_;
  Modem modem_;
  ProxyServer server_;
  qmi::Stack stack_;
  PacketPath path_;
  Player player_;
  Timer restart_timer_;
  Timer stats_timer_;
  bool stats_urgent_ = false;
};

}  // namespace mwan::sim
