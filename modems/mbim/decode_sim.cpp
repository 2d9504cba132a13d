// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/decode_sim.hpp"

#include <algorithm>

#include "modems/mbim/decode_registration.hpp"

namespace mwan::mbim {
namespace {

// MbimSubscriberReadyState
std::optional<SimState> sim_state(std::uint32_t ready) {
  switch (ready) {
    case 0:
      return SimState::Starting;
    case 1:
      return SimState::Ready;
    case 2:
      return SimState::Absent;
    case 3:  // bad SIM
    case 4:  // failure
      return SimState::Faulty;
    case 5:  // not activated
      return SimState::Illegal;
    case 6:
      return SimState::PinRequired;
    case 7:
      return SimState::NoProfile;
    default:
      return std::nullopt;
  }
}

std::string digits(std::string text) {
  std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
  return text;
}

}  // namespace

Result<Subscriber> decode_subscriber(ByteView buffer, Mbimex version) {
  Fields f(buffer);
  const auto state = sim_state(f.u32());
  if (version == Mbimex::V3) f.skip(4);  // flags
  Subscriber out;
  out.sim.imsi = digits(f.text());
  out.sim.iccid = digits(f.text());
  if (!f.ok() || !state) return malformed("subscriber-ready", buffer);
  out.sim.state = *state;
  out.locked = *state == SimState::PinRequired;
  return out;
}

Result<PinInfo> decode_pin(ByteView buffer) {
  Fields f(buffer);
  PinInfo out;
  out.type = f.u32();
  out.locked = f.u32() != 0;
  const std::uint32_t tries = f.u32();
  if (!f.ok()) return malformed("pin", buffer);
  if (tries <= 0xff) out.tries = static_cast<std::uint8_t>(tries);
  return out;
}

void complete(Sim& sim, const PinInfo& pin) {
  if (!pin.locked) return;
  switch (pin.type) {
    case 2:  // PIN1
      sim.state = SimState::PinRequired;
      sim.pin_tries = pin.tries;
      break;
    case 11:  // PUK1
      sim.state = pin.tries == 0 ? SimState::Blocked : SimState::PukRequired;
      sim.pin_tries = 0;
      sim.puk_tries = pin.tries;
      break;
    case 6:  // network, subset, service provider, corporate, and their PUKs
    case 7:
    case 8:
    case 9:
    case 14:
    case 15:
    case 16:
    case 17:
      sim.state = SimState::NetworkLocked;
      break;
    default:
      break;
  }
}

Result<HomeNetwork> decode_home_provider(ByteView buffer) {
  Fields f(buffer);
  HomeNetwork out;
  out.plmn = plmn_of(f.text());
  f.skip(4);  // state
  out.name = f.text();
  if (!f.ok()) return malformed("home-provider", buffer);
  return out;
}

}  // namespace mwan::mbim
