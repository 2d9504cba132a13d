// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/wmn_lab/facts.hpp"

namespace mwan::replay {
namespace {

SignalSample sample(Rat rat, const std::optional<RecordedCell>& cell) {
  SignalSample out{.rat = rat, .rssi_dbm = {}, .rsrp_dbm = {}, .rsrq_db = {}, .sinr_db = {}};
  if (!cell) return out;
  out.rsrp_dbm = cell->rsrp_dbm;
  out.rsrq_db = cell->rsrq_db;
  return out;
}

Cell as_cell(Rat rat, std::uint16_t pci, const RecordedCell& cell) {
  return {.rat = rat, .pci = pci, .arfcn = {}, .rsrp_dbm = cell.rsrp_dbm, .rsrq_db = cell.rsrq_db};
}

// Neighbours have no identity either, and need none.
constexpr std::uint16_t some_neighbour = 1000;

CellReport report(Rat rat, std::uint16_t pci, const RecordedCell& serving,
                  const std::vector<RecordedCell>& neighbours) {
  CellReport out{.serving = as_cell(rat, pci, serving), .neighbours = {}};
  for (const RecordedCell& neighbour : neighbours) {
    out.neighbours.push_back(as_cell(rat, some_neighbour, neighbour));
  }
  return out;
}

}  // namespace

std::vector<Fact> RecordedRadio::facts(const RecordedSecond& second) {
  std::vector<Fact> out;
  lte_cell_ = static_cast<std::uint16_t>(lte_cell_ + second.lte_handovers);
  nr_cell_ = static_cast<std::uint16_t>(nr_cell_ + second.nr_cell_changes);
  if (blinds_.radio || !second.measured) return out;
  if (second.lte) {
    out.emplace_back(sample(Rat::Lte, second.lte));
    out.emplace_back(
        report(Rat::Lte, lte_cell_, *second.lte,
               blinds_.neighbours ? std::vector<RecordedCell>{} : second.lte_neighbours));
  }
  if (blinds_.nr) return out;
  out.emplace_back(sample(Rat::NrNsa, second.nr));
  if (second.nr) {
    out.emplace_back(
        report(Rat::NrNsa, nr_cell_, *second.nr,
               blinds_.neighbours ? std::vector<RecordedCell>{} : second.nr_neighbours));
  }
  return out;
}

}  // namespace mwan::replay
