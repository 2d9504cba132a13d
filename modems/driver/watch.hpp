// SPDX-License-Identifier: LGPL-2.1-or-later
// Hears what the modem says by itself, and asks only where it must: cells while the radio changes,
// the signal where the modem takes no thresholds, and a slow cross-check that heals what an
// indication lost.
#pragma once

#include <array>

#include "hal/task.hpp"
#include "modems/driver/attempt.hpp"
#include "modems/driver/cell_pacer.hpp"
#include "modems/stuck_transmit.hpp"

namespace mwan::modem {

class Watch {
 public:
  explicit Watch(Attempt& attempt);

  // Takes it in and tells facts, never waits.
  void hear(const ModemReport& report);
  // Until the attempt is cancelled. Ends the attempt when the modem falls silent.
  Task<void> run();

  // The modem does not report its signal: ask for it.
  void poll_signal() { polling_ = true; }
  // Errors are those of the connection and of unreadable answers; a modem that refuses to say is
  // no error.
  Task<Status> read_signal();
  Task<Status> read_registration();

  // For whoever keeps the bearers: what was said about one since it was last forgotten.
  struct BearerNews {
    bool ended = false;
    bool settings_changed = false;
  };
  [[nodiscard]] const BearerNews& news(IpFamily family) const { return news_[index(family)]; }
  void forget_news(IpFamily family) { news_[index(family)] = {}; }
  void settings_read(IpFamily family) { news_[index(family)].settings_changed = false; }

  // The card must stay usable, and the radio on, from now on.
  void guard() { guard_ = true; }

 private:
  static std::size_t index(IpFamily family) { return family == IpFamily::V4 ? 0 : 1; }
  void hear_one(const Registration& report);
  void hear_one(const PacketService& report);
  void hear_one(const SignalSample& report);
  void hear_one(const CellReport& report);
  void hear_one(const Sim& report);
  void hear_one(RadioPower report);
  void hear_one(const report::BearerEnded& report);
  void hear_one(const report::AddressingChanged& report);
  void hear_one(const report::Doubt& report);
  Task<void> cross_check();
  Task<void> check_transmission();
  Task<void> read_cells();
  [[nodiscard]] Duration check_interval() const;
  // Notices when the modem falls silent.
  template <class T>
  Result<T> heed(Result<T> answer) {
    if (!answer) heed_failure(answer.error());
    return answer;
  }
  void heed_failure(const Error& error);

  Attempt& attempt_;
  CellPacer cells_;
  StuckTransmitDetector transmission_;
  Notification wake_;
  Instant next_check_;
  Instant next_poll_;
  unsigned lost_answers_ = 0;  // since the last check in which every answer came
  bool check_now_ = false;
  bool polling_ = false;
  bool guard_ = false;
  std::array<BearerNews, 2> news_;
};

}  // namespace mwan::modem
