// SPDX-License-Identifier: LGPL-2.1-or-later
// From a radio's recent history to a probability of losing packets in the next seconds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hal/signal.hpp"
#include "hal/time.hpp"

namespace mwan::failover {

// Coefficients are data. Each term adds weight * max(0, threshold - value), in the value's unit, to
// a logistic sum; values are taken where their trend will have taken them after `lead`.
struct RiskModel {
  double bias = -6.0;
  double sinr_threshold_db = 3.0;
  double sinr_weight = 0.9;
  double rsrq_threshold_db = -14.0;
  double rsrq_weight = 0.9;
  double rsrp_threshold_dbm = -116.0;
  double rsrp_weight = 0.5;
  double neighbour_lead_threshold_db = 3.0;  // strongest neighbour minus serving RSRP
  double neighbour_lead_weight = 0.15;
  Duration lead = std::chrono::milliseconds(1500);  // how far the trend is carried forward
  Duration trend_window = std::chrono::seconds(2);  // over which it is measured
  double arm = 0.10;                                // probe fast and prepare the target from here
  double leave = 0.50;   // move the traffic from here, if the target is better
  double margin = 0.20;  // by so much

  bool operator==(const RiskModel&) const = default;
};

// The history of one link's radio. Pure: time comes in with the samples.
class RadioHistory {
 public:
  void add(Instant time, const SignalSample& sample);
  void add(Instant time, const CellReport& cells);
  void clear();
  // Probability of losing packets soon: 0..1, 0 when nothing is known.
  [[nodiscard]] double risk(Instant now, const RiskModel& model) const;
  // The terms that make it, for people: "SINR 1.5 dB falling 4.2 dB/s, RSRQ -15.0 dB".
  [[nodiscard]] std::string words(Instant now, const RiskModel& model) const;

 private:
  double sum(Instant now, const RiskModel& model, std::string* words) const;

  struct Point {
    Instant time;
    SignalSample sample;
  };
  std::vector<Point> points_;  // of the RAT that carries the data, oldest first, bounded
  std::optional<double> neighbour_lead_db_;
  Instant cells_time_;
};

}  // namespace mwan::failover
