// SPDX-License-Identifier: LGPL-2.1-or-later
// Plays a recording of a real modem (docs/trace.md): what it reported becomes the state of the
// simulated one, at the same distances in time. Facts that are not the modem's own, such as probes
// and addressing, are left out.
#pragma once

#include <functional>
#include <memory>

#include "failover/record/trace.hpp"
#include "tools/mwan-sim/modem/modem.hpp"
#include "tools/mwan-sim/timers.hpp"

namespace mwan::sim {

class TracePlayer {
 public:
  struct Outputs {
    std::function<void(bool plugged)> plug;  // the device came or went
    std::function<void()> over;              // after the last fact
  };

  TracePlayer(Timers& timers, Modem& modem, Outputs outputs)
      : timers_(timers), modem_(modem), outputs_(std::move(outputs)) {}

  // From now; gives up what is left of an earlier one.
  void play(std::shared_ptr<const failover::Trace> trace);
  void stop() { next_.reset(); }

 private:
  void arm();
  void take_due();
  void take(const Fact& fact);

  Timers& timers_;
  Modem& modem_;
  Outputs outputs_;
  std::shared_ptr<const failover::Trace> trace_;
  std::size_t at_ = 0;
  Instant started_{};
  Timer next_;
};

// What a fact makes of the radio.
void take_signal(Radio& radio, const SignalSample& sample);
void take_cells(Radio& radio, const CellReport& report);
// The 3GPP cause in the text of a reason ("3GPP cause 33 (...)"), else one of its class.
std::uint16_t cause_of(const Error& reason);

}  // namespace mwan::sim
