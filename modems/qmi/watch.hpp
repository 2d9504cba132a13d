// SPDX-License-Identifier: LGPL-2.1-or-later
// Hears what the modem says by itself, and asks only where it must: cells while the radio changes,
// the signal where the modem takes no thresholds, and a slow cross-check that heals what an
// indication lost.
#pragma once

#include <array>

#include "hal/task.hpp"
#include "modems/qmi/attempt.hpp"
#include "modems/qmi/cell_pacer.hpp"
#include "modems/qmi/decode_status.hpp"

namespace mwan::qmi {

class Watch {
 public:
  explicit Watch(Attempt& attempt);

  // An indication; only takes it in and tells facts, never waits.
  void hear(const Indication& indication);
  // Until the attempt is cancelled. Ends the attempt when the modem falls silent.
  Task<void> run();

  // The modem accepted no threshold of any kind: ask for the signal.
  void poll_signal() { polling_ = true; }
  // Errors are those of the connection and of unreadable answers; a modem that refuses to say is
  // no error.
  Task<Status> read_signal();
  Task<Status> read_registration();

  // For whoever keeps the bearers: the last thing said about one since it was last forgotten.
  struct BearerNews {
    Connection connection = Connection::Unknown;
    bool settings_changed = false;
  };
  [[nodiscard]] const BearerNews& news(IpFamily family) const { return news_[index(family)]; }
  void forget_news(IpFamily family) { news_[index(family)] = {}; }
  void settings_read(IpFamily family) { news_[index(family)].settings_changed = false; }

  // The card must stay usable from now on.
  void guard_sim() { guard_sim_ = true; }

 private:
  static std::size_t index(IpFamily family) { return family == IpFamily::V4 ? 0 : 1; }
  void hear_nas(const Indication& indication);
  void hear_wds(const Indication& indication);
  void bearer_status(IpFamily family, const PacketServiceStatus& status);
  void signal(const SignalInfo& report);
  Task<void> cross_check();
  Task<void> read_cells();
  // Notices when the modem falls silent.
  Task<Result<Reply>> ask(Slot slot, Request request);

  Attempt& attempt_;
  CellPacer cells_;
  Notification wake_;
  Instant next_check_;
  Instant next_poll_;
  bool check_now_ = false;
  bool disputed_ = false;
  bool polling_ = false;
  bool old_signal_ = false;  // it has no Signal Info: use what came before it
  bool guard_sim_ = false;
  std::array<BearerNews, 2> news_;
};

}  // namespace mwan::qmi
