// SPDX-License-Identifier: LGPL-2.1-or-later
// Another SIM, or the same one unlocked or read again? Told by the ICCID (ITU-T E.118), the number
// of the card; and whether the configured PIN may be sent to the card that is there. Both pure.
//
// NOTE Logging: explanations hold no ICCID and no PIN.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/error.hpp"
#include "hal/secret.hpp"
#include "modems/sim.hpp"

namespace mwan {

enum class SimChange {
  None,
  Removed,
  Inserted,  // a card, the first one or not yet known which: wait for its ICCID
  Unlocked,  // the same card, its PIN was accepted
  Again,     // the same card, after it was away or was read anew
  Swapped,   // another card: its subscription, APN and PIN are others
};

// Cards locked by a PIN often hide their ICCID until they are unlocked: one that becomes known then
// is no swap.
class SimWatch {
 public:
  // Every Sim that the modem reports, in order.
  SimChange saw(const Sim& sim);
  // Of the last card that was identified; empty: none was.
  [[nodiscard]] const std::string& iccid() const { return iccid_; }

 private:
  std::string iccid_;
  std::optional<SimState> last_;
  bool away_ = false;  // since the card of iccid_ was last seen, there was none
};
// For people: "another SIM was inserted".
std::string explain(SimChange change);

// The PIN of the settings, and when it must not be sent: three wrong ones block a card, and a wrong
// PIN in the settings does not get better by repeating. Fewer than three tries are left to the
// person who knows the PIN.
class PinPolicy {
 public:
  // An error (Permanent) says why not and what to do. Call sending() when it is really sent.
  [[nodiscard]] Status may_send(const Sim& sim, const Secret& pin, const std::string& where);
  void sending(const Sim& sim);
  // Without a call after sending() the answer is taken for lost: the next count of tries tells
  // whether the PIN was judged.
  void answered(bool accepted, std::optional<std::uint8_t> tries_left);

 private:
  void compare(const Sim& sim);

  std::string iccid_;                       // of the card it was last sent to; empty: not known
  bool refused_ = false;                    // by that card
  std::optional<std::uint8_t> sent_at_;     // tries that were left when it was sent, unanswered
  std::optional<std::uint8_t> left_after_;  // after the refusal
};

}  // namespace mwan
