// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk/radio_features.hpp"

#include <algorithm>
#include <cmath>

namespace mwan::failover {
namespace {

using std::chrono_literals::operator""s;

// A neighbour's lead is a snapshot; later it says nothing.
constexpr Duration report_valid = 10s;
constexpr Duration lowest_window = 3s;
constexpr Duration sinr_window = 2s;
constexpr std::size_t max_points = 64;  // modems report ten times a second at most
constexpr double furthest_lead_db = 20;
constexpr Duration one_change = std::chrono::milliseconds(500);

double above(double x, double threshold) { return std::max(x - threshold, 0.0); }
double below(double x, double threshold) { return std::max(threshold - x, 0.0); }
double within_second(const std::optional<Instant>& event, Instant now) {
  return event && now - *event < 1s ? 1.0 : 0.0;
}
double lead_of(double neighbour, double serving) {
  return std::clamp(neighbour - serving, -furthest_lead_db, furthest_lead_db);
}

}  // namespace

// ---------------------------------------------------------------- small memories

void RadioFeatures::Lowest::add(Instant now, double x) {
  while (!seen_.empty() && seen_.back().value >= x) seen_.pop_back();
  while (!seen_.empty() && now - seen_.front().time >= lowest_window) seen_.erase(seen_.begin());
  if (seen_.size() == max_points) seen_.erase(seen_.begin());
  seen_.push_back({now, x});
}

std::optional<double> RadioFeatures::Lowest::read(Instant now) const {
  if (seen_.empty()) return std::nullopt;
  for (const Point& point : seen_) {
    if (now - point.time < lowest_window) return point.value;
  }
  return seen_.back().value;
}

void RadioFeatures::Spread::add(Instant now, double x) {
  mean.add(now, x);
  const double off = x - mean.read(now);
  square.add(now, off * off);
}
double RadioFeatures::Spread::read(Instant now) const {
  return std::sqrt(std::max(square.read(now), 0.0));
}
void RadioFeatures::Spread::clear() {
  mean.clear();
  square.clear();
}

// ---------------------------------------------------------------- taking readings in

void RadioFeatures::add(Instant now, const SignalSample& sample) {
  switch (sample.rat) {
    case Rat::NrNsa:
      add_nr(now, sample);
      return;
    case Rat::Lte:
    case Rat::NrSa:
    case Rat::Umts:
      add_serving(now, sample);
      return;
    case Rat::Gsm:
    case Rat::Unknown:
      return;
  }
}

void RadioFeatures::add_serving(Instant now, const SignalSample& sample) {
  if (serving_ && serving_->rat != sample.rat) {
    // Modems that report several technologies send them one by one, and an empty one for each that
    // is not in use; only a reading replaces another technology's.
    if (sample.empty()) return;
    clear();
  }
  if (sample.empty()) {
    clear();
    return;
  }
  serving_ = sample;
  if (sample.rsrq_db) {
    rsrq_lowest_.add(now, *sample.rsrq_db);
    rsrq_slow_.add(now, *sample.rsrq_db);
    rsrq_mean_.add(now, *sample.rsrq_db);
    rsrq_spread_.add(now, *sample.rsrq_db);
  }
  if (sample.rsrp_dbm) {
    rsrp_mean_.add(now, *sample.rsrp_dbm);
    rsrp_spread_.add(now, *sample.rsrp_dbm);
  }
  if (sample.sinr_db) {
    while (!sinr_.empty() &&
           (now - sinr_.front().time > sinr_window || sinr_.size() == max_points)) {
      sinr_.erase(sinr_.begin());
    }
    sinr_.push_back({now, *sample.sinr_db});
  } else {
    sinr_.clear();
  }
}

void RadioFeatures::add_nr(Instant now, const SignalSample& sample) {
  if (sample.empty()) {
    if (nr_) {
      nr_lost_ = now;
      changed(now, false);
    }
    nr_.reset();
    nr_cell_.reset();
    nr_lead_db_.reset();
    nr_rsrq_lowest_.clear();
    return;
  }
  // The first reading after a start is no news.
  if (!nr_ && serving_) {
    nr_gained_ = now;
    changed(now, false);
  }
  nr_ = sample;
  if (sample.rsrq_db) nr_rsrq_lowest_.add(now, *sample.rsrq_db);
}

void RadioFeatures::add(Instant now, const CellReport& report) {
  if (!report.serving) return;
  const Cell& serving = *report.serving;
  std::optional<double> lead;
  std::optional<double> rsrq_lead;
  for (const Cell& cell : report.neighbours) {
    if (cell.rat != serving.rat) continue;
    if (cell.rsrp_dbm && serving.rsrp_dbm) {
      const double db = lead_of(*cell.rsrp_dbm, *serving.rsrp_dbm);
      lead = std::max(db, lead.value_or(db));
    }
    if (cell.rsrq_db && serving.rsrq_db) {
      const double db = lead_of(*cell.rsrq_db, *serving.rsrq_db);
      rsrq_lead = std::max(db, rsrq_lead.value_or(db));
    }
  }
  const CellIdentity identity{serving.rat, serving.pci, serving.arfcn};
  if (serving.rat == Rat::NrNsa) {
    if (nr_cell_ && *nr_cell_ != identity) changed(now, false);
    nr_cell_ = identity;
    nr_lead_db_ = lead;
    return;
  }
  if (cell_ && *cell_ != identity) changed(now, true);
  cell_ = identity;
  report_time_ = now;
  lead_db_ = lead;
  if (lead) reports_neighbours_ = true;
  rsrq_lead_db_ = rsrq_lead.value_or(-furthest_lead_db);
  if (!reports_neighbours_) return;
  lead_fast_.add(now, lead.value_or(-furthest_lead_db));
  lead_slow_.add(now, lead.value_or(-furthest_lead_db));
  rsrq_lead_slow_.add(now, rsrq_lead_db_);
}

void RadioFeatures::changed(Instant now, bool lte) {
  (lte ? lte_change_ : nr_change_) = now;
  if (lte) lte_changes_.add(now);
  // What belongs together is reported within moments, and is one change.
  if (change_ && now - *change_ < one_change) return;
  change_before_ = change_;
  change_ = now;
  changes_fast_.add(now);
  changes_slow_.add(now);
}

void RadioFeatures::clear() { *this = RadioFeatures{}; }

// ---------------------------------------------------------------- reading features out

void RadioFeatures::read(Instant now, Features& out) const {
  read_changes(now, out);
  if (!serving_) return;
  read_serving(now, out);
  read_nr(now, out);
  read_neighbours(now, out);
}

void RadioFeatures::read_serving(Instant now, Features& out) const {
  if (serving_->rsrq_db) {
    const double rsrq = *serving_->rsrq_db;
    at(out, Feature::RsrqLow) = below(rsrq, -11);
    at(out, Feature::RsrqVeryLow) = below(rsrq, -15);
    at(out, Feature::RsrqLowest) = below(rsrq_lowest_.read(now).value_or(rsrq), -13);
    at(out, Feature::RsrqSlow) = below(rsrq_slow_.read(now), -11);
    at(out, Feature::RsrqDrop) = below(rsrq, rsrq_mean_.read(now));
    at(out, Feature::RsrqSpread) = rsrq_spread_.read(now);
  }
  if (serving_->rsrp_dbm) {
    const double rsrp = *serving_->rsrp_dbm;
    at(out, Feature::RsrpBelow80) = below(rsrp, -80);
    at(out, Feature::RsrpBelow100) = below(rsrp, -100);
    at(out, Feature::RsrpBelow110) = below(rsrp, -110);
    at(out, Feature::RsrpDrop) = below(rsrp, rsrp_mean_.read(now));
    at(out, Feature::RsrpSpread) = rsrp_spread_.read(now);
  }
}

void RadioFeatures::read_nr(Instant now, Features& out) const {
  at(out, Feature::NrLost) = within_second(nr_lost_, now);
  at(out, Feature::NrGained) = within_second(nr_gained_, now);
  if (!nr_) return;
  at(out, Feature::NrPresent) = 1;
  if (nr_->rsrq_db) {
    at(out, Feature::NrRsrqLow) = below(*nr_->rsrq_db, -13);
    at(out, Feature::NrRsrqLowest) = below(nr_rsrq_lowest_.read(now).value_or(*nr_->rsrq_db), -13);
  }
  if (nr_->rsrp_dbm) at(out, Feature::NrRsrpLow) = below(*nr_->rsrp_dbm, -95);
  if (nr_lead_db_) at(out, Feature::NrLead) = above(*nr_lead_db_, -3);
}

void RadioFeatures::read_neighbours(Instant now, Features& out) const {
  if (!reports_neighbours_ || !report_time_ || now - *report_time_ > report_valid) return;
  at(out, Feature::NoNeighbour) = lead_db_ ? 0 : 1;
  if (lead_db_) {
    at(out, Feature::LeadAbove) = above(*lead_db_, -3);
    at(out, Feature::LeadHigh) = above(*lead_db_, 3);
    at(out, Feature::RsrqLead) = above(rsrq_lead_db_, 0);
  }
  at(out, Feature::LeadFast) = above(lead_fast_.read(now), 0);
  at(out, Feature::LeadSlow) = above(lead_slow_.read(now), -6);
  at(out, Feature::RsrqLeadSlow) = above(rsrq_lead_slow_.read(now), -3);
}

void RadioFeatures::read_changes(Instant now, Features& out) const {
  at(out, Feature::LteChangeNow) = within_second(lte_change_, now);
  at(out, Feature::NrChangeNow) = within_second(nr_change_, now);
  const auto before = [now](const std::optional<Instant>& event) {
    return event && now - *event >= 1s && now - *event < 2s;
  };
  at(out, Feature::ChangeBefore) = before(change_) || before(change_before_) ? 1 : 0;
  at(out, Feature::ChangesFast) = changes_fast_.read(now);
  at(out, Feature::ChangesSlow) = changes_slow_.read(now);
  at(out, Feature::LteChanges) = lte_changes_.read(now);
}

std::optional<double> RadioFeatures::lead(Instant now) const {
  if (!report_time_ || now - *report_time_ > report_valid) return std::nullopt;
  return lead_db_;
}

std::optional<double> RadioFeatures::sinr_ahead(Instant now, Duration ahead) const {
  if (sinr_.empty()) return std::nullopt;
  // The slope of the least-squares line through the window.
  const SinrPoint& last = sinr_.back();
  double n = 0;
  double st = 0;
  double sv = 0;
  double stt = 0;
  double stv = 0;
  for (const SinrPoint& point : sinr_) {
    if (last.time - point.time > sinr_window) continue;
    const double t = -seconds_between(point.time, last.time);
    n += 1;
    st += t;
    sv += point.db;
    stt += t * t;
    stv += t * point.db;
  }
  const double spread = n * stt - st * st;
  const double slope = n >= 2 && spread > 1e-6 ? (n * stv - st * sv) / spread : 0.0;
  // A fall that has not been heard of again for the window's length is over.
  if (slope >= 0 || now - last.time > sinr_window) return last.db;
  return last.db + slope * std::chrono::duration<double>(ahead).count();
}

}  // namespace mwan::failover
