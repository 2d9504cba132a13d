// SPDX-License-Identifier: LGPL-2.1-or-later
// What MBIM has on the radio: signal state (MBIM 1.0 section 10.5.11, MBIMEx 2.0), AT&T's signal,
// and base stations information (Microsoft's basic connect extensions).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/signal.hpp"
#include "modems/bands.hpp"
#include "modems/mbim/messages.hpp"

namespace mwan::mbim {

// The most cells of one kind that are looked at.
inline constexpr std::size_t kMaxCells = 64;

// One sample for each technology, the serving one first. serving is what RSSI alone is of.
Result<std::vector<SignalSample>> decode_signal_state(ByteView buffer, Mbimex version, Rat serving);

// The serving technology's levels; rat is not said.
Result<SignalSample> decode_atds_signal(ByteView buffer);

struct BaseStations {
  CellReport cells;
  std::vector<SignalSample> serving;  // levels of the serving cells, one for each technology
  std::vector<ActiveBand> bands;      // of the serving cells whose channel is told

  bool operator==(const BaseStations&) const = default;
};
Result<BaseStations> decode_base_stations(ByteView buffer, Mbimex version);

// Puts values that a sample lacks in from what another message said of the same technology.
void complete(SignalSample& sample, const SignalSample& other);

}  // namespace mwan::mbim
