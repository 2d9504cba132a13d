// SPDX-License-Identifier: LGPL-2.1-or-later
// A modem as a link, whatever protocol it speaks: opens it, brings it up, keeps it up, reports what
// it hears.
//
// Performance: sleeps between the modem's own reports, but for a cross-check every
// ModemTimings::cross_check.
#pragma once

#include <memory>

#include "hal/link_driver.hpp"
#include "hal/loop.hpp"
#include "modems/adapter.hpp"
#include "modems/modem_config.hpp"

namespace mwan {

class Modem final : public LinkDriver {
 public:
  Modem(Loop& loop, ModemConfig config);
  Modem(const Modem&) = delete;
  Modem& operator=(const Modem&) = delete;
  ~Modem() override;

  void start(Sink sink) override;
  // Ready: registered and, where the network wants that asked for, attached; no bearer.
  void set_level(LinkLevel level) override;
  // Within ModemTimings::stop_budget, and a little. The radio stays on.
  Task<void> stop() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mwan
