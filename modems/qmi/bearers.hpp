// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps the bearers of a brought-up modem connected: waits for registration and packet service,
// starts one network per IP family, reads its addresses, and starts again what is lost.
#pragma once

#include <optional>
#include <vector>

#include "hal/task.hpp"
#include "modems/backoff.hpp"
#include "modems/qmi/attempt.hpp"
#include "modems/qmi/causes.hpp"
#include "modems/qmi/watch.hpp"

namespace mwan::qmi {

class Bearers {
 public:
  Bearers(Attempt& attempt, Watch& watch, LinkLayer layer);

  // Until the attempt is cancelled, or cannot go on: the error is then that of the whole attempt.
  // Refusals by the network are told as Trouble and retried here.
  Task<Status> run();

 private:
  struct Line {
    IpFamily family;
    Backoff backoff;
    Instant due;           // of the next attempt
    bool started = false;  // the modem was asked for it, and not yet for its end
    bool refused = false;  // by the network, as a family; only a new registration changes that
  };

  // What stands in the way of any bearer, told once while it does.
  [[nodiscard]] std::optional<Error> obstacle() const;
  void tell_obstacle(const std::optional<Error>& error);
  Task<Status> tend(Line& line);
  Task<Status> connect(Line& line);
  Task<Status> read_settings(Line& line);
  // The bearer is down for a reason that does not end the attempt.
  void put_off(Line& line, const Error& why);
  [[nodiscard]] bool only_family_refused(const Line& line, const StartedNetwork& answer) const;
  [[nodiscard]] Duration until_next() const;

  Attempt& attempt_;
  Watch& watch_;
  LinkLayer layer_;
  std::vector<Line> lines_;
  Instant began_;
  std::optional<Error> told_obstacle_;
};

}  // namespace mwan::qmi
