// SPDX-License-Identifier: LGPL-2.1-or-later
// When to ask the modem for its cells: after a notable change, and at a modest rate while the radio
// degrades; never on a quiet, good link. Pure.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "hal/signal.hpp"
#include "hal/time.hpp"
#include "modems/modem_config.hpp"

namespace mwan::modem {

class CellPacer {
 public:
  explicit CellPacer(const SignalReporting& reporting) : reporting_(reporting) {}

  // The serving RAT's values are now these.
  void signal(const SignalSample& sample) {
    if (differs(sample)) {
      wanted_ = true;
      quiet_ = 0;
    }
    now_ = sample;
  }
  // Cells were asked for, whatever came of it.
  void asked(Instant when) {
    last_ = when;
    // The same values round after round: ask less often.
    quiet_ = wanted_ ? 0 : std::min(quiet_ + 1, kQuietest);
    wanted_ = false;
    at_last_ = now_;
  }
  // The modem cannot tell its cells.
  void stop() { stopped_ = true; }
  [[nodiscard]] std::optional<Instant> due() const {
    if (stopped_ || !now_ || !(wanted_ || degrading())) return std::nullopt;
    if (!last_) return Instant{};
    return *last_ + reporting_.cell_interval * (1 << quiet_);
  }

 private:
  static constexpr int kQuietest = 3;
  static bool moved(const std::optional<double>& a, const std::optional<double>& b, double by) {
    if (a.has_value() != b.has_value()) return true;
    return a && b && std::abs(*a - *b) >= by;
  }
  [[nodiscard]] bool differs(const SignalSample& sample) const {
    if (!at_last_ || at_last_->rat != sample.rat) return true;
    return moved(at_last_->rsrp_dbm, sample.rsrp_dbm, 3.0) ||
           moved(at_last_->rsrq_db, sample.rsrq_db, 2.0);
  }
  [[nodiscard]] bool degrading() const {
    return now_ && ((now_->rsrp_dbm && *now_->rsrp_dbm <= reporting_.degrading_rsrp_dbm) ||
                    (now_->rsrq_db && *now_->rsrq_db <= reporting_.degrading_rsrq_db));
  }

  SignalReporting reporting_;
  std::optional<SignalSample> now_;
  std::optional<SignalSample> at_last_;
  std::optional<Instant> last_;
  bool wanted_ = false;
  bool stopped_ = false;
  int quiet_ = 0;
};

}  // namespace mwan::modem
