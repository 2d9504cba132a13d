// SPDX-License-Identifier: LGPL-2.1-or-later
// Signal and cells. MBIM's own signal state has no RSRQ: it is added from AT&T's service where the
// modem has it, otherwise from the serving cells of base stations information.
//
// Performance: one question for each signal indication, to make it whole.
#pragma once

#include <optional>
#include <vector>

#include "modems/mbim/decode_signal.hpp"
#include "modems/mbim/port.hpp"

namespace mwan::mbim {

class Radio {
 public:
  explicit Radio(Port& port) : port_(port) {}
  Radio(const Radio&) = delete;
  Radio& operator=(const Radio&) = delete;

  Task<Result<std::vector<SignalSample>>> read_signal(Cancel cancel);
  Task<Result<CellReport>> read_cells(Cancel cancel);
  // From the serving cells' channels; MBIM has no words for bands but those of its settings.
  Task<Result<std::vector<ActiveBand>>> read_bands(Cancel cancel);
  // False when the modem does not take it.
  Task<Result<bool>> report_signal(SignalReporting reporting, Cancel cancel);
  // A signal indication: reported when it is whole.
  void hear(const Indication& indication);
  void stop();

 private:
  Task<void> report();
  Task<void> add_quality(std::vector<SignalSample>& samples, Cancel cancel);
  void tell(const std::vector<SignalSample>& samples);

  Port& port_;
  bool atds_ = true;      // as far as the modem offers it and it worked
  bool stations_ = true;  // the same
  std::vector<Rat> told_;
  std::optional<Indication> waiting_;
  Cancel stop_;
  Job reporting_;
};

}  // namespace mwan::mbim
