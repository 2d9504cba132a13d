// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace mwan::failover {
namespace {

// Enough for the trend window at the fastest rate that modems report (about 10 a second).
constexpr std::size_t max_points = 64;
// A neighbour's lead is a snapshot; later it says nothing.
constexpr Duration cells_valid = std::chrono::seconds(10);

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

// Which RAT's values speak for the data path: with EN-DC the LTE anchor carries the control plane,
// losing it loses both legs, so LTE wins over NrNsa.
int weight(Rat rat) {
  switch (rat) {
    case Rat::NrSa:
      return 4;
    case Rat::Lte:
      return 3;
    case Rat::Umts:
      return 2;
    case Rat::Gsm:
      return 1;
    case Rat::NrNsa:
    case Rat::Unknown:
      return 0;
  }
  return 0;
}

struct Trended {
  double now;
  double per_second;
};

// The last value and the slope of the least-squares line through the window.
template <class Points, class Get>
std::optional<Trended> trended(const Points& points, Get get, Duration window) {
  if (points.empty()) return std::nullopt;
  const auto& last = points.back();
  const auto value = get(last.sample);
  if (!value) return std::nullopt;
  double n = 0;
  double st = 0;
  double sv = 0;
  double stt = 0;
  double stv = 0;
  for (const auto& point : points) {
    const auto v = get(point.sample);
    if (!v || last.time - point.time > window) continue;
    const double t = -seconds(last.time - point.time);
    n += 1;
    st += t;
    sv += *v;
    stt += t * t;
    stv += t * *v;
  }
  const double spread = n * stt - st * st;
  const double slope = n >= 2 && spread > 1e-6 ? (n * stv - st * sv) / spread : 0.0;
  return Trended{*value, slope};
}

struct Term {
  const char* label;
  const char* unit;
  double threshold;
  double weight;
  std::optional<Trended> value;
};

}  // namespace

void RadioHistory::add(Instant time, const SignalSample& sample) {
  if (weight(sample.rat) == 0 && sample.rat != Rat::Unknown) return;
  if (!points_.empty() && points_.back().sample.rat != sample.rat) {
    // A modem that reports several RATs sends them one by one: keep to the most telling one until
    // it falls silent (its sample becomes empty).
    if (weight(sample.rat) < weight(points_.back().sample.rat)) return;
    points_.clear();
  }
  if (sample.empty()) {
    points_.clear();
    return;
  }
  if (points_.size() == max_points) points_.erase(points_.begin());
  points_.push_back({time, sample});
}

void RadioHistory::add(Instant time, const CellReport& cells) {
  cells_time_ = time;
  neighbour_lead_db_.reset();
  if (!cells.serving || !cells.serving->rsrp_dbm) return;
  for (const Cell& cell : cells.neighbours) {
    if (cell.rat != cells.serving->rat || !cell.rsrp_dbm) continue;
    const double lead = *cell.rsrp_dbm - *cells.serving->rsrp_dbm;
    neighbour_lead_db_ = std::max(lead, neighbour_lead_db_.value_or(lead));
  }
}

void RadioHistory::clear() {
  points_.clear();
  neighbour_lead_db_.reset();
}

double RadioHistory::risk(Instant now, const RiskModel& model) const {
  // Nothing known is no evidence of danger.
  return points_.empty() ? 0.0 : 1.0 / (1.0 + std::exp(-sum(now, model, nullptr)));
}

std::string RadioHistory::words(Instant now, const RiskModel& model) const {
  std::string out;
  if (!points_.empty()) sum(now, model, &out);
  return out;
}

double RadioHistory::sum(Instant now, const RiskModel& model, std::string* words) const {
  const auto window = model.trend_window;
  const std::array terms = {
      Term{"SINR", "dB", model.sinr_threshold_db, model.sinr_weight,
           trended(
               points_, [](const SignalSample& s) { return s.sinr_db; }, window)},
      Term{"RSRQ", "dB", model.rsrq_threshold_db, model.rsrq_weight,
           trended(
               points_, [](const SignalSample& s) { return s.rsrq_db; }, window)},
      Term{"RSRP", "dBm", model.rsrp_threshold_dbm, model.rsrp_weight,
           trended(
               points_, [](const SignalSample& s) { return s.rsrp_dbm; }, window)},
  };
  const auto say = [words](const char* format, auto... values) {
    if (words == nullptr) return;
    std::array<char, 80> text{};
    (void)std::snprintf(text.data(), text.size(), format, values...);
    if (!words->empty()) *words += ", ";
    *words += text.data();
  };
  double sum = model.bias;
  for (const Term& term : terms) {
    if (!term.value) continue;
    // Only a falling trend is carried forward: hope is no evidence.
    const double ahead =
        term.value->now + std::min(0.0, term.value->per_second) * seconds(model.lead);
    const double deficit = term.threshold - ahead;
    if (deficit <= 0) continue;
    sum += term.weight * deficit;
    if (term.value->per_second < -0.5) {
      say("%s %.1f %s falling %.1f dB/s", term.label, term.value->now, term.unit,
          -term.value->per_second);
    } else {
      say("%s %.1f %s", term.label, term.value->now, term.unit);
    }
  }
  if (neighbour_lead_db_ && now - cells_time_ <= cells_valid) {
    const double lead = *neighbour_lead_db_ - model.neighbour_lead_threshold_db;
    if (lead > 0) {
      sum += model.neighbour_lead_weight * lead;
      say("neighbour cell %.0f dB stronger", *neighbour_lead_db_);
    }
  }
  return sum;
}

}  // namespace mwan::failover
