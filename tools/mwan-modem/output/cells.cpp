// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "tools/mwan-modem/output/sections.hpp"
#include "tools/mwan-modem/output/words.hpp"

namespace mwan::tool {
namespace {

std::optional<double> lead(const Cell& cell, const CellReport& cells) {
  if (!cells.serving || !cells.serving->rsrp_dbm || !cell.rsrp_dbm) return std::nullopt;
  if (cells.serving->rat != cell.rat) return std::nullopt;
  return *cell.rsrp_dbm - *cells.serving->rsrp_dbm;
}

std::string number(const std::optional<double>& value, std::string_view unit) {
  return value ? fmt::format("{:.1f} {}", *value, unit) : "-";
}

std::string row(const std::string& name, const Cell& cell, const std::string& last) {
  return fmt::format("{:<10} {:<14} {:>4}  {:>8}  {:>11}  {:>9}  {}", name, words(cell.rat),
                     cell.pci, cell.arfcn ? std::to_string(*cell.arfcn) : "-",
                     number(cell.rsrp_dbm, "dBm"), number(cell.rsrq_db, "dB"), last);
}

std::vector<Cell> by_strength(const CellReport& cells) {
  std::vector<Cell> out = cells.neighbours;
  std::ranges::stable_sort(out, std::greater<>(), [](const Cell& cell) {
    return cell.rsrp_dbm.value_or(std::numeric_limits<double>::lowest());
  });
  return out;
}

Json to_json(const Cell& cell) {
  Json out{{"rat", token(cell.rat)}, {"pci", cell.pci}};
  if (cell.arfcn) {
    out["arfcn"] = *cell.arfcn;
    const std::string band = band_of_channel(cell.rat, *cell.arfcn);
    if (!band.empty()) out["band"] = band;
  }
  if (cell.rsrp_dbm) out["rsrp_dbm"] = *cell.rsrp_dbm;
  if (cell.rsrq_db) out["rsrq_db"] = *cell.rsrq_db;
  return out;
}

}  // namespace

std::string to_text(const CellReport& cells, const std::vector<ActiveBand>& bands) {
  if (!cells.serving && cells.neighbours.empty()) return "the modem sees no cell\n";
  std::string out = fmt::format("{:<10} {:<14} {:>4}  {:>8}  {:>11}  {:>9}  {}\n", "cell", "kind",
                                "PCI", "channel", "RSRP", "RSRQ", "over serving");
  if (cells.serving) {
    const Cell& cell = *cells.serving;
    out += row("serving", cell, cell.arfcn ? band_of_channel(cell.rat, *cell.arfcn) : "") + '\n';
  }
  for (const Cell& cell : by_strength(cells)) {
    const auto over = lead(cell, cells);
    out += row("neighbour", cell, over ? fmt::format("{:+.1f} dB", *over) : "") + '\n';
  }
  if (cells.neighbours.empty())
    out += "no neighbours are known: nowhere to go when this cell fades\n";
  for (const ActiveBand& carrier : bands) out += "in use: " + sentence(carrier) + '\n';
  return out;
}

Json to_json(const CellReport& cells, const std::vector<ActiveBand>& bands) {
  Json out = Json::object();
  out["serving"] = cells.serving ? to_json(*cells.serving) : Json(nullptr);
  out["neighbours"] = Json::array();
  for (const Cell& cell : by_strength(cells)) {
    Json one = to_json(cell);
    if (const auto over = lead(cell, cells)) one["lead_db"] = *over;
    out["neighbours"].push_back(std::move(one));
  }
  out["bands"] = to_json(bands);
  return out;
}

}  // namespace mwan::tool
