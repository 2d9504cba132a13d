// SPDX-License-Identifier: LGPL-2.1-or-later
// The results as a table that can be put into a document, and as JSON. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/bench/failover/measured.hpp"
#include "tests/bench/failover/resources.hpp"
#include "tests/bench/failover/rows.hpp"

namespace mwan::bench {

struct Results {
  std::vector<Who> who;  // columns
  std::vector<const Row*> rows;
  std::map<std::pair<std::string_view, Who>, std::vector<Measured>> measured;  // by row's name
  std::map<Who, Resources> resources;
};

// "350 ms", "1.62 s": three digits.
std::string time_text(Duration time);
// What the runs of one row with one contender came to: medians, with the least and the greatest
// value behind them where there were several runs.
std::string cell(const Row& row, std::span<const Measured> runs);

std::string table(const Results& results);
nlohmann::ordered_json as_json(const Results& results);

}  // namespace mwan::bench
