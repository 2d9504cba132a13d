// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether one address family of a link has gone silent while the other one goes on. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "hal/ip.hpp"

namespace mwan::failover {

class FamilyWatch {
 public:
  // A family is silent after so many rounds in a row without an answer, answers again after so
  // many with one.
  FamilyWatch(int down, int up) : down_(std::max(down, 1)), up_(std::max(up, 1)) {}

  struct Round {
    bool asked = false;
    bool answered = false;
  };
  // A round that is over. One that nobody answered says nothing about families, and neither does
  // one that asked only one of them.
  void take(const Round& v4, const Round& v6) {
    if (!v4.asked || !v6.asked) return;
    judge(IpFamily::V4, v4.answered, v6.answered);
    judge(IpFamily::V6, v6.answered, v4.answered);
  }
  [[nodiscard]] std::optional<IpFamily> silent() const { return silent_; }

 private:
  struct Row {
    int missed = 0;
    int answered = 0;
  };

  void judge(IpFamily family, bool answered, bool other_answered) {
    Row& row = rows_.at(family == IpFamily::V4 ? 0 : 1);
    if (answered) {
      row.missed = 0;
      row.answered = std::min(row.answered + 1, up_);
      if (silent_ == family && row.answered >= up_) silent_.reset();
    } else {
      row.answered = 0;
      if (!other_answered) return;
      row.missed = std::min(row.missed + 1, down_);
      if (row.missed >= down_ && !silent_) silent_ = family;
    }
  }

  int down_;
  int up_;
  std::array<Row, 2> rows_;
  std::optional<IpFamily> silent_;
};

}  // namespace mwan::failover
