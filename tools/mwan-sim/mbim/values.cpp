// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/values.hpp"

#include <algorithm>
#include <cmath>

namespace mwan::sim::mbim {
namespace {

constexpr std::uint32_t kGprs = 1U << 0;
constexpr std::uint32_t kEdge = 1U << 1;
constexpr std::uint32_t kUmts = 1U << 2;
constexpr std::uint32_t kHsdpa = 1U << 3;
constexpr std::uint32_t kHsupa = 1U << 4;
constexpr std::uint32_t kLte = 1U << 5;
constexpr std::uint32_t k5gNsa = 1U << 6;  // MBIMEx 3.0: any 5G
constexpr std::uint32_t k5gSa = 1U << 7;
constexpr std::uint32_t kCustom = 1U << 31;

std::uint32_t code(double value, double most) {
  return static_cast<std::uint32_t>(std::clamp(std::floor(value), 0.0, most));
}

}  // namespace

std::uint32_t data_class(Rat rat, Version version) {
  switch (rat) {
    case Rat::Gsm:
      return kEdge;
    case Rat::Umts:
      return kHsdpa | kHsupa;
    case Rat::Lte:
      return kLte;
    case Rat::NrNsa:
      return version >= kVersion2 ? k5gNsa : kLte;
    case Rat::NrSa:
      if (version >= kVersion3) return k5gNsa;
      return version >= kVersion2 ? k5gSa : kCustom;
    case Rat::Unknown:
      break;
  }
  return 0;
}

std::uint32_t data_classes_of(Rat rat, Version version) {
  const std::uint32_t current = data_class(rat, version);
  switch (rat) {
    case Rat::Gsm:
      return kGprs | current;
    case Rat::Umts:
      return kUmts | current;
    case Rat::NrNsa:
      return kLte | current;
    default:
      return current;
  }
}

std::uint32_t all_data_classes(Version version) {
  std::uint32_t all = 0;
  for (const Rat rat : {Rat::Gsm, Rat::Umts, Rat::Lte, Rat::NrNsa, Rat::NrSa}) {
    all |= data_classes_of(rat, version);
  }
  return all;
}

std::uint32_t data_subclass(Rat rat) {
  constexpr std::uint32_t kEndc = 1U << 0;
  constexpr std::uint32_t kNr = 1U << 1;
  if (rat == Rat::NrNsa) return kEndc;
  return rat == Rat::NrSa ? kNr : 0;
}

std::uint32_t frequency_range(Rat rat) { return data_subclass(rat) != 0 ? 1 : 0; }

std::uint32_t coded_rssi(std::optional<double> dbm) {
  return dbm ? code((*dbm + 113) / 2, 31) : kUnknownRssi;
}

std::uint32_t coded_rsrp(std::optional<double> dbm) {
  return dbm ? code(*dbm + 157, 126) : kUnknown;
}

std::uint32_t coded_snr(std::optional<double> db) {
  return db ? code((*db + 23) * 2 + 1, 127) : kUnknown;
}

std::optional<SignalSample> anchor_signal(const Modem& modem) {
  if (!modem.measuring()) return std::nullopt;
  return modem.radio().signal(modem.radio().anchor());
}

std::uint32_t register_state(RegistrationState state) {
  switch (state) {
    case RegistrationState::NotRegistered:
      return 1;
    case RegistrationState::Searching:
      return 2;
    case RegistrationState::Home:
      return 3;
    case RegistrationState::Roaming:
      return 4;
    case RegistrationState::Denied:
      return 6;
    case RegistrationState::Unknown:
      break;
  }
  return 0;
}

std::string provider_id(const Plmn& plmn) { return plmn.mcc + plmn.mnc; }

std::optional<Status> sim_obstacle(const Subscriber& sim) {
  if (!sim.present()) return Status::SimNotInserted;
  if (!sim.initialised()) return Status::NotInitialized;
  if (sim.pin_state() == Subscriber::PinState::PermanentlyBlocked) return Status::BadSim;
  if (!sim.ready()) return Status::PinRequired;
  return std::nullopt;
}

}  // namespace mwan::sim::mbim
