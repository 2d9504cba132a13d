// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/readings.hpp"

#include <chrono>
#include <utility>

#include "tools/mwan-modem/output/masking.hpp"

namespace mwan::tool {

using namespace std::chrono_literals;

Task<Result<Sim>> read_settled_sim(ModemAdapter& modem, Loop& loop, Cancel cancel) {
  constexpr Duration kPace = 250ms;
  constexpr Duration kPatience = 8s;
  const Instant end = Loop::now() + kPatience;
  while (true) {
    Task<Result<Sim>> reading = modem.read_sim(cancel);
    Result<Sim> sim = co_await reading;
    if (!sim || sim->state != SimState::Starting || Loop::now() >= end) co_return sim;
    const Woken woken = co_await pause(loop, cancel, kPace);
    if (woken == Woken::Cancelled) co_return sim;
  }
}

Task<BearerReadings> read_bearer(ModemAdapter& modem, IpFamily family, Cancel cancel) {
  BearerReadings out;
  out.family = family;
  out.connected = co_await modem.read_connected(family, cancel);
  if (out.connected && *out.connected) {
    out.addressing = co_await modem.read_addressing(family, cancel);
  }
  co_return out;
}

Task<Readings> read_all(ModemAdapter& modem, Loop& loop, Cancel cancel) {
  Readings out;
  out.identity = co_await modem.read_identity(cancel);
  out.network.radio = co_await modem.read_radio(cancel);
  Task<Result<Sim>> sim = read_settled_sim(modem, loop, cancel);
  out.sim = co_await sim;
  out.home = co_await modem.read_home_network(cancel);
  out.slots = co_await modem.read_slots(cancel);
  out.network.registration = co_await modem.read_registration(cancel);
  out.network.packet_service = co_await modem.read_packet_service(cancel);
  out.network.cells = co_await modem.read_cells(cancel);
  out.network.bands = co_await modem.read_bands(cancel);
  out.signal = co_await modem.read_signal(cancel);
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    Task<BearerReadings> bearer = read_bearer(modem, family, cancel);
    BearerReadings one = co_await bearer;
    out.bearers.push_back(std::move(one));
  }
  co_return out;
}

Sheet sheet_of(const Readings& readings, Show show) {
  Sheet out;
  out.push_back(section_of(readings.identity));
  if (show == Show::Masked) {
    for (Row& row : out.back().rows) {
      if (row.key != "imei" || !row.value.is_string()) continue;
      row.text = masked(IdentityKind::Imei, row.text);
      row.value = row.text;
    }
  }
  out.push_back(section_of_sim(readings.sim, readings.home, show));
  out.push_back(section_of(readings.network));
  Section signal{"signal", "Signal", {}};
  if (readings.signal) {
    for (const SignalSample& sample : *readings.signal) {
      if (!sample.empty()) out.push_back(section_of(sample));
    }
  } else {
    signal.add_unknown("signal", "signal", readings.signal.error());
    out.push_back(signal);
  }
  out.push_back(section_of(readings.bearers));
  return out;
}

}  // namespace mwan::tool
