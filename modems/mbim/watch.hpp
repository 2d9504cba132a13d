// SPDX-License-Identifier: LGPL-2.1-or-later
// What the modem says by itself: subscribed to, decoded, reported.
#pragma once

#include "modems/mbim/bearer.hpp"
#include "modems/mbim/port.hpp"
#include "modems/mbim/radio.hpp"

namespace mwan::mbim {

class Watch {
 public:
  Watch(Port& port, Radio& radio, Bearer& bearer) : port_(port), radio_(radio), bearer_(bearer) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  Task<Result<Listening>> listen(SignalReporting reporting, Cancel cancel);
  void hear(const Indication& indication);
  void stop();

 private:
  void report(const Indication& indication);
  void sim(const Indication& indication);
  Task<void> locked_sim(Sim sim);

  Port& port_;
  Radio& radio_;
  Bearer& bearer_;
  Cancel stop_;
  Job asking_;
};

}  // namespace mwan::mbim
