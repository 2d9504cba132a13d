// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/sim_swap.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mwan {
namespace {

constexpr std::uint8_t kPinTriesKept = 3;

// EF-ICCID is padded with F to whole bytes (3GPP TS 31.102 section 4.2.1), and not every modem
// takes the padding off.
std::string bare(std::string iccid) {
  while (!iccid.empty() && (iccid.back() == 'F' || iccid.back() == 'f')) iccid.pop_back();
  return iccid;
}

bool locked(SimState state) {
  return state == SimState::PinRequired || state == SimState::PukRequired;
}

bool digits(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

SimChange SimWatch::saw(const Sim& sim) {
  const std::optional<SimState> last = last_;
  last_ = sim.state;
  if (sim.state == SimState::Absent) {
    if (!last) return SimChange::None;
    away_ = true;
    return *last == SimState::Absent ? SimChange::None : SimChange::Removed;
  }
  const bool came = !last || *last == SimState::Absent;
  const std::string now = bare(sim.iccid);
  if (now.empty()) return came ? SimChange::Inserted : SimChange::None;

  const std::string before = std::exchange(iccid_, now);
  const bool away = std::exchange(away_, false);
  if (before.empty()) {
    if (came) return SimChange::Inserted;
    return locked(*last) && !locked(sim.state) ? SimChange::Unlocked : SimChange::None;
  }
  if (before != now) return SimChange::Swapped;
  if (away || came) return SimChange::Again;
  return locked(*last) && !locked(sim.state) ? SimChange::Unlocked : SimChange::None;
}

std::string explain(SimChange change) {
  switch (change) {
    case SimChange::None:
      return "nothing changed about the SIM";
    case SimChange::Removed:
      return "the SIM was removed";
    case SimChange::Inserted:
      return "a SIM was inserted";
    case SimChange::Unlocked:
      return "the SIM was unlocked";
    case SimChange::Again:
      return "the same SIM is back";
    case SimChange::Swapped:
      return "another SIM was inserted";
  }
  return "";
}

// What was learned about another card does not hold for this one. Where cards cannot be told apart,
// more tries than the refusal left prove that this is another one, or that somebody has unlocked it
// since.
void PinPolicy::compare(const Sim& sim) {
  const std::string now = bare(sim.iccid);
  const bool known = !iccid_.empty() && !now.empty();
  const bool other = known && iccid_ != now;
  const bool fresh = !known && left_after_ && sim.pin_tries && *sim.pin_tries > *left_after_;
  if (other || fresh) *this = PinPolicy();
  if (sent_at_ && sent_at_ != sim.pin_tries) {
    // It was judged after all, and the card still asks for it.
    sent_at_.reset();
    refused_ = true;
    left_after_ = sim.pin_tries;
  }
}

Status PinPolicy::may_send(const Sim& sim, const Secret& pin, const std::string& where) {
  const auto no = [&](std::string message) {
    return failed(FailureClass::Permanent, where, std::move(message));
  };
  compare(sim);
  if (sim.state == SimState::PukRequired) {
    return no("the PIN is blocked: unblock the SIM with its PUK");
  }
  if (sim.state != SimState::PinRequired) return no("the SIM does not ask for a PIN");
  if (pin.empty()) return no("the SIM asks for its PIN and the settings have none");
  if (refused_) return no("the PIN of the settings was refused and is not tried again");
  if (!sim.pin_tries) {
    return no(
        "the modem does not say how many tries are left, the PIN is not sent: enter it by "
        "hand, or switch the PIN of this SIM off");
  }
  if (*sim.pin_tries < kPinTriesKept) {
    return no(fmt::format("only {} tries are left, the PIN is not sent: enter it by hand once",
                          *sim.pin_tries));
  }
  const std::string& text = pin.reveal();
  if (text.size() < 4 || text.size() > 8 || !digits(text)) {
    return no("a PIN has 4 to 8 digits; the one of the settings was not sent");
  }
  return {};
}

void PinPolicy::sending(const Sim& sim) {
  *this = PinPolicy();
  iccid_ = bare(sim.iccid);
  sent_at_ = sim.pin_tries;
}

void PinPolicy::answered(bool accepted, std::optional<std::uint8_t> tries_left) {
  if (!accepted) {
    refused_ = true;
    if (!tries_left && sent_at_ && *sent_at_ > 0) tries_left = *sent_at_ - 1;
    left_after_ = tries_left;
  }
  sent_at_.reset();
}

}  // namespace mwan
