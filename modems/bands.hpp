// SPDX-License-Identifier: LGPL-2.1-or-later
// The frequency bands of mobile networks, as 3GPP numbers them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/signal.hpp"

namespace mwan {

// A carrier that a modem uses at the moment.
struct ActiveBand {
  Rat rat = Rat::Unknown;
  // LTE 3, 5G 78 (n78), UMTS 1; of GSM its name in MHz: 900. Absent where the modem does not say
  // and the channel does not tell.
  std::optional<std::uint16_t> band;
  std::optional<std::uint32_t> channel;  // of the downlink: ARFCN, UARFCN, EARFCN or NR-ARFCN
  std::optional<double> bandwidth_mhz;   // of the downlink

  bool operator==(const ActiveBand&) const = default;
};

// The band that a downlink channel lies in. Ranges: 3GPP TS 45.005 section 2 (GSM), TS 25.101 table
// 5.1 (UMTS), TS 36.101 table 5.7.3-1 (LTE). Nothing for channels that lie in several bands: those
// of 5G, and those that GSM 1800 and 1900 share.
std::optional<std::uint16_t> band_of(Rat rat, std::uint32_t channel);

// "band 3 (1800 MHz)", "n78", "band 1 (2100 MHz)", "GSM 900".
std::string band_name(Rat rat, std::uint16_t band);

}  // namespace mwan
