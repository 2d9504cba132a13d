// SPDX-License-Identifier: LGPL-2.1-or-later
// Base stations information. Lists are a count and the cells one behind the other; a cell holds its
// texts itself, so that cells differ in size.
#include <algorithm>

#include "modems/mbim/decode_signal.hpp"

namespace mwan::mbim {
namespace {

std::optional<double> known(std::int32_t value, double low, double high) {
  const auto number = static_cast<double>(value);
  if (number < low || number > high) return std::nullopt;  // 0xffffffff reads -1
  return number;
}
std::optional<double> coded(std::uint32_t code, double low, double step) {
  if (code > 127) return std::nullopt;
  return low + step * code;
}
std::optional<std::uint32_t> known_id(std::uint32_t value) {
  if (value == kUnknown) return std::nullopt;
  return value;
}

struct OneCell {
  Cell cell;
  bool identified = false;  // it has a physical identity
  std::optional<double> sinr_db;
  std::size_t size = 0;  // of the structure, so that the next can be found
  bool ok = false;
};

OneCell finish(const Fields& f, Cell cell, std::uint32_t pci) {
  OneCell out;
  out.identified = pci <= 0xfffe;
  if (out.identified) cell.pci = static_cast<std::uint16_t>(pci);
  out.cell = cell;
  out.size = f.extent();
  out.ok = f.ok();
  return out;
}

// {provider, cell id, EARFCN, PCI, TAC, RSRP in dBm, RSRQ in dB}; serving cells have a timing
// advance behind it.
OneCell read_lte(ByteView bytes, bool serving) {
  Fields f(bytes);
  f.part();
  f.skip(4);
  Cell cell{.rat = Rat::Lte, .arfcn = known_id(f.u32())};
  const std::uint32_t pci = f.u32();
  f.skip(4);
  cell.rsrp_dbm = known(f.i32(), -160.0, -20.0);
  cell.rsrq_db = known(f.i32(), -45.0, -2.0);
  if (serving) f.skip(4);
  return finish(f, cell, pci);
}
OneCell read_lte_neighbour(ByteView bytes) { return read_lte(bytes, false); }

// {provider, LAC, cell id, frequencies, UARFCN, PSC, RSCP in dBm, Ec/No in dB, path loss}
OneCell read_umts(ByteView bytes, bool serving) {
  Fields f(bytes);
  f.part();
  f.skip_words(serving ? 5 : 2);
  Cell cell{.rat = Rat::Umts, .arfcn = known_id(f.u32())};
  const std::uint32_t psc = f.u32();
  cell.rsrp_dbm = known(f.i32(), -130.0, -20.0);
  cell.rsrq_db = known(f.i32(), -50.0, -0.5);
  f.skip(4);
  return finish(f, cell, psc);
}
OneCell read_umts_neighbour(ByteView bytes) { return read_umts(bytes, false); }

// {provider, LAC, cell id, timing advance, ARFCN, BSIC, RX level}; neighbours lack the timing
// advance. RX level n is up to -110 + n dBm (3GPP TS 45.008 section 8.1.4).
OneCell read_gsm(ByteView bytes, bool serving) {
  Fields f(bytes);
  f.part();
  f.skip_words(serving ? 3 : 2);
  Cell cell{.rat = Rat::Gsm, .arfcn = known_id(f.u32())};
  const std::uint32_t bsic = f.u32();
  const std::uint32_t level = f.u32();
  if (level <= 63) cell.rsrp_dbm = level - 110.0;
  return finish(f, cell, bsic);
}
OneCell read_gsm_neighbour(ByteView bytes) { return read_gsm(bytes, false); }

// Levels as codes of 3GPP TS 38.133 section 10.1: RSRP n - 157 dBm, RSRQ (n - 1) / 2 - 43 dB, SINR
// (n - 1) / 2 - 23 dB.
OneCell read_nr_levels(Fields& f, Cell cell, std::uint32_t pci, bool serving) {
  cell.rsrp_dbm = coded(f.u32(), -157.0, 1.0);
  cell.rsrq_db = coded(f.u32(), -43.5, 0.5);
  const auto sinr = coded(f.u32(), -23.5, 0.5);
  if (serving) f.skip(8);  // timing advance
  OneCell out = finish(f, cell, pci);
  out.sinr_db = sinr;
  return out;
}
OneCell read_nr_serving(ByteView bytes) {
  Fields f(bytes);
  f.part();
  f.skip(8);  // cell identity
  Cell cell{.rat = Rat::NrSa};
  const std::uint32_t pci = f.u32();
  cell.arfcn = known_id(f.u32());
  f.skip(4);
  return read_nr_levels(f, cell, pci, true);
}
OneCell read_nr_neighbour(ByteView bytes) {
  Fields f(bytes);
  f.skip(4);  // system subtype
  f.part();
  f.part();
  const std::uint32_t pci = f.u32();
  f.skip(4);
  return read_nr_levels(f, Cell{.rat = Rat::NrSa}, pci, false);
}

// False for a list that is cut off.
bool read_list(ByteView list, OneCell (*read)(ByteView), std::vector<OneCell>& out) {
  if (list.empty()) return true;
  Fields head(list);
  const std::uint32_t count = head.u32();
  if (!head.ok()) return false;
  ByteView rest = list.subspan(4);
  for (std::uint32_t i = 0; i < count && i < kMaxCells; ++i) {
    const OneCell one = read(rest);
    if (!one.ok) return false;
    out.push_back(one);
    rest = rest.subspan(std::min(one.size, rest.size()));
  }
  return true;
}

SignalSample sample_of(const OneCell& one) {
  if (one.cell.rat == Rat::Gsm) return {.rat = Rat::Gsm, .rssi_dbm = one.cell.rsrp_dbm};
  return {.rat = one.cell.rat,
          .rsrp_dbm = one.cell.rsrp_dbm,
          .rsrq_db = one.cell.rsrq_db,
          .sinr_db = one.sinr_db};
}

}  // namespace

Result<BaseStations> decode_base_stations(ByteView buffer, Mbimex version) {
  Fields f(buffer);
  f.skip_words(version == Mbimex::V3 ? 2 : 1);  // system type and subtype
  const ByteView gsm = f.part();
  const ByteView umts = f.part();
  f.part();  // TD-SCDMA
  const ByteView lte = f.part();
  const ByteView gsm_list = f.part();
  const ByteView umts_list = f.part();
  f.part();  // TD-SCDMA
  const ByteView lte_list = f.part();
  f.part();  // CDMA
  ByteView nr;
  ByteView nr_list;
  if (version == Mbimex::V3) {
    nr = f.part();
    nr_list = f.part();
  }
  if (!f.ok()) return malformed("base-stations", buffer);

  std::vector<OneCell> serving;
  if (!lte.empty()) serving.push_back(read_lte(lte, true));
  if (!umts.empty()) serving.push_back(read_umts(umts, true));
  if (!gsm.empty()) serving.push_back(read_gsm(gsm, true));
  std::vector<OneCell> neighbours;
  const bool whole = read_list(nr, read_nr_serving, serving) &&
                     read_list(lte_list, read_lte_neighbour, neighbours) &&
                     read_list(umts_list, read_umts_neighbour, neighbours) &&
                     read_list(gsm_list, read_gsm_neighbour, neighbours) &&
                     read_list(nr_list, read_nr_neighbour, neighbours);
  const bool sound = std::ranges::all_of(serving, &OneCell::ok);
  if (!whole || !sound) return malformed("base-stations", buffer);

  BaseStations out;
  const Rat nr_kind = lte.empty() ? Rat::NrSa : Rat::NrNsa;
  for (OneCell& one : serving) {
    if (one.cell.rat == Rat::NrSa) one.cell.rat = nr_kind;
    if (one.identified && !out.cells.serving) out.cells.serving = one.cell;
    if (one.cell.arfcn && out.bands.size() < kMaxCells) {
      out.bands.push_back({.rat = one.cell.rat,
                           .band = band_of(one.cell.rat, *one.cell.arfcn),
                           .channel = one.cell.arfcn,
                           .bandwidth_mhz = std::nullopt});
    }
    const SignalSample sample = sample_of(one);
    const bool first =
        std::ranges::find(out.serving, sample.rat, &SignalSample::rat) == out.serving.end();
    if (first && !sample.empty()) out.serving.push_back(sample);
  }
  for (OneCell& one : neighbours) {
    if (one.cell.rat == Rat::NrSa) one.cell.rat = nr_kind;
    if (one.identified && out.cells.neighbours.size() < kMaxCells) {
      out.cells.neighbours.push_back(one.cell);
    }
  }
  return out;
}

}  // namespace mwan::mbim
