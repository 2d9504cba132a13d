// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/judgement.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace mwan::tool {
namespace {

constexpr std::array kMetrics = {Metric::Rsrp, Metric::Rssi, Metric::Rsrq, Metric::Sinr};

// The least value of each grade above Unusable.
struct Bounds {
  double poor;
  double fair;
  double good;
  double excellent;
};

std::optional<Bounds> bounds(Rat rat, Metric metric) {
  switch (rat) {
    case Rat::Gsm:
      if (metric == Metric::Rssi) return Bounds{-107, -95, -85, -70};
      return std::nullopt;
    case Rat::Umts:
      if (metric == Metric::Rsrp) return Bounds{-115, -100, -90, -75};
      if (metric == Metric::Rsrq) return Bounds{-18, -14, -10, -6};
      if (metric == Metric::Rssi) return Bounds{-107, -95, -85, -70};
      return std::nullopt;
    case Rat::Lte:
      if (metric == Metric::Rsrp) return Bounds{-120, -108, -96, -84};
      if (metric == Metric::Rsrq) return Bounds{-19, -15, -12, -9};
      if (metric == Metric::Sinr) return Bounds{-5, 0, 10, 18};
      return std::nullopt;  // its RSSI counts everybody else's traffic as well
    case Rat::NrNsa:
    case Rat::NrSa:
      if (metric == Metric::Rsrp) return Bounds{-120, -108, -96, -84};
      if (metric == Metric::Rsrq) return Bounds{-20, -16, -13, -10};
      if (metric == Metric::Sinr) return Bounds{-5, 0, 10, 18};
      return std::nullopt;
    case Rat::Unknown:
      break;
  }
  return std::nullopt;
}

bool is_strength(Metric metric) { return metric == Metric::Rsrp || metric == Metric::Rssi; }

void lower(std::optional<Grade>& out, const std::optional<Grade>& grade) {
  if (grade && (!out || *grade < *out)) out = grade;
}

// strength and quality are of the weakest value of each sort.
std::string explain(std::optional<Grade> strength, std::optional<Grade> quality) {
  const Grade s = strength.value_or(Grade::Good);
  const Grade q = quality.value_or(Grade::Good);
  if (s == Grade::Unusable) {
    return "hardly any signal: expect it to be lost; move the antenna, or look for one outdoors";
  }
  if (s == Grade::Poor && q <= Grade::Poor) {
    return "weak and noisy: slow and unsteady; move the antenna or use a better one";
  }
  if (s == Grade::Poor) return "weak but clean: usable; a better antenna makes it faster";
  if (q == Grade::Unusable) {
    return "strong enough but drowned: interference or a crowded cell; turn the antenna, or try "
           "another band";
  }
  if (q == Grade::Poor) {
    return "strong enough but noisy: interference or a busy cell; the antenna's direction matters "
           "more than its gain";
  }
  switch (std::min(s, q)) {
    case Grade::Excellent:
      return "as good as it gets";
    case Grade::Good:
      return "good: nothing to improve";
    default:
      return "usable: full speed is not to be expected";
  }
}

}  // namespace

std::string_view name_of(Metric metric, Rat rat) {
  switch (metric) {
    case Metric::Rssi:
      return "RSSI";
    case Metric::Rsrp:
      return rat == Rat::Umts ? "RSCP" : "RSRP";
    case Metric::Rsrq:
      return rat == Rat::Umts ? "Ec/Io" : "RSRQ";
    case Metric::Sinr:
      break;
  }
  return "SINR";
}

std::string_view key_of(Metric metric) {
  switch (metric) {
    case Metric::Rssi:
      return "rssi_dbm";
    case Metric::Rsrp:
      return "rsrp_dbm";
    case Metric::Rsrq:
      return "rsrq_db";
    case Metric::Sinr:
      break;
  }
  return "sinr_db";
}

std::string_view unit_of(Metric metric) { return is_strength(metric) ? "dBm" : "dB"; }

std::string_view words(Grade grade) {
  switch (grade) {
    case Grade::Unusable:
      return "unusable";
    case Grade::Poor:
      return "poor";
    case Grade::Fair:
      return "fair";
    case Grade::Good:
      return "good";
    case Grade::Excellent:
      break;
  }
  return "excellent";
}

Span span_of(Metric metric, Rat rat) {
  switch (metric) {
    case Metric::Rssi:
      return {-113, -51};
    case Metric::Rsrp:
      return {-130, -70};
    case Metric::Rsrq:
      return rat == Rat::Umts ? Span{-24, 0} : Span{-20, -3};
    case Metric::Sinr:
      break;
  }
  return {-10, 30};
}

std::optional<double> value_of(const SignalSample& sample, Metric metric) {
  switch (metric) {
    case Metric::Rssi:
      return sample.rssi_dbm;
    case Metric::Rsrp:
      return sample.rsrp_dbm;
    case Metric::Rsrq:
      return sample.rsrq_db;
    case Metric::Sinr:
      break;
  }
  return sample.sinr_db;
}

std::optional<Grade> grade(Rat rat, Metric metric, double value) {
  const auto limit = bounds(rat, metric);
  if (!limit) return std::nullopt;
  if (value >= limit->excellent) return Grade::Excellent;
  if (value >= limit->good) return Grade::Good;
  if (value >= limit->fair) return Grade::Fair;
  return value >= limit->poor ? Grade::Poor : Grade::Unusable;
}

std::vector<Reading> readings(const SignalSample& sample) {
  std::vector<Reading> out;
  for (const Metric metric : kMetrics) {
    const auto value = value_of(sample, metric);
    if (value) out.push_back({metric, *value, grade(sample.rat, metric, *value)});
  }
  return out;
}

std::optional<Judgement> judge(const SignalSample& sample) {
  std::optional<Grade> strength;
  std::optional<Grade> quality;
  for (const Reading& reading : readings(sample)) {
    lower(is_strength(reading.metric) ? strength : quality, reading.grade);
  }
  std::optional<Grade> worst = strength;
  lower(worst, quality);
  if (!worst) return std::nullopt;
  return Judgement{*worst, explain(strength, quality)};
}

}  // namespace mwan::tool
