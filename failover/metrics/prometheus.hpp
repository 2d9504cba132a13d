// SPDX-License-Identifier: LGPL-2.1-or-later
// Metrics in Prometheus' text format (version 0.0.4), and the integers that keepalived tracks.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "failover/core/risk/risk_words.hpp"
#include "failover/metrics/meters.hpp"
#include "failover/probe/prober.hpp"

namespace mwan::failover {

// What the meters cannot know.
struct LinkReadings {
  double risk = 0.0;
  std::vector<RiskPart> risk_parts;
  std::optional<std::uint64_t> received;  // bytes, as the device counts
  std::optional<std::uint64_t> sent;
  Prober::Counts probes{};
};

// readings: one for each link of the meters.
std::string prometheus_text(const Meters& meters, Instant now,
                            const std::vector<LinkReadings>& readings);

// For keepalived's track_file with its weight of 1: 0 for a link that is well, -50 for one that is
// suspect, -100 for one that is unproven or kept ready, -254, which is a fault there, for one that
// is down. No link at all is down.
int track_value(std::optional<LinkVerdict> verdict);

}  // namespace mwan::failover
