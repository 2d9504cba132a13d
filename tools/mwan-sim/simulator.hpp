// SPDX-License-Identifier: LGPL-2.1-or-later
// One simulated modem as a whole: its state, its QMI and MBIM sides behind the proxy sockets, its
// packet path, and the scenario that happens to it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/loop.hpp"
#include "tools/mwan-sim/faults/chaos.hpp"
#include "tools/mwan-sim/faults/fault_player.hpp"
#include "tools/mwan-sim/mbim/stack.hpp"
#include "tools/mwan-sim/net/packet_path.hpp"
#include "tools/mwan-sim/proxy/exchange.hpp"
#include "tools/mwan-sim/qmi/stack.hpp"
#include "tools/mwan-sim/replay/trace_player.hpp"
#include "tools/mwan-sim/scenario/player.hpp"
#include "tools/mwan-sim/scenario/scenario.hpp"
#include "tools/mwan-sim/stats.hpp"
#include "tools/mwan-sim/usb/usb_modem.hpp"

namespace mwan::sim {

struct SimulatorOptions {
  std::string device;            // the name clients open it by; empty: any
  std::string net;               // empty: no network device
  std::string operator_net;      // empty: no operator side
  std::string operator_netns;    // process id or path; empty: our own
  std::optional<usb::Kind> usb;  // on the bus, instead of behind proxies and a tun device
  bool log_messages = false;     // to standard error
};

class Simulator {
 public:
  // What modems have in common.
  struct Shared {
    Exchange& qmi;
    Exchange& mbim;
    std::function<void(Duration)> stats_soon;  // the books changed
  };

  Simulator(Loop& loop, Scenario scenario, SimulatorOptions options, Shared shared);

  [[nodiscard]] const std::string& device() const { return options_.device; }
  // Opens the network devices and brings about how things are at the start, or says why not.
  Status prepare();
  // The proxies listen: powers up and begins the scenario.
  void begin();
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
  void act(const step::BeginFault& action) { faults_.begin(action.order); }
  void act(const step::EndFault& action) { faults_.end(action.fault); }
  void act(const step::Replay& action) { replay_.play(action.trace); }
  void act(const step::Repeat& action);
  void act(const step::Mark& action);
  void announce(std::size_t part, Duration since, const std::string& text) const;
  void plug();
  void plug_usb();
  void unplug();
  void restart(bool comes_back);
  void drop_out(Duration away);
  [[nodiscard]] FaultPlayer::Machine fault_machine();
  // Says so in the timeline and ends the program at once, as a crash would.
  [[noreturn]] void die();
  void log_message(std::uint64_t connection, const QmiMessage& message, bool from_host) const;
  void log_message(std::uint64_t connection, const mbim::Message& message, bool from_host) const;
  void attach();
  void attach_usb(Loop& loop);
  // What is asked of it cannot be played without a bus.
  [[nodiscard]] Status check_faults() const;
  qmi::Stack::Outputs qmi_outputs();
  mbim::Stack::Outputs mbim_outputs();

  LoopTimers timers_;
  Scenario scenario_;
  SimulatorOptions options_;
  Shared shared_;
  Modem modem_;
  qmi::Stack stack_;
  mbim::Stack mbim_;
  std::optional<Exchange::LineId> qmi_line_;  // the protocols the scenario wants
  std::optional<Exchange::LineId> mbim_line_;
  PacketPath path_;
  std::unique_ptr<usb::UsbModem> usb_;
  Player player_;
  FaultPlayer faults_;
  std::optional<Chaos> chaos_;
  TracePlayer replay_;
  Timer proxy_timer_;
  Timer restart_timer_;
  Timer usb_timer_;
  bool absent_ = false;  // from the start
};

}  // namespace mwan::sim
