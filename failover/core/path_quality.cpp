// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/path_quality.hpp"

#include <array>
#include <cstdio>

namespace mwan::failover {
namespace {

std::string percent(std::uint16_t permille) {
  std::array<char, 16> out{};
  (void)std::snprintf(out.data(), out.size(), "%.0f %%", permille / 10.0);
  return out.data();
}

}  // namespace

void PathQuality::observe(Instant now, const fact::Probe& probe) {
  loss_permille_ = probe.loss_permille;
  latency_ = probe.latency;
  // Too few probes to tell: what was known stays.
  if (!loss_permille_) return;
  const bool measures_loss = policy_.loss_down_permille > 0;
  const bool measures_latency = policy_.latency_down > Duration(0) && latency_;
  const bool bad = (measures_loss && *loss_permille_ >= policy_.loss_down_permille) ||
                   (measures_latency && *latency_ >= policy_.latency_down);
  if (bad) {
    poor_ = true;
    better_since_.reset();
    return;
  }
  if (!poor_) return;
  const bool better = (!measures_loss || *loss_permille_ <= policy_.loss_up_permille) &&
                      (!measures_latency || *latency_ <= policy_.latency_up);
  if (!better) {
    better_since_.reset();
    return;
  }
  if (!better_since_) better_since_ = now;
  if (now - *better_since_ >= policy_.stable) clear();
}

void PathQuality::clear() {
  poor_ = false;
  better_since_.reset();
  loss_permille_.reset();
  latency_.reset();
}

std::string PathQuality::words() const {
  std::string out;
  if (loss_permille_ && policy_.loss_down_permille > 0) {
    out = percent(*loss_permille_) + " of the probes lost (limit " +
          percent(policy_.loss_down_permille) + ")";
  }
  if (latency_ && policy_.latency_down > Duration(0)) {
    out += (out.empty() ? "" : ", ") + std::to_string(to_ms(*latency_)) + " ms of delay (limit " +
           std::to_string(to_ms(policy_.latency_down)) + " ms)";
  }
  return out.empty() ? "probes were lost or late" : out;
}

}  // namespace mwan::failover
