// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_cells.hpp"

#include <array>
#include <bit>

namespace mwan::qmi {
namespace {

constexpr std::uint16_t kNoCell = 0xffff;

std::optional<double> level_within(double value, double low, double high) {
  // A floating-point number from the modem may be none.
  if (!(value >= low && value <= high)) return std::nullopt;
  return value;
}
std::optional<double> tenths(std::int16_t value, double low, double high) {
  return level_within(value / 10.0, low, high);
}
std::optional<double> rscp(double dbm) { return level_within(dbm, -130.0, -20.0); }
std::optional<double> ecio(double db) { return level_within(db, -50.0, 0.0); }
// 3GPP TS 45.008 section 8.1.4: code n is up to -110 + n dBm.
std::optional<double> rx_level(std::uint16_t code) {
  if (code > 63) return std::nullopt;
  return code - 110.0;
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

// {cell id, PLMN, LAC, ARFCN, BSIC, [timing advance], RX level}
Cell read_gsm_cell(Reader& r, bool serving) {
  r.skip(4 + 3 + 2);
  Cell cell{.rat = Rat::Gsm, .arfcn = r.u16()};
  cell.pci = r.u8();
  if (serving) r.skip(4);
  cell.rsrp_dbm = rx_level(r.u16());
  if (cell.arfcn == kNoCell) cell.arfcn.reset();
  return cell;
}

Status read_gsm(ByteView value, CellReport& report) {
  Reader r(value);
  const Cell serving = read_gsm_cell(r, true);
  const std::uint8_t count = r.u8();
  // Without a channel nothing is known of it: GSM is not in use.
  if (r.ok() && serving.arfcn) report.serving = serving;
  for (unsigned i = 0; i < count && r.ok(); ++i) {
    const Cell cell = read_gsm_cell(r, false);
    if (r.ok() && cell.arfcn) add_neighbour(report, cell);
  }
  if (!r.ok()) return malformed("cell-location-info", 0x10, value);
  return {};
}

// {UARFCN, scrambling code, RSCP in dBm, Ec/Io in dB}
Cell read_umts_cell(Reader& r) {
  Cell cell{.rat = Rat::Umts, .arfcn = r.u16()};
  cell.pci = r.u16();
  cell.rsrp_dbm = rscp(r.i16());
  cell.rsrq_db = ecio(r.i16());
  return cell;
}

Status read_umts(ByteView value, CellReport& report) {
  Reader r(value);
  r.skip(2 + 3 + 2);  // cell id, PLMN, LAC
  const Cell serving = read_umts_cell(r);
  if (r.ok() && serving.pci != kNoCell) report.serving = serving;
  const std::uint8_t same = r.u8();
  for (unsigned i = 0; i < same && r.ok(); ++i) {
    const Cell cell = read_umts_cell(r);
    if (r.ok()) add_neighbour(report, cell);
  }
  const std::uint8_t gsm = r.u8();
  for (unsigned i = 0; i < gsm && r.ok(); ++i) {
    Cell cell{.rat = Rat::Gsm, .arfcn = r.u16()};
    const unsigned network_colour = r.u8();
    const unsigned base_colour = r.u8();
    cell.pci = static_cast<std::uint16_t>((network_colour & 7U) << 3U | (base_colour & 7U));
    cell.rsrp_dbm = level_within(r.i16(), -120.0, -20.0);
    if (r.ok()) add_neighbour(report, cell);
  }
  if (!r.ok()) return malformed("cell-location-info", 0x11, value);
  return {};
}

// GSM beside LTE: {ARFCN, 1900 or not, BSIC known, BSIC, RSSI in tenths, selection level}
Status read_gsm_of_lte(ByteView value, CellReport& report) {
  Reader r(value);
  r.skip(1);  // idle
  const std::uint8_t frequencies = r.u8();
  for (unsigned f = 0; f < frequencies && r.ok(); ++f) {
    r.skip(4);  // reselection thresholds, permitted colours
    const std::uint8_t count = r.u8();
    for (unsigned i = 0; i < count && r.ok(); ++i) {
      Cell cell{.rat = Rat::Gsm, .arfcn = r.u16()};
      r.skip(1);
      const bool identified = r.u8() != 0;
      const std::uint8_t bsic = r.u8();
      cell.rsrp_dbm = tenths(r.i16(), -120.0, -20.0);
      r.skip(2);
      if (identified) cell.pci = bsic;
      if (r.ok() && identified) add_neighbour(report, cell);
    }
  }
  if (!r.ok()) return malformed("cell-location-info", 0x15, value);
  return {};
}

// UMTS beside LTE: {scrambling code, RSCP and Ec/No in tenths, selection level} of each frequency.
Status read_umts_of_lte(ByteView value, CellReport& report) {
  Reader r(value);
  r.skip(1);  // idle
  const std::uint8_t frequencies = r.u8();
  for (unsigned f = 0; f < frequencies && r.ok(); ++f) {
    const std::uint16_t uarfcn = r.u16();
    r.skip(1 + 2 + 2);  // reselection thresholds
    const std::uint8_t count = r.u8();
    for (unsigned i = 0; i < count && r.ok(); ++i) {
      Cell cell{.rat = Rat::Umts, .pci = r.u16(), .arfcn = uarfcn};
      cell.rsrp_dbm = tenths(r.i16(), -130.0, -20.0);
      cell.rsrq_db = tenths(r.i16(), -50.0, 0.0);
      r.skip(2);
      if (r.ok()) add_neighbour(report, cell);
    }
  }
  if (!r.ok()) return malformed("cell-location-info", 0x16, value);
  return {};
}

// LTE beside UMTS: {EARFCN, PCI, RSRP and RSRQ as IEEE 754 numbers, selection level, TDD}
Status read_lte_of_umts(ByteView value, CellReport& report) {
  Reader r(value);
  r.skip(4);  // RRC state
  const std::uint8_t count = r.u8();
  for (unsigned i = 0; i < count && r.ok(); ++i) {
    Cell cell{.rat = Rat::Lte, .arfcn = r.u16()};
    cell.pci = r.u16();
    cell.rsrp_dbm = level_within(std::bit_cast<float>(r.u32()), -160.0, -20.0);
    cell.rsrq_db = level_within(std::bit_cast<float>(r.u32()), -45.0, 20.0);
    r.skip(3);
    if (r.ok()) add_neighbour(report, cell);
  }
  if (!r.ok()) return malformed("cell-location-info", 0x18, value);
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
  struct Element {
    std::uint8_t type;
    Status (*read)(ByteView value, CellReport& report);
  };
  // What is in use comes with its neighbours of every technology; what is not in use is left out by
  // the modem, or has no cell.
  constexpr std::array<Element, 7> kElements = {{{0x13, read_same_frequency},
                                                 {0x14, read_other_frequencies},
                                                 {0x16, read_umts_of_lte},
                                                 {0x15, read_gsm_of_lte},
                                                 {0x11, read_umts},
                                                 {0x18, read_lte_of_umts},
                                                 {0x10, read_gsm}}};
  CellReport report;
  for (const Element& element : kElements) {
    const auto value = message.find(element.type);
    if (!value) continue;
    CellReport part;
    if (const Status done = element.read(*value, part); !done) return failed(done.error());
    if (!report.serving) report.serving = part.serving;
    for (const Cell& cell : part.neighbours) add_neighbour(report, cell);
  }
  if (const auto value = message.find(0x2f); value && !report.serving) {
    const Result<Cell> cell = read_nr_cell(*value, message);
    if (!cell) return failed(cell.error());
    if (cell->pci != kNoCell) report.serving = *cell;
  }
  return report;
}

}  // namespace mwan::qmi
