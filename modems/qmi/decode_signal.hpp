// SPDX-License-Identifier: LGPL-2.1-or-later
// Signal values out of NAS Get Signal Info, the Signal Info and Event Report indications and the
// old Get Signal Strength; and the cache that makes whole samples of partial reports.
#pragma once

#include <optional>
#include <vector>

#include "hal/signal.hpp"
#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

// What one message says about one RAT.
struct RatSignal {
  std::optional<double> rssi_dbm;
  std::optional<double> rsrp_dbm;
  std::optional<double> rsrq_db;
  std::optional<double> sinr_db;
  // True when the message carries everything the modem knows of this RAT, so that what is absent
  // is unknown now; false when what is absent was merely not mentioned.
  bool complete = false;

  bool operator==(const RatSignal&) const = default;
};

struct SignalInfo {
  std::optional<RatSignal> gsm;
  std::optional<RatSignal> umts;
  std::optional<RatSignal> lte;
  std::optional<RatSignal> nr;  // the caller knows whether it is the 5G leg of LTE or alone

  bool operator==(const SignalInfo&) const = default;
};

// Get Signal Info (response) and Signal Info (indication): the same elements in both. Absent RATs
// are not in use; a 5G value of -32768 means the same.
Result<SignalInfo> decode_signal_info(TlvView message);

// NAS Event Report indication, from modems without Signal Info.
Result<SignalInfo> decode_event_report(TlvView message);

// Get Signal Strength response, from the same.
Result<SignalInfo> decode_signal_strength(TlvView message);

// The last known values of every RAT.
class SignalCache {
 public:
  // Takes what a message carried and gives the whole sample of every RAT it spoke about. A RAT
  // that went out of use gives one empty sample. nr_with_lte: 5G values belong to EN-DC.
  std::vector<SignalSample> apply(const SignalInfo& info, bool nr_with_lte);
  // Forgets everything; one empty sample for every RAT that had values.
  std::vector<SignalSample> clear();
  // The sample that decides about the link: LTE before 5G alone before UMTS before GSM.
  [[nodiscard]] std::optional<SignalSample> serving() const;

 private:
  std::vector<SignalSample> samples_;
};

}  // namespace mwan::qmi
