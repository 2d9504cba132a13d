// SPDX-License-Identifier: LGPL-2.1-or-later
// A recorded second as the facts that a modem of ours would report at its end.
#pragma once

#include <vector>

#include "hal/link_event.hpp"
#include "tools/mwan-replay/wmn_lab/recording.hpp"

namespace mwan::replay {

// What a replay may take away, to see how much it matters.
struct Blinds {
  bool neighbours = false;  // the modem reports no neighbour cells
  bool nr = false;          // LTE only
  bool radio = false;       // nothing but probes
};

// Cells have no identity in a recording: the n-th one after a change gets the PCI n, so that
// changes are seen as they are in life.
class RecordedRadio {
 public:
  explicit RecordedRadio(Blinds blinds = {}) : blinds_(blinds) {}
  std::vector<Fact> facts(const RecordedSecond& second);

 private:
  Blinds blinds_;
  std::uint16_t lte_cell_ = 0;
  std::uint16_t nr_cell_ = 0;
};

}  // namespace mwan::replay
