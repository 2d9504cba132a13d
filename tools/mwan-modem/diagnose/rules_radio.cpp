// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <fmt/format.h>

#include "modems/causes.hpp"
#include "tools/mwan-modem/diagnose/rules.hpp"
#include "tools/mwan-modem/output/judgement.hpp"
#include "tools/mwan-modem/output/words.hpp"

namespace mwan::tool::rules {
namespace {

// The serving one of those in use; nothing when none is.
std::optional<SignalSample> serving(const Evidence& evidence) {
  if (!evidence.signal || !*evidence.signal) return std::nullopt;
  for (const SignalSample& sample : **evidence.signal) {
    if (!sample.empty()) return sample;
  }
  return std::nullopt;
}

bool hears_nothing(const Evidence& evidence) {
  const auto sample = serving(evidence);
  if (!sample) return true;
  const auto judgement = judge(*sample);
  return judgement && judgement->grade == Grade::Unusable;
}

bool is_registered(const Evidence& evidence) {
  return evidence.registration && *evidence.registration && (*evidence.registration)->registered();
}

std::string values(const SignalSample& sample) {
  std::string out(words(sample.rat));
  for (const Reading& reading : readings(sample)) {
    out += fmt::format(" {} {:.0f} {},", name_of(reading.metric, sample.rat), reading.value,
                       unit_of(reading.metric));
  }
  if (out.ends_with(',')) out.pop_back();
  return out;
}

Finding denied(const Registration& registration) {
  if (!registration.reject_cause) {
    return failure("the network refuses the registration and does not say why",
                   "ask the operator whether the SIM is active and may be used here");
  }
  const Cause* cause = find_emm_cause(*registration.reject_cause);
  const std::string text =
      fmt::format("the network refuses the registration: cause {}{}", *registration.reject_cause,
                  cause != nullptr ? fmt::format(" ({})", cause->meaning) : "");
  std::string advice = cause != nullptr ? cause->advice : "";
  if (cause == nullptr || cause->failure == FailureClass::Permanent) {
    advice += std::string(advice.empty() ? "" : "; ") + "ask the operator and name this cause";
  } else {
    advice += std::string(advice.empty() ? "" : "; ") +
              "the network may think better of it: try again in a quarter of an hour";
  }
  return failure(text, advice);
}

}  // namespace

Finding radio(const Evidence& evidence) {
  if (!evidence.radio) return skipped("not asked");
  if (!*evidence.radio) {
    return warning("it is not known whether it is on: " + evidence.radio->error().message, "");
  }
  switch (**evidence.radio) {
    case RadioPower::On:
      return fine("on");
    case RadioPower::Off:
      return failure("switched off by software (flight mode)",
                     "mwan-modem reset --radio switches it on, and so does connecting");
    case RadioPower::HardwareOff:
      return failure("switched off by hardware: a switch, a key, or the W_DISABLE# pin of the slot",
                     "look for the switch and at rfkill; in an adapter or a foreign slot, pin 20 "
                     "(mini PCIe) or pin 8 (M.2) has to be left open");
    case RadioPower::VendorLocked:
      break;
  }
  return failure("locked by the vendor of the computer it was sold with (FCC lock)",
                 "it has to be unlocked after every start: set the unlock for this modem in the "
                 "settings, or use one that was sold without a computer");
}

Finding signal(const Evidence& evidence) {
  if (!evidence.signal) return skipped("not asked");
  if (!*evidence.signal) {
    return warning("cannot be read: " + evidence.signal->error().message, "");
  }
  const auto sample = serving(evidence);
  if (!sample) {
    if (is_registered(evidence)) return warning("registered, but the modem tells no values", "");
    return warning("no values: the modem is on no cell",
                   "check the antenna: the cable, the right socket (MAIN, not GNSS), both of them; "
                   "then the place, nearer to a window");
  }
  const auto judgement = judge(*sample);
  if (!judgement) return fine(values(*sample));
  const std::string text = fmt::format("{}: {}", values(*sample), words(judgement->grade));
  if (judgement->grade <= Grade::Poor) return warning(text, judgement->sentence);
  return fine(text);
}

Finding registration(const Evidence& evidence) {
  if (!evidence.registration) return skipped("not asked");
  if (!*evidence.registration) {
    return failure("cannot be read: " + evidence.registration->error().message,
                   "mwan-modem reset; try again in a minute");
  }
  const Registration& now = **evidence.registration;
  switch (now.state) {
    case RegistrationState::Home:
    case RegistrationState::Roaming:
      return fine(sentence(now));
    case RegistrationState::Denied:
      return denied(now);
    case RegistrationState::Searching:
      if (hears_nothing(evidence)) {
        return failure("searching, and no network is heard",
                       "there is no coverage, or no antenna: check both sockets and cables, and "
                       "try outdoors");
      }
      return failure("searching, although there is signal",
                     "the networks that are heard may not be this SIM's: wait two minutes, then "
                     "check the bands and technologies that the modem is allowed to use");
    case RegistrationState::NotRegistered:
      return failure("not registered, and not searching",
                     "the modem may be set to choose the network by hand, or have given up: "
                     "mwan-modem reset --radio lets it begin anew");
    case RegistrationState::Unknown:
      break;
  }
  return failure("the modem does not know yet", "it has just started: try again in half a minute");
}

Finding roaming(const Evidence& evidence) {
  if (!is_registered(evidence)) return skipped("not registered");
  const Registration& now = **evidence.registration;
  if (now.state != RegistrationState::Roaming) return fine("at home");
  const std::string name = now.operator_name.empty() ? now.plmn : now.operator_name;
  if (evidence.connect.roaming_allowed) {
    return warning(fmt::format("roaming in {}", name), "data may cost more here");
  }
  return failure(
      fmt::format("roaming in {}, which the settings do not allow", name),
      "near a border: wait for the home network, or turn the antenna away from the neighbour's; to "
      "allow it: --roaming here, ROAMING=yes in the settings");
}

Finding packet_service(const Evidence& evidence) {
  if (!evidence.packet_service) return skipped("not asked");
  if (!*evidence.packet_service) {
    return warning("the modem does not say: " + evidence.packet_service->error().message, "");
  }
  switch ((*evidence.packet_service)->state) {
    case PacketServiceState::Attached:
      return fine("attached");
    case PacketServiceState::Detached:
      return failure("registered, but the network gives no data service (detached)",
                     "the subscription may have no data, its volume may be used up, or the cell is "
                     "overloaded: ask the operator; mwan-modem reset --radio tries once more");
    case PacketServiceState::Unknown:
      break;
  }
  return warning("not known", "");
}

}  // namespace mwan::tool::rules
