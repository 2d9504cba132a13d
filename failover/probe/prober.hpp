// SPDX-License-Identifier: LGPL-2.1-or-later
// Asking the world through one link whether it is there, whatever the protocol.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "failover/probe/probe_target.hpp"
#include "hal/link_event.hpp"
#include "hal/time.hpp"

namespace mwan::failover {

// A prober sends rounds and reports each as soon as it is decided: when enough targets answered, or
// when the time limit ran out; then a second time, should the answers come late. A loss that no
// late answer can make good is `complete`. Reports come from
// the main loop, never from inside a call; a prober may be destroyed in its own report.
class Prober {
 public:
  // fact::Probe, fact::Portal, fact::ProbeBudget.
  using Report = std::function<void(Fact)>;

  // Since it was made.
  struct Count {
    std::uint64_t asked = 0;
    std::uint64_t answered = 0;
    std::uint64_t bytes = 0;  // both ways, from the IP header on; 0 for what stays on the link
  };
  using Counts = std::array<Count, probe_kinds>;  // by ProbeKind

  Prober() = default;
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;
  virtual ~Prober() = default;

  // The pace from now on, the first round at once; the same pace again changes nothing. Zero stops:
  // what is under way is not reported any more. Rounds overlap when the pace is faster than the
  // time limit; rounds that a busy process missed are left out, not made up for.
  virtual void set_interval(Duration interval) = 0;

  // One round now, whatever the pace.
  virtual void round() = 0;

  // Whether the link carries the traffic: what its probes cost does not matter then. Not at first.
  virtual void set_carrying(bool /*carries*/) {}
  [[nodiscard]] virtual Counts counts() const { return {}; }

  // Whether it loses some questions, and a few more would tell whether that is too many.
  [[nodiscard]] virtual bool undecided() const { return false; }

  // Why the last round failed, for people; empty when it did not, or there was none.
  [[nodiscard]] virtual const std::string& last_failure() const = 0;
};

}  // namespace mwan::failover
