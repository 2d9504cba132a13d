// SPDX-License-Identifier: LGPL-2.1-or-later
// What goes wrong with the first line, and undoing it.
#pragma once

#include "hal/error.hpp"
#include "hal/time.hpp"
#include "tests/bench/failover/two_lines.hpp"

namespace mwan::bench {

enum class Cause {
  CarrierLost,    // the cable is pulled
  DeviceGone,     // the router's device is removed
  DeadUpstream,   // the provider does not forward; it answers itself and the carrier is there
  BrownOut,       // of what the customer sends, 30 % is lost
  FewLosses,      // 2 % of it, as on many a line that is well
  Delay,          // of what the customer sends, everything takes 800 ms longer; needs sch_netem
  NarrowLine,     // the line takes 4 Mbit/s only, and has a long queue
  ShortCuts,      // it does not forward for 150 ms, five times within 5 s
  GatewayGone,    // the provider hears nothing any more, ARP included; the carrier is there
  RouteDeleted,   // somebody deletes the router's best default route
  DnsOnly,        // the provider loses DNS questions
  OneTargetOnly,  // the provider does not reach target_address
  Fade            // what a fading radio loses (fade.scn of the simulator): more and more, then all
};

// What must be in place before the cause, so that it takes one system call or one transaction.
Status prepare(Cause cause, const TwoLines& lines);
// When it began. Fade takes Duration fade_length and is waited for, and so are ShortCuts.
Result<Instant> fire(Cause cause, const TwoLines& lines);
// Of CarrierLost and DeadUpstream.
Status undo(Cause cause, const TwoLines& lines);

inline constexpr Duration fade_length = std::chrono::milliseconds(6200);

}  // namespace mwan::bench
