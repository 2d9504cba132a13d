// SPDX-License-Identifier: LGPL-2.1-or-later
// A QMI modem as a link: opens it, brings it up, keeps it up, reports what it hears.
//
// Performance: sleeps between the modem's own reports, but for a cross-check every
// ModemTimings::cross_check.
#pragma once

#include <memory>

#include "hal/link_driver.hpp"
#include "hal/loop.hpp"
#include "modems/modem_config.hpp"

namespace mwan {

class QmiModem final : public LinkDriver {
 public:
  QmiModem(Loop& loop, ModemConfig config);
  QmiModem(const QmiModem&) = delete;
  QmiModem& operator=(const QmiModem&) = delete;
  ~QmiModem() override;

  void start(Sink sink) override;
  // Within ModemTimings::stop_budget, and a little. The operating mode stays online.
  Task<void> stop() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mwan
