// SPDX-License-Identifier: LGPL-2.1-or-later
// The radio around the simulated modem: what each technology measures, which cells there are, and
// how likely a packet is to be lost in it. Plain values and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "hal/signal.hpp"

namespace mwan::sim {

// A technology with measurements of its own; which of them are in use follows from the serving Rat.
enum class Tech { Gsm, Umts, Lte, Nr };
constexpr std::array<Tech, 4> kAllTechs = {Tech::Gsm, Tech::Umts, Tech::Lte, Tech::Nr};

struct ServingCell {
  std::uint16_t pci = 101;
  std::uint32_t arfcn = 1300;  // E-UTRA band 3, 1815 MHz
  std::uint32_t tac = 0x1234;
  std::uint32_t cell_id = 0x01A2B301;
  bool operator==(const ServingCell&) const = default;
};

struct NeighbourCell {
  std::uint16_t pci = 0;
  std::uint32_t arfcn = 1300;
  std::optional<double> rsrp_dbm;
  std::optional<double> rsrq_db;
  std::optional<Tech> tech;  // absent: that of the serving cell
  bool operator==(const NeighbourCell&) const = default;
};

struct Radio {
  Rat serving = Rat::Lte;
  std::array<SignalSample, kAllTechs.size()> signals;
  ServingCell cell;
  std::vector<NeighbourCell> neighbours;

  [[nodiscard]] SignalSample& signal(Tech tech) { return signals.at(static_cast<unsigned>(tech)); }
  [[nodiscard]] const SignalSample& signal(Tech tech) const {
    return signals.at(static_cast<unsigned>(tech));
  }
  // The technologies the serving Rat uses: LTE and NR together for NrNsa.
  [[nodiscard]] std::vector<Tech> active() const;
  // The neighbours of that technology.
  [[nodiscard]] std::vector<NeighbourCell> neighbours_of(Tech tech) const;
  // The one that carries the packets: the LTE anchor for NrNsa, whose loss ends the NR leg too.
  [[nodiscard]] Tech anchor() const;
  bool operator==(const Radio&) const = default;
};

// 0 to 63 for -110 to -47 dBm (3GPP TS 45.008 section 8.1.4); nothing for an unknown level.
std::optional<std::uint8_t> rx_level(std::optional<double> dbm);

// LTE RSSI over 100 resource blocks from its definition RSRQ = N x RSRP / RSSI (3GPP TS 36.214
// section 5.1.3), where no RSSI is given.
std::optional<double> rssi_of(const SignalSample& sample);

// The chance of losing one packet in one direction, 0 to 1. Each known value adds its own chance,
// which grows with the square of how far it is below its onset, up to certain loss:
//   SINR from -3 to -11 dB, RSRQ from -17 to -21 dB, RSRP from -121 to -131 dBm.
// They are combined as independent causes: 1 - (1-a)(1-b)(1-c). Unknown values add nothing.
double loss_probability(const SignalSample& sample);

}  // namespace mwan::sim
