// SPDX-License-Identifier: LGPL-2.1-or-later
// Figures of a replay, as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "hal/error.hpp"
#include "tools/mwan-replay/score.hpp"

namespace mwan::replay {

struct ScoredRow {
  std::string name;  // "radio", "pings, 2023-04-10"
  Score score;
};

// "radio   41.95 lost s/h   22.11 in runs of 2 s and more   20.30 switches/h   36008 probes/h"
std::string row_text(const ScoredRow& row);
nlohmann::ordered_json row_json(const ScoredRow& row);

// path "-" is standard output.
Status write_json(const std::string& path, const nlohmann::ordered_json& json);

}  // namespace mwan::replay
