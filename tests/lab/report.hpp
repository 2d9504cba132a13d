// SPDX-License-Identifier: LGPL-2.1-or-later
// The results of the played scenarios, as a table for people and as JSON. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hal/time.hpp"
#include "tests/lab/packet_count.hpp"
#include "tests/lab/router_config.hpp"

namespace mwan::lab {

struct ResultRow {
  std::string scenario;
  Mode mode = Mode::Radio;
  std::optional<Duration> cause_to_route;  // nothing: the route did not move
  PacketCount packets;
};

// A line a scenario, in the order of their first row; the modes side by side.
std::string result_table(std::span<const ResultRow> rows);

// An array of {scenario, mode, cause_to_route_ms, packets_sent, packets_lost}; milliseconds with
// one decimal, null where the route did not move.
std::string result_json(std::span<const ResultRow> rows);

}  // namespace mwan::lab
