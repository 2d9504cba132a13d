// SPDX-License-Identifier: LGPL-2.1-or-later
// Measurements and cells in NAS's numbers.
#include <algorithm>
#include <bit>
#include <cmath>

#include "tools/mwan-sim/qmi/nas_values.hpp"

namespace mwan::sim::qmi {
namespace {

constexpr std::int16_t kNrInactive = -32768;

std::int16_t whole(std::optional<double> value, std::int16_t unknown) {
  return value ? static_cast<std::int16_t>(std::lround(*value)) : unknown;
}
std::int8_t byte(std::optional<double> value, std::int8_t unknown) {
  return value ? static_cast<std::int8_t>(std::clamp(std::lround(*value), -128L, 127L)) : unknown;
}
std::int16_t tenths(std::optional<double> value, std::int16_t unknown) {
  return value ? static_cast<std::int16_t>(std::lround(*value * 10)) : unknown;
}

void write_nr(TlvList& tlvs, const SignalSample& nr, bool active) {
  const SignalSample shown = active ? nr : SignalSample{};
  tlvs.add(0x17).i16(whole(shown.rsrp_dbm, kNrInactive)).i16(tenths(shown.sinr_db, kNrInactive));
  tlvs.add(0x18).i16(whole(shown.rsrq_db, kNrInactive));
}

// MCC and MNC in semi-octets, 3GPP TS 24.008 section 10.5.1.3.
void write_bcd(ByteWriter& out, const Plmn& plmn) {
  const auto digit = [](char c) { return static_cast<std::uint8_t>(c - '0'); };
  const std::uint8_t third = plmn.mnc.size() == 3 ? digit(plmn.mnc[2]) : 0xF;
  out.u8(static_cast<std::uint8_t>(digit(plmn.mcc[1]) << 4 | digit(plmn.mcc[0])));
  out.u8(static_cast<std::uint8_t>(third << 4 | digit(plmn.mcc[2])));
  out.u8(static_cast<std::uint8_t>(digit(plmn.mnc[1]) << 4 | digit(plmn.mnc[0])));
}

void write_lte_cell(ByteWriter& out, std::uint16_t pci, std::optional<double> rsrq,
                    std::optional<double> rsrp) {
  const SignalSample sample{Rat::Lte, std::nullopt, rsrp, rsrq, std::nullopt};
  // Unknown levels are told at the bottom of their ranges.
  out.u16(pci).i16(tenths(rsrq, -200)).i16(tenths(rsrp, -1400)).i16(tenths(rssi_of(sample), -1200));
  out.i16(whole(rsrp ? std::optional(*rsrp + 124) : std::nullopt, 0));  // above a Qrxlevmin of -124
}

void write_lte_cells(TlvList& tlvs, const Modem& modem) {
  const Radio& radio = modem.radio();
  const SignalSample& serving = radio.signal(Tech::Lte);
  std::vector<NeighbourCell> same;
  std::vector<NeighbourCell> other;
  for (const NeighbourCell& cell : radio.neighbours_of(Tech::Lte)) {
    (cell.arfcn == radio.cell.arfcn ? same : other).push_back(cell);
  }
  constexpr std::uint8_t kConnected = 0;  // UE not in idle: no reselection thresholds
  auto intra = tlvs.add(0x13);
  intra.u8(kConnected);
  write_bcd(intra, modem.plmn());
  intra.u16(static_cast<std::uint16_t>(radio.cell.tac)).u32(radio.cell.cell_id);
  intra.u16(static_cast<std::uint16_t>(radio.cell.arfcn)).u16(radio.cell.pci);
  intra.u8(0).u8(0).u8(0).u8(0).u8(static_cast<std::uint8_t>(same.size() + 1));
  write_lte_cell(intra, radio.cell.pci, serving.rsrq_db, serving.rsrp_dbm);
  for (const NeighbourCell& cell : same) {
    write_lte_cell(intra, cell.pci, cell.rsrq_db, cell.rsrp_dbm);
  }
  if (!other.empty()) {
    auto inter = tlvs.add(0x14);
    inter.u8(kConnected).u8(static_cast<std::uint8_t>(other.size()));
    for (const NeighbourCell& cell : other) {
      inter.u16(static_cast<std::uint16_t>(cell.arfcn)).u8(0).u8(0).u8(0).u8(1);
      write_lte_cell(inter, cell.pci, cell.rsrq_db, cell.rsrp_dbm);
    }
  }
  if (const auto gsm = radio.neighbours_of(Tech::Gsm); !gsm.empty()) {
    auto out = tlvs.add(0x15);
    out.u8(kConnected).u8(1).u8(0).u8(0).u8(0).u8(0xFF).u8(static_cast<std::uint8_t>(gsm.size()));
    for (const NeighbourCell& cell : gsm) {
      out.u16(static_cast<std::uint16_t>(cell.arfcn)).u8(0).u8(1);
      out.u8(static_cast<std::uint8_t>(cell.pci)).i16(tenths(cell.rsrp_dbm, -1110)).i16(0);
    }
  }
  if (const auto umts = radio.neighbours_of(Tech::Umts); !umts.empty()) {
    auto out = tlvs.add(0x16);
    out.u8(kConnected).u8(static_cast<std::uint8_t>(umts.size()));
    for (const NeighbourCell& cell : umts) {
      out.u16(static_cast<std::uint16_t>(cell.arfcn)).u8(0).u16(0).u16(0).u8(1).u16(cell.pci);
      out.i16(tenths(cell.rsrp_dbm, -1210)).i16(tenths(cell.rsrq_db, -250)).i16(0);
    }
  }
}

void write_place(ByteWriter& out, const Modem& modem) {
  write_bcd(out, modem.plmn());
  out.u16(static_cast<std::uint16_t>(modem.radio().cell.tac));
}

void write_gsm_cells(TlvList& tlvs, const Modem& modem) {
  constexpr std::uint16_t kNoLevel = 0xFFFF;
  const Radio& radio = modem.radio();
  const auto level = [](std::optional<double> dbm) -> std::uint16_t {
    const auto known = rx_level(dbm);
    return known ? *known : kNoLevel;
  };
  const std::vector<NeighbourCell> neighbours = radio.neighbours_of(Tech::Gsm);
  auto out = tlvs.add(0x10);
  out.u32(radio.cell.cell_id);
  write_place(out, modem);
  out.u16(static_cast<std::uint16_t>(radio.cell.arfcn))
      .u8(static_cast<std::uint8_t>(radio.cell.pci));
  out.u32(0xFFFFFFFF)
      .u16(level(radio.signal(Tech::Gsm).rssi_dbm));  // the timing advance is not known
  out.u8(static_cast<std::uint8_t>(neighbours.size()));
  for (const NeighbourCell& cell : neighbours) {
    out.u32(0xFFFFFFFF);
    write_place(out, modem);
    out.u16(static_cast<std::uint16_t>(cell.arfcn)).u8(static_cast<std::uint8_t>(cell.pci));
    out.u16(level(cell.rsrp_dbm));
  }
}

void write_umts_cells(TlvList& tlvs, const Modem& modem) {
  constexpr std::uint32_t kRrcCellDch = 4;  // QmiNasWcdmaRrcState
  const Radio& radio = modem.radio();
  const SignalSample& serving = radio.signal(Tech::Umts);
  const std::vector<NeighbourCell> umts = radio.neighbours_of(Tech::Umts);
  const std::vector<NeighbourCell> gsm = radio.neighbours_of(Tech::Gsm);
  const auto cell_of = [](ByteWriter& out, std::uint32_t arfcn, std::uint16_t code,
                          std::optional<double> rscp, std::optional<double> ecio) {
    out.u16(static_cast<std::uint16_t>(arfcn))
        .u16(code)
        .i16(whole(rscp, -121))
        .i16(whole(ecio, -25));
  };
  auto out = tlvs.add(0x11);
  out.u16(static_cast<std::uint16_t>(radio.cell.cell_id));
  write_place(out, modem);
  cell_of(out, radio.cell.arfcn, radio.cell.pci, serving.rsrp_dbm, serving.rsrq_db);
  out.u8(static_cast<std::uint8_t>(umts.size()));
  for (const NeighbourCell& one : umts) {
    cell_of(out, one.arfcn, one.pci, one.rsrp_dbm, one.rsrq_db);
  }
  out.u8(static_cast<std::uint8_t>(gsm.size()));
  for (const NeighbourCell& one : gsm) {
    out.u16(static_cast<std::uint16_t>(one.arfcn));
    out.u8(static_cast<std::uint8_t>(one.pci >> 3U & 7U))
        .u8(static_cast<std::uint8_t>(one.pci & 7U));
    out.i16(whole(one.rsrp_dbm, -111));
  }
  tlvs.add(0x17).u32(radio.cell.cell_id);
  const std::vector<NeighbourCell> lte = radio.neighbours_of(Tech::Lte);
  if (lte.empty()) return;
  auto beside = tlvs.add(0x18);
  beside.u32(kRrcCellDch).u8(static_cast<std::uint8_t>(lte.size()));
  for (const NeighbourCell& one : lte) {
    const auto real = [&beside](std::optional<double> value, float unknown) {
      beside.u32(std::bit_cast<std::uint32_t>(value ? static_cast<float>(*value) : unknown));
    };
    beside.u16(static_cast<std::uint16_t>(one.arfcn)).u16(one.pci);
    real(one.rsrp_dbm, -140);
    real(one.rsrq_db, -20);
    beside.i16(0).u8(0);
  }
}

void write_nr_cell(TlvList& tlvs, const Modem& modem) {
  const Radio& radio = modem.radio();
  const SignalSample& nr = radio.signal(Tech::Nr);
  tlvs.add(0x2E).u32(radio.cell.arfcn);
  auto out = tlvs.add(0x2F);
  write_bcd(out, modem.plmn());
  for (const unsigned shift : {16U, 8U, 0U}) {
    out.u8(static_cast<std::uint8_t>(radio.cell.tac >> shift));
  }
  out.u64(radio.cell.cell_id).u16(radio.cell.pci);
  out.i16(tenths(nr.rsrq_db, kNrInactive)).i16(tenths(nr.rsrp_dbm, kNrInactive));
  out.i16(tenths(nr.sinr_db, kNrInactive));
}

// QmiNasActiveBand of a downlink channel (3GPP TS 45.005 section 2, TS 25.101 table 5.1, TS 36.101
// table 5.7.3-1), the common ones.
std::optional<std::uint16_t> active_band(Rat rat, std::uint32_t channel) {
  struct Range {
    Rat rat;
    std::uint32_t first;
    std::uint32_t last;
    std::uint16_t band;
  };
  constexpr std::array kRanges = {
      Range{Rat::Gsm, 0, 124, 45},        Range{Rat::Gsm, 128, 251, 43},
      Range{Rat::Gsm, 512, 885, 47},      Range{Rat::Umts, 2937, 3088, 87},
      Range{Rat::Umts, 4357, 4458, 84},   Range{Rat::Umts, 9662, 9938, 81},
      Range{Rat::Umts, 10562, 10838, 80}, Range{Rat::Lte, 0, 599, 120},
      Range{Rat::Lte, 600, 1199, 121},    Range{Rat::Lte, 1200, 1949, 122},
      Range{Rat::Lte, 1950, 2399, 123},   Range{Rat::Lte, 2400, 2649, 124},
      Range{Rat::Lte, 2750, 3449, 126},   Range{Rat::Lte, 3450, 3799, 127},
      Range{Rat::Lte, 5010, 5179, 131},   Range{Rat::Lte, 6150, 6449, 145},
      Range{Rat::Lte, 9210, 9659, 158},   Range{Rat::Lte, 66436, 67335, 161},
  };
  for (const Range& range : kRanges) {
    if (range.rat == rat && channel >= range.first && channel <= range.last) return range.band;
  }
  return std::nullopt;
}

}  // namespace

void write_signal(TlvList& tlvs, const Radio& radio, const std::vector<Tech>& techs) {
  const auto active = radio.active();
  for (const Tech tech : techs) {
    const SignalSample& sample = radio.signal(tech);
    const bool in_use = std::find(active.begin(), active.end(), tech) != active.end();
    if (tech == Tech::Nr) write_nr(tlvs, sample, in_use);
    if (!in_use) continue;
    switch (tech) {
      case Tech::Gsm:
        tlvs.add(0x12).i8(byte(sample.rssi_dbm, -128));
        break;
      case Tech::Umts:
        // Ec/Io in units of -0.5 dB, as qmicli prints it
        tlvs.add(0x13)
            .i8(byte(sample.rssi_dbm, -128))
            .i16(whole(sample.rsrq_db ? std::optional(*sample.rsrq_db * -2) : std::nullopt, 0));
        break;
      case Tech::Lte:
        tlvs.add(0x14)
            .i8(byte(rssi_of(sample), -128))
            .i8(byte(sample.rsrq_db, -20))
            .i16(whole(sample.rsrp_dbm, -140))
            .i16(tenths(sample.sinr_db, -200));
        break;
      case Tech::Nr:
        break;
    }
  }
}

void write_signal_strength(TlvList& tlvs, const Radio& radio) {
  const SignalSample& sample = radio.signal(radio.anchor());
  const std::uint8_t interface = radio_interface(radio.serving);
  const std::optional<double> strength = sample.rssi_dbm ? sample.rssi_dbm : rssi_of(sample);
  tlvs.add(0x01).i8(byte(strength, -125)).u8(interface);
  if (strength) {
    tlvs.add(0x11).u16(1).u8(static_cast<std::uint8_t>(-byte(strength, -125))).u8(interface);
  }
  if (radio.anchor() != Tech::Lte) return;
  if (sample.rsrq_db) tlvs.add(0x16).i8(byte(sample.rsrq_db, 0)).u8(interface);
  if (sample.sinr_db) tlvs.add(0x17).i16(tenths(sample.sinr_db, 0));
  if (sample.rsrp_dbm) tlvs.add(0x18).i16(whole(sample.rsrp_dbm, 0));
}

void write_cells(TlvList& tlvs, const Modem& modem) {
  const Radio& radio = modem.radio();
  if (radio.serving == Rat::Lte || radio.serving == Rat::NrNsa) write_lte_cells(tlvs, modem);
  if (radio.serving == Rat::NrSa) write_nr_cell(tlvs, modem);
  if (radio.serving == Rat::Umts) write_umts_cells(tlvs, modem);
  if (radio.serving == Rat::Gsm) write_gsm_cells(tlvs, modem);
}

bool write_band(TlvList& tlvs, const Radio& radio) {
  constexpr std::uint16_t kNrBand78 = 269;
  constexpr std::uint32_t kNrLegChannel =
      640000;  // the scenario knows one serving cell, the anchor's
  constexpr std::uint32_t kBandwidth20MHz = 5;
  struct Carrier {
    Rat rat;
    std::uint16_t band;
    std::uint32_t channel;
  };
  std::vector<Carrier> carriers;
  if (radio.serving == Rat::NrSa) {
    carriers.push_back({Rat::NrSa, kNrBand78, radio.cell.arfcn});
  } else {
    const Rat anchor = radio.serving == Rat::NrNsa ? Rat::Lte : radio.serving;
    const auto band = active_band(anchor, radio.cell.arfcn);
    if (!band) return false;
    carriers.push_back({anchor, *band, radio.cell.arfcn});
    if (radio.serving == Rat::NrNsa) carriers.push_back({Rat::NrSa, kNrBand78, kNrLegChannel});
  }
  const auto count = static_cast<std::uint8_t>(carriers.size());
  auto older = tlvs.add(0x01).u8(count);
  auto newer = tlvs.add(0x11).u8(count);
  for (const Carrier& one : carriers) {
    const std::uint8_t interface = radio_interface(one.rat);
    older.u8(interface).u16(one.band).u16(static_cast<std::uint16_t>(one.channel));
    newer.u8(interface).u16(one.band).u32(one.channel);
  }
  if (radio.serving == Rat::Gsm || radio.serving == Rat::Umts) return true;  // their width is fixed
  auto widths = tlvs.add(0x12).u8(count);
  for (const Carrier& one : carriers) widths.u8(radio_interface(one.rat)).u32(kBandwidth20MHz);
  return true;
}

}  // namespace mwan::sim::qmi
