// SPDX-License-Identifier: LGPL-2.1-or-later
// What a modem measures of its radio. "Unknown" is an absent optional, never a magic number.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mwan {

// Radio access technology of a measurement. NrNsa is the 5G leg of EN-DC (3GPP TS 37.340): it is
// reported beside an Lte sample, NrSa alone.
enum class Rat { Unknown, Gsm, Umts, Lte, NrNsa, NrSa };

// One RAT's serving-cell values. Ranges: 3GPP TS 36.133 section 9.1.4 (RSRP -140..-44 dBm), 9.1.7
// (RSRQ -19.5..-3 dB), TS 38.133 section 10.1 for NR (RSRP -156..-31, RSRQ -43..20, SINR -23..40).
struct SignalSample {
  Rat rat = Rat::Unknown;
  std::optional<double> rssi_dbm;  // wideband power; the only value of GSM; RSSI for UMTS
  std::optional<double> rsrp_dbm;  // RSCP for UMTS
  std::optional<double> rsrq_db;   // Ec/Io for UMTS
  std::optional<double> sinr_db;   // QMI calls it SNR

  bool operator==(const SignalSample&) const = default;
  // True where no value is known: "this RAT is inactive".
  [[nodiscard]] bool empty() const { return !rssi_dbm && !rsrp_dbm && !rsrq_db && !sinr_db; }
};

// A cell as seen by the modem.
struct Cell {
  Rat rat = Rat::Unknown;
  std::uint16_t pci = 0;  // physical cell identity; scrambling code of UMTS, BSIC of GSM
  std::optional<std::uint32_t> arfcn;  // ARFCN, UARFCN, EARFCN or NR-ARFCN
  std::optional<double> rsrp_dbm;      // RSCP for UMTS, RXLEV for GSM
  std::optional<double> rsrq_db;       // Ec/Io for UMTS

  bool operator==(const Cell&) const = default;
};

struct CellReport {
  std::optional<Cell> serving;
  std::vector<Cell> neighbours;

  bool operator==(const CellReport&) const = default;
};

}  // namespace mwan
