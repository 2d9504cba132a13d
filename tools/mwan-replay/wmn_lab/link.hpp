// SPDX-License-Identifier: LGPL-2.1-or-later
// A recording of the WMN-LAB format as a link that can be driven.
#pragma once

#include "tools/mwan-replay/drive.hpp"
#include "tools/mwan-replay/wmn_lab/facts.hpp"
#include "tools/mwan-replay/wmn_lab/probe_draw.hpp"

namespace mwan::replay {

class WmnLabLink : public RecordedLink {
 public:
  // recording outlives it. offset: the recording's second that is second 0 of the drive.
  WmnLabLink(const Recording& recording, std::size_t offset, std::uint64_t seed, Blinds blinds)
      : recording_(recording), offset_(offset), draw_(seed, recording.name), radio_(blinds) {}

  std::vector<Fact> heard(std::size_t second) override { return radio_.facts(at(second)); }
  [[nodiscard]] bool answers(std::size_t second, std::uint64_t probe) const override {
    return !draw_.lost(offset_ + second, probe, at(second).echo_loss());
  }

 private:
  [[nodiscard]] const RecordedSecond& at(std::size_t second) const {
    return recording_.seconds.at(offset_ + second);
  }

  const Recording& recording_;
  std::size_t offset_;
  ProbeDraw draw_;
  RecordedRadio radio_;
};

}  // namespace mwan::replay
