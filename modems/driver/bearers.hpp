// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps the bearers of a brought-up modem connected: waits for registration and packet service,
// asks for the IP families that are wanted, applies what the network grants, and asks again for
// what is lost. At LinkLevel::Ready it stops short of the bearers.
#pragma once

#include <optional>
#include <vector>

#include "hal/task.hpp"
#include "modems/backoff.hpp"
#include "modems/driver/attempt.hpp"
#include "modems/driver/watch.hpp"

namespace mwan::modem {

class Bearers {
 public:
  Bearers(Attempt& attempt, Watch& watch);

  // Until the attempt is cancelled, or cannot go on: the error is then that of the whole attempt.
  // Refusals by the network are told as Trouble and retried here.
  Task<Status> run();

 private:
  struct Line {
    IpFamily family;
    Backoff backoff;       // while another family is up; otherwise the ladder decides
    Instant due;           // of the next attempt
    bool started = false;  // the modem was asked for it, and not yet for its end
    bool refused = false;  // by the network, as a family; only a new registration changes that
  };
  using Lines = std::vector<Line*>;

  // What stands in the way of any bearer, told once while it does.
  [[nodiscard]] std::optional<Error> obstacle() const;
  void tell_obstacle(const std::optional<Error>& error);
  Task<Status> tend();
  // Attached and without a bearer, which is all that is wanted at the moment.
  Task<Status> stand_by();
  Task<void> hang_up();
  Task<Status> connect(Lines lines);
  Status connected(Line& line, const FamilyOutcome& outcome);
  // Addresses of a bearer that is up changed.
  Task<Status> refresh(Line& line);
  // It ended without our asking.
  Task<Status> bury(Line& line);
  // The bearer is down. An error when what is to be done about it begins with a new attempt.
  Status put_off(Line& line, const Error& why);
  // What is done about no network, when its time has come.
  Status plan_for(const Error& obstacle);
  [[nodiscard]] bool standing_by() const { return attempt_.level == LinkLevel::Ready; }
  [[nodiscard]] bool any_up() const;
  [[nodiscard]] bool up(const Line& line) const {
    return attempt_.state.bearer(line.family) == BearerState::Connected;
  }
  [[nodiscard]] Lines wanting();
  [[nodiscard]] Duration until_next() const;

  Attempt& attempt_;
  Watch& watch_;
  std::vector<Line> lines_;
  Instant began_;
  bool asked_to_attach_ = false;  // since the last registration
  std::optional<Error> told_obstacle_;
  std::optional<Verdict> plan_;  // against the obstacle
  Instant plan_due_;
};

}  // namespace mwan::modem
