// SPDX-License-Identifier: LGPL-2.1-or-later
// A plain Linux router: the daemon owns the default route itself, nothing else has to be stopped or
// told. Writes the state files current-profile and failover-time.
#pragma once

#include <functional>
#include <utility>

#include "failover/host/host.hpp"
#include "failover/state/state_writer.hpp"

namespace mwan::failover {

// What becomes of the connections of a link that was left.
struct LeftFlows {
  bool flush = true;  // forgotten, to be translated anew
  bool reset = true;  // TCP: reset towards who opened them
};

class StandaloneHost final : public Host {
 public:
  // state may be null (dry run). wall_clock gives seconds since 1970.
  StandaloneHost(Plumbing& plumbing, StateWriter* state, LeftFlows left_flows,
                 std::function<std::int64_t()> wall_clock);

  // tell: called after the traffic has moved from one link to another; returns at once.
  void set_services(std::function<void()> tell) { tell_services_ = std::move(tell); }
  void set_left_flows(LeftFlows left_flows) { left_flows_ = left_flows; }
  void run(const HostStep& step, Done done) override;

 private:
  void left(const HostStep& step) const;
  void note_backup(const HostStep& step) const;
  void note_primary() const;

  Plumbing& plumbing_;
  StateWriter* state_;
  LeftFlows left_flows_;
  std::function<std::int64_t()> wall_clock_;
  std::function<void()> tell_services_;
};

}  // namespace mwan::failover
