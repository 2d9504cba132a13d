// SPDX-License-Identifier: LGPL-2.1-or-later
// What was read from a modem, as sections of a sheet. Pure.
#pragma once

#include <vector>

#include "modems/adapter.hpp"
#include "tools/mwan-modem/output/sheet.hpp"

namespace mwan::tool {

Section section_of(const Result<ModemIdentity>& identity);

enum class Show { Full, Masked };
Section section_of_sim(const Result<Sim>& sim, const Result<HomeNetwork>& home, Show show);
Section section_of_slots(const Result<std::vector<SimSlot>>& slots, Show show);

struct NetworkReadings {
  Result<RadioPower> radio;
  Result<Registration> registration;
  Result<PacketService> packet_service;
  Result<CellReport> cells;
  Result<std::vector<ActiveBand>> bands;
};
Section section_of(const NetworkReadings& network);

// One RAT, with a judgement of every value; empty samples have none.
Section section_of(const SignalSample& sample);
// {"rat":"lte","rsrp_dbm":-85,"rsrp_grade":"excellent",...,"judgement":"..."}
Json to_json(const SignalSample& sample);

struct BearerReadings {
  IpFamily family = IpFamily::V4;
  Result<bool> connected;
  std::optional<Result<IpConfig>> addressing;  // only where it is connected
};
Section section_of(const std::vector<BearerReadings>& bearers);
// Addresses, gateway, DNS servers and MTU of one family, in one line; "" when it has none.
std::string text(const IpConfig& config, IpFamily family);
Json to_json(const IpConfig& config);

// {"rat":"lte","band":3,"name":"band 3 (1800 MHz)","channel":1300,"bandwidth_mhz":20}
Json to_json(const std::vector<ActiveBand>& bands);
// "band", for people all of them; nothing where there are none.
void add_bands(Section& section, const std::vector<ActiveBand>& bands);
// Those of one technology.
std::vector<ActiveBand> of_rat(const std::vector<ActiveBand>& bands, Rat rat);

// Serving cell first, then neighbours by strength, with their lead over it; then the carriers.
std::string to_text(const CellReport& cells, const std::vector<ActiveBand>& bands);
Json to_json(const CellReport& cells, const std::vector<ActiveBand>& bands);

}  // namespace mwan::tool
