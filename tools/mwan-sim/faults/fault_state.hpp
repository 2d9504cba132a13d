// SPDX-License-Identifier: LGPL-2.1-or-later
// Which faults are in force, and what follows from them for whoever acts: the modem and the stacks
// of its protocols ask here, each at the place where the fault would strike. It belongs to a modem
// and knows no protocol; requests go by the names that scenarios use for them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/ip.hpp"
#include "tools/mwan-sim/faults/fault.hpp"
#include "tools/mwan-sim/modem/registrar.hpp"
#include "tools/mwan-sim/modem/session_end.hpp"

namespace mwan::sim {

class FaultState {
 public:
  struct Events {
    // A fault that waited for something has met it: the player does what it is.
    std::function<void(Fault, const FaultArgs&)> strikes;
    std::function<void(Fault)> ended;  // by itself or by a reset, not through end()
    std::function<void()> request;     // for each request of a host
  };

  void set_events(Events events) { events_ = std::move(events); }

  // A second begin replaces the first one.
  void begin(const FaultOrder& order);
  // False: it was not in force.
  bool end(Fault fault);
  [[nodiscard]] bool on(Fault fault) const { return active_.contains(fault); }
  // Nothing when it is not in force.
  [[nodiscard]] const FaultArgs* find(Fault fault) const;
  [[nodiscard]] std::vector<Fault> active() const;

  // ---------------------------------------------------------------- protocol stacks
  // Once for each request, before anything is done with it; what only reaches a proxy (opening the
  // device) is none. True: it is not answered and has no effect.
  bool swallows(std::string_view request);
  // Nothing is said at all, neither answers nor indications.
  [[nodiscard]] bool silent() const { return on(Fault::NeedsPowerCycle); }
  // Besides the ordinary latency.
  [[nodiscard]] Duration answer_delay() const;
  // Once for each answer or indication. True: another reader takes it.
  bool steals_message();
  // Once for each answer: the variant of its broken length ("message", "tlv", "frame").
  std::optional<std::string> garbles_answer();
  // Ids for each client of the network service (QMI: NAS).
  [[nodiscard]] std::optional<std::uint32_t> client_limit() const;
  // A release takes effect so much later, and only on a connection that is still open.
  [[nodiscard]] std::optional<Duration> release_delay() const;
  // Requests with client ids of before the reset are not even refused.
  [[nodiscard]] bool ignores_old_clients() const;
  // Once for each start that succeeded. True: it is answered with a failure all the same.
  bool aborts_start();
  // A request for protocol configuration options came. True: there is no answer, the modem dies.
  bool dies_of_pco();

  // ---------------------------------------------------------------- modem
  void booted();
  void power_cut();
  void bus_reset();
  void session_ended();
  [[nodiscard]] Registrar::Coverage coverage(Registrar::Coverage offered) const;
  [[nodiscard]] bool attach_offered(bool offered) const;
  struct Verdict {
    std::optional<SessionEnd> refused;
    std::optional<Duration> block_attach;
  };
  // Once for each attempt to start a session.
  Verdict judge_session(IpFamily family, const std::string& apn, Instant now);
  // When it is told that a session ended; nothing: never.
  [[nodiscard]] std::optional<Duration> disconnect_delay() const;
  // The host proved that it may use the radio; lasts until the power is cut.
  void fcc_unlock() { fcc_unlocked_ = true; }
  [[nodiscard]] bool fcc_locked() const { return on(Fault::FccLock) && !fcc_unlocked_; }
  [[nodiscard]] Duration reset_time(Duration ordinary) const;

 private:
  struct Tries {
    std::uint32_t quick = 0;
    std::optional<Instant> last;
  };
  // Uses up one of "times"; ends the fault with the last one. False: it is not in force.
  bool use_up(Fault fault);
  void over(Fault fault);

  Events events_;
  std::map<Fault, FaultArgs> active_;
  bool first_command_pending_ = false;
  bool session_was_lost_ = false;
  bool fcc_unlocked_ = false;
  bool stolen_last_ = false;
  std::map<IpFamily, Tries> tries_;
};

}  // namespace mwan::sim
