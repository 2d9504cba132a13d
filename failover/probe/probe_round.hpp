// SPDX-License-Identifier: LGPL-2.1-or-later
// The tally of one round of probes: pure, knows nothing of time or sockets.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace mwan::failover {

class ProbeRound {
 public:
  // targets: how many will be asked. A quorum above that could never be reached and counts as "all
  // of them"; zero counts as one.
  ProbeRound(std::uint16_t targets, std::uint16_t quorum)
      : targets_(targets), quorum_(std::max<std::uint16_t>(1, std::min(quorum, targets))) {}

  void sent() { ++sent_; }
  void not_sent() { ++not_sent_; }
  void answered() { ++answered_; }  // at most once for each that was sent

  // True or false as soon as no later answer can change it; before that, nothing.
  [[nodiscard]] std::optional<bool> verdict() const {
    if (answered_ >= quorum_) return true;
    if (targets_ - not_sent_ < quorum_) return false;
    return std::nullopt;
  }
  [[nodiscard]] std::uint16_t sent_count() const { return sent_; }
  [[nodiscard]] std::uint16_t answer_count() const { return answered_; }
  [[nodiscard]] bool reached() const { return answered_ >= quorum_; }

 private:
  std::uint16_t targets_;
  std::uint16_t quorum_;
  std::uint16_t sent_ = 0;
  std::uint16_t not_sent_ = 0;
  std::uint16_t answered_ = 0;
};

}  // namespace mwan::failover
