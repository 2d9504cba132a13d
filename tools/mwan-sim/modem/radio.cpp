// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/modem/radio.hpp"

#include <algorithm>
#include <cmath>

namespace mwan::sim {
namespace {

double chance(std::optional<double> value, double onset, double certain) {
  if (!value) return 0;
  const double depth = std::clamp((onset - *value) / (onset - certain), 0.0, 1.0);
  return depth * depth;
}

}  // namespace

std::vector<Tech> Radio::active() const {
  switch (serving) {
    case Rat::Gsm:
      return {Tech::Gsm};
    case Rat::Umts:
      return {Tech::Umts};
    case Rat::Lte:
      return {Tech::Lte};
    case Rat::NrNsa:
      return {Tech::Lte, Tech::Nr};
    case Rat::NrSa:
      return {Tech::Nr};
    case Rat::Unknown:
      break;
  }
  return {};
}

Tech Radio::anchor() const {
  const auto techs = active();
  return techs.empty() ? Tech::Lte : techs.front();
}

std::vector<NeighbourCell> Radio::neighbours_of(Tech tech) const {
  std::vector<NeighbourCell> out;
  for (const NeighbourCell& cell : neighbours) {
    if (cell.tech.value_or(anchor()) == tech) out.push_back(cell);
  }
  return out;
}

std::optional<std::uint8_t> rx_level(std::optional<double> dbm) {
  if (!dbm) return std::nullopt;
  return static_cast<std::uint8_t>(std::clamp(std::lround(*dbm + 110), 0L, 63L));
}

std::optional<double> rssi_of(const SignalSample& sample) {
  if (sample.rssi_dbm || !sample.rsrp_dbm || !sample.rsrq_db) return sample.rssi_dbm;
  constexpr double kResourceBlocks = 100;
  return *sample.rsrp_dbm - *sample.rsrq_db + 10 * std::log10(kResourceBlocks);
}

double loss_probability(const SignalSample& sample) {
  const double kept = (1 - chance(sample.sinr_db, -3, -11)) *
                      (1 - chance(sample.rsrq_db, -17, -21)) *
                      (1 - chance(sample.rsrp_dbm, -121, -131));
  return 1 - kept;
}

}  // namespace mwan::sim
