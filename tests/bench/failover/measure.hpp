// SPDX-License-Identifier: LGPL-2.1-or-later
// Measures one row once with one contender, in namespaces made for it.
#pragma once

#include "tests/bench/failover/contender.hpp"
#include "tests/bench/failover/measured.hpp"
#include "tests/bench/failover/rows.hpp"

namespace mwan::bench {

struct Patience {
  Duration ready = std::chrono::seconds(60);  // for a contender to know both lines as well
  Duration move = std::chrono::seconds(40);   // for what is right to happen, or what is wrong
};

// number: of the repetition. It chooses the moment between two probes at which things go wrong.
Measured measure(const Row& row, Who who, const Installed& installed, const Patience& patience,
                 int number);

// A row with a modem, our daemon.
Measured measure_modem(const Row& row, const Installed& installed, const Patience& patience,
                       int number);

// Whether the main table has one by this device, be it behind another one. The kernel removes the
// routes of a removed device, without a message, before whoever listens hears that it is gone; what
// stood behind them is in use from then on.
bool has_default_route(const lab::NetNs& netns, const std::string& device);

// Waits until `number` of so many moments that are spread over 1.7 s, so that no
// contender's timer is met at the same phase each time.
void wait_for_phase(int number);

}  // namespace mwan::bench
