// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include "tools/mwan-modem/diagnose/rules.hpp"

namespace mwan::tool::rules {
namespace {

std::string tries(const char* what, const std::optional<std::uint8_t>& left) {
  if (!left) return {};
  return fmt::format(" ({} left for the {})", *left == 1 ? "1 try" : fmt::format("{} tries", *left),
                     what);
}

Finding pin_needed(const Sim& sim) {
  const std::string text = "the SIM asks for its PIN" + tries("PIN", sim.pin_tries);
  constexpr unsigned kTriesKept = 3;
  if (sim.pin_tries && *sim.pin_tries < kTriesKept) {
    return failure(text,
                   "enter it in a phone, where a mistake is seen; then switch the PIN off, "
                   "or put the right one into the settings");
  }
  return failure(text,
                 "mwan-modem sim unlock; for good: the PIN in the settings of the link, or "
                 "switched off in a phone");
}

}  // namespace

Finding sim(const Evidence& evidence) {
  if (!evidence.sim) return skipped("not asked");
  if (!*evidence.sim) {
    const Error& why = evidence.sim->error();
    return failure("the SIM's state cannot be read: " + why.message,
                   "look whether the card sits right; then mwan-modem reset");
  }
  const Sim& sim = **evidence.sim;
  switch (sim.state) {
    case SimState::Ready: {
      const bool known = evidence.home && *evidence.home && !(*evidence.home)->plmn.empty();
      if (!known) return fine("ready");
      const HomeNetwork& home = **evidence.home;
      const std::string name =
          home.name.empty() ? home.plmn : fmt::format("{} ({})", home.name, home.plmn);
      return fine(fmt::format("ready, of {}", name));
    }
    case SimState::Starting:
      return failure(
          "the SIM is starting",
          "try again in half a minute; if it stays so, the card or its contacts are bad");
    case SimState::Absent:
      return failure("there is no SIM",
                     "insert one, the right way round and up to the stop; a modem with two slots "
                     "may look into the other one (mwan-modem sim)");
    case SimState::Faulty:
      return failure("the card does not answer as a SIM",
                     "clean its contacts and insert it again; try it in a phone, and another card "
                     "in the modem");
    case SimState::PinRequired:
      return pin_needed(sim);
    case SimState::PukRequired:
      return failure(
          "the PIN was wrong too often, the SIM asks for its PUK" + tries("PUK", sim.puk_tries),
          "unlock it in a phone with the PUK from the operator's letter; ten wrong PUKs "
          "destroy the card");
    case SimState::Blocked:
      return failure("the card is blocked for good", "ask the operator for a new card");
    case SimState::Illegal:
      return failure("the network refuses this card as a subscriber",
                     "ask the operator: it may be cancelled, not yet activated, or replaced");
    case SimState::NetworkLocked:
      return failure("the modem is locked to the network of another operator",
                     "ask whoever sold it for the unlock code, or use a card of that operator");
    case SimState::NoProfile:
      break;
  }
  return failure(
      "the eSIM has no enabled profile",
      "download and enable one with the operator's QR code (lpac, or the vendor's tool)");
}

}  // namespace mwan::tool::rules
