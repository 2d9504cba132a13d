// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/scenario/player.hpp"

#include <utility>

namespace mwan::sim {
namespace {

std::optional<double> between(std::optional<double> a, std::optional<double> b, double fraction) {
  if (!a || !b) return a ? a : b;
  return *a + (*b - *a) * fraction;
}

step::Levels between(const step::Levels& a, const step::Levels& b, double fraction) {
  return {between(a.rssi_dbm, b.rssi_dbm, fraction), between(a.rsrp_dbm, b.rsrp_dbm, fraction),
          between(a.rsrq_db, b.rsrq_db, fraction), between(a.sinr_db, b.sinr_db, fraction)};
}

}  // namespace

StepAction interpolate(const StepAction& start, const StepAction& end, double fraction) {
  StepAction action = start;
  if (auto* signal = std::get_if<step::Signal>(&action)) {
    signal->levels = between(signal->levels, std::get<step::Signal>(end).levels, fraction);
  }
  if (auto* neighbour = std::get_if<step::Neighbour>(&action)) {
    neighbour->levels = between(neighbour->levels, std::get<step::Neighbour>(end).levels, fraction);
  }
  return action;
}

void Player::start() {
  if (!scenario_.start_by_signal) trigger();
}

void Player::trigger() {
  if (next_part_ >= scenario_.parts.size()) {
    outputs_.announce(part_ + 1, timers_.now() - started_, "signal ignored: no part is left");
    return;
  }
  play(next_part_++);
}

void Player::play(std::size_t part) {
  part_ = part;
  started_ = timers_.now();
  // The call that is running may be one of these: it lives until it returns.
  auto old_steps = std::exchange(steps_, {});
  auto old_ramps = std::exchange(ramps_, {});
  outputs_.announce(part_ + 1, Duration(0), "start");
  for (const Step& step : scenario_.parts[part_]) {
    steps_.push_back(timers_.after(step.at, [this, &step] { run(step); }));
  }
}

void Player::run(const Step& step) {
  if (std::holds_alternative<step::Repeat>(step.action)) {
    outputs_.announce(part_ + 1, timers_.now() - started_, step.text);
    play(part_);
    return;
  }
  if (step.ramp_end) {
    outputs_.announce(part_ + 1, timers_.now() - started_, "ramp begins: " + step.text);
    ramp(step, *step.ramp_end, Duration(0));
  } else {
    outputs_.announce(part_ + 1, timers_.now() - started_, step.text);
    outputs_.act(step.action);
  }
}

void Player::ramp(const Step& step, const StepAction& end, Duration passed) {
  const Duration whole = step.until - step.at;
  const double fraction = static_cast<double>(passed.count()) / static_cast<double>(whole.count());
  outputs_.act(interpolate(step.action, end, fraction));
  if (passed >= whole) {
    outputs_.announce(part_ + 1, timers_.now() - started_, "ramp ends: " + step.text);
    return;
  }
  const Duration next = std::min(passed + scenario_.ramp_tick, whole);
  // Ticks are counted from the start of the part, so that they do not drift.
  const Instant due = started_ + step.at + next;
  ramps_.push_back(timers_.after(std::max(due - timers_.now(), Duration(0)),
                                 [this, &step, &end, next] { ramp(step, end, next); }));
}

}  // namespace mwan::sim
