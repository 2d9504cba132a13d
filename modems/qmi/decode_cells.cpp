// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_cells.hpp"

namespace mwan::qmi {
namespace {

constexpr std::uint16_t kNoCell = 0xffff;

std::optional<double> tenths(std::int16_t value, double low, double high) {
  const double scaled = value / 10.0;
  if (scaled < low || scaled > high) return std::nullopt;
  return scaled;
}

// {pci, rsrq, rsrp, rssi, selection level}, powers in tenths.
Cell read_lte_cell(Reader& r, std::uint16_t earfcn) {
  Cell cell{.rat = Rat::Lte, .pci = r.u16(), .arfcn = earfcn};
  cell.rsrq_db = tenths(r.i16(), -45.0, 20.0);
  cell.rsrp_dbm = tenths(r.i16(), -160.0, -20.0);
  r.skip(4);
  return cell;
}

void add_neighbour(CellReport& report, const Cell& cell) {
  if (cell.pci == kNoCell || report.neighbours.size() >= kMaxCells) return;
  report.neighbours.push_back(cell);
}

Status read_same_frequency(ByteView value, CellReport& report) {
  Reader r(value);
  r.skip(1 + 3 + 2 + 4);  // idle, PLMN, TAC, global cell id
  const std::uint16_t earfcn = r.u16();
  const std::uint16_t serving = r.u16();
  r.skip(4);  // reselection thresholds
  const std::uint8_t count = r.u8();
  if (serving != kNoCell) report.serving = Cell{.rat = Rat::Lte, .pci = serving, .arfcn = earfcn};
  for (unsigned i = 0; i < count && r.ok(); ++i) {
    const Cell cell = read_lte_cell(r, earfcn);
    if (!r.ok()) break;
    if (cell.pci == serving) {
      report.serving = cell;
    } else {
      add_neighbour(report, cell);
    }
  }
  if (!r.ok()) return malformed("cell-location-info", 0x13, value);
  return {};
}

Status read_other_frequencies(ByteView value, CellReport& report) {
  Reader r(value);
  r.skip(1);  // idle
  const std::uint8_t frequencies = r.u8();
  for (unsigned f = 0; f < frequencies && r.ok(); ++f) {
    const std::uint16_t earfcn = r.u16();
    r.skip(3);  // reselection thresholds
    const std::uint8_t count = r.u8();
    for (unsigned i = 0; i < count && r.ok(); ++i) {
      const Cell cell = read_lte_cell(r, earfcn);
      if (r.ok()) add_neighbour(report, cell);
    }
  }
  if (!r.ok()) return malformed("cell-location-info", 0x14, value);
  return {};
}

Result<Cell> read_nr_cell(ByteView value, TlvView message) {
  Reader r(value);
  r.skip(3 + 3 + 8);  // PLMN, TAC, global cell id
  Cell cell{.rat = Rat::NrSa, .pci = r.u16()};
  cell.rsrq_db = tenths(r.i16(), -45.0, 20.0);
  cell.rsrp_dbm = tenths(r.i16(), -160.0, -20.0);
  if (!r.ok()) return malformed("cell-location-info", 0x2f, value);
  if (const auto arfcn = message.find(0x2e)) {
    Reader a(*arfcn);
    const std::uint32_t number = a.u32();
    if (!a.ok()) return malformed("cell-location-info", 0x2e, *arfcn);
    cell.arfcn = number;
  }
  return cell;
}

}  // namespace

Result<CellReport> decode_cells(TlvView message) {
  CellReport report;
  if (const auto value = message.find(0x13)) {
    if (const Status done = read_same_frequency(*value, report); !done) return failed(done.error());
  }
  if (const auto value = message.find(0x14)) {
    if (const Status done = read_other_frequencies(*value, report); !done) {
      return failed(done.error());
    }
  }
  if (const auto value = message.find(0x2f); value && !report.serving) {
    const Result<Cell> cell = read_nr_cell(*value, message);
    if (!cell) return failed(cell.error());
    if (cell->pci != kNoCell) report.serving = *cell;
  }
  return report;
}

}  // namespace mwan::qmi
