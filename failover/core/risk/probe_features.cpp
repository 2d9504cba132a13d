// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk/probe_features.hpp"

#include <algorithm>

namespace mwan::failover {
namespace {

using std::chrono_literals::operator""s;
constexpr std::size_t max_rounds = 32;

}  // namespace

void ProbeFeatures::add(Instant now, double lost) {
  const double gap = last_ ? std::min(seconds_between(*last_, now), 1.0) : 1.0;
  last_ = now;
  for (Mean* mean : {&fast_, &slow_, &long_}) {
    mean->value = lost + (mean->value - lost) * kept(mean->weight, gap);
  }
  while (!recent_.empty() && (now - recent_.front().time >= 1s || recent_.size() == max_rounds)) {
    recent_.erase(recent_.begin());
  }
  recent_.push_back({now, lost});
}

void ProbeFeatures::clear() { *this = ProbeFeatures{}; }

std::optional<double> ProbeFeatures::last_second(Instant now) const {
  double sum = 0;
  double n = 0;
  for (const Round& round : recent_) {
    if (now - round.time >= 1s) continue;
    sum += round.lost;
    n += 1;
  }
  return n > 0 ? std::optional(sum / n) : std::nullopt;
}

void ProbeFeatures::read(Instant now, Features& out) const {
  const double loss = last_second(now).value_or(0);
  at(out, Feature::LossNow) = loss;
  at(out, Feature::LossAny) = loss > 0 ? 1 : 0;
  at(out, Feature::LossFast) = fast_.value;
  at(out, Feature::LossSlow) = slow_.value;
  at(out, Feature::LossLong) = long_.value;
}

}  // namespace mwan::failover
