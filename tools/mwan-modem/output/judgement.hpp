// SPDX-License-Identifier: LGPL-2.1-or-later
// What a signal value means in plain words. Pure.
//
// The bounds are those that operators and router vendors commonly publish; they say where people
// should begin to look, not where packets are lost.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/signal.hpp"

namespace mwan::tool {

enum class Metric { Rssi, Rsrp, Rsrq, Sinr };
enum class Grade { Unusable, Poor, Fair, Good, Excellent };

struct Reading {
  Metric metric = Metric::Rssi;
  double value = 0;
  std::optional<Grade> grade;  // absent: this value decides nothing on this RAT (LTE's RSSI)
  bool operator==(const Reading&) const = default;
};

// "RSRP" and "dBm"; UMTS calls two of them RSCP and Ec/Io.
std::string_view name_of(Metric metric, Rat rat);
std::string_view key_of(Metric metric);  // as in SignalSample: "rsrp_dbm"
std::string_view unit_of(Metric metric);
std::string_view words(Grade grade);

// The range that a picture of the metric should span, in its unit.
struct Span {
  double low = 0;
  double high = 0;
};
Span span_of(Metric metric, Rat rat);

std::optional<double> value_of(const SignalSample& sample, Metric metric);
std::optional<Grade> grade(Rat rat, Metric metric, double value);
// Those that are known, strength before quality.
std::vector<Reading> readings(const SignalSample& sample);

struct Judgement {
  Grade grade = Grade::Fair;
  std::string sentence;  // what it means and, where something can be done, what
  bool operator==(const Judgement&) const = default;
};
// Of everything known about one RAT; nothing when nothing is.
std::optional<Judgement> judge(const SignalSample& sample);

}  // namespace mwan::tool
