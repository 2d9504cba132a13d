// SPDX-License-Identifier: LGPL-2.1-or-later
// What became of questions, in the order in which they were asked: an answer is known at once and a
// loss only when its time is over, so that the losses of a cut are heard of among the answers after
// it. Where answers do not overtake each other, one to a later question tells of the loss sooner
// (as RFC 9002, section 6.1, does for packets). Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "hal/time.hpp"

namespace mwan::failover {

class InOrder {
 public:
  // overtakes: an answer tells that what was asked so much earlier is lost; nothing: it tells of no
  // other question.
  explicit InOrder(std::optional<Duration> overtakes) : overtakes_(overtakes) {}

  // round: what becomes known of the questions that were asked with it; told with it.
  void asked(Instant now, std::uint32_t question, std::shared_ptr<const bool> round) {
    open_.push_back({question, now, false, std::nullopt, std::move(round)});
  }

  // answered: after how long; nothing: it was lost. tell(answered, *round) is called for it, and
  // for those after it that waited for it, when everything before it is known. One that is not open
  // is ignored.
  template <class Tell>
  void heard(std::uint32_t question, std::optional<Duration> answered, Tell tell) {
    const auto at = std::ranges::find(open_, question, &Question::number);
    if (at == open_.end()) return;
    at->known = true;
    at->answered = answered;
    if (answered && overtakes_) {
      const Instant limit = at->asked - *overtakes_;
      for (auto before = open_.begin(); before != at && before->asked <= limit; ++before) {
        before->known = true;
      }
    }
    while (!open_.empty() && open_.front().known) {
      tell(open_.front().answered, *open_.front().round);
      open_.pop_front();
    }
  }

  void clear() { open_.clear(); }

 private:
  struct Question {
    std::uint32_t number;
    Instant asked;
    bool known;
    std::optional<Duration> answered;
    std::shared_ptr<const bool> round;
  };
  std::optional<Duration> overtakes_;
  std::deque<Question> open_;
};

}  // namespace mwan::failover
