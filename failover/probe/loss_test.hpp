// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a target's questions are lost as on a broken line, decided as soon as they show it: a
// sequential test (Wald 1945, as Page's CUSUM 1954) of "30 % are lost" against "2 % are". A rate
// over a window needs as many questions on a line that loses half of them as on one that hardly
// loses any; this one needs the fewer the plainer it is. Pure.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mwan::failover {

class LossTest {
 public:
  // In the order in which they were asked. What is asked after a lost question, up to the first
  // answer, says nothing: a cut of any length is one loss, and only what comes and goes adds up.
  // cut: all targets lost it together, which is no sign of loss by chance.
  void add(bool lost, bool cut = false) {
    if (lost_in_row_ == 0 && !cut)
      score_ = std::min(most, score_ + (lost ? for_lost : for_answered));
    lost_in_row_ = lost ? lost_in_row_ + 1 : 0;
    if (score_ <= 0) {
      *this = LossTest();
    } else if (lost_in_row_ < outage && !cut) {
      ++asked_;
      if (lost) ++lost_;
    }
  }

  // Logarithm of how many times likelier the first hypothesis has become; 0 when nothing speaks for
  // it.
  [[nodiscard]] double score() const { return score_; }
  // Since something does; of an outage, its beginning.
  [[nodiscard]] std::size_t asked() const { return asked_; }
  [[nodiscard]] std::size_t lost() const { return lost_; }
  [[nodiscard]] std::size_t lost_in_row() const { return lost_in_row_; }

  // So many lost in a row are an outage, of the link or of the target, and no rate of loss: rounds
  // tell the one, and the other is nobody's fault.
  static constexpr std::size_t outage = 5;

  // All targets together must have shown it so clearly: a line that loses 2 % shows it by chance
  // once in a million.
  static constexpr double certain = 13.8;
  // Each target by itself, twenty to one: two losses of its own. What befalls one target, or all at
  // the same time and once, is none of it.
  static constexpr double shown = 3;

 private:
  static constexpr double lossy = 0.30;
  static constexpr double usual = 0.02;
  inline static const double for_lost = std::log(lossy / usual);
  inline static const double for_answered = std::log((1 - lossy) / (1 - usual));
  // So that a line that was bad for long is soon known to be well again.
  static constexpr double most = 2 * certain;

  double score_ = 0;
  std::size_t asked_ = 0;
  std::size_t lost_ = 0;
  std::size_t lost_in_row_ = 0;
};

}  // namespace mwan::failover
