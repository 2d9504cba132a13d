// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/report.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mwan::lab {

namespace {

double ms_with_one_decimal(Duration d) {
  return std::round(static_cast<double>(d.count()) / 100.0) / 10.0;
}

const ResultRow* find(std::span<const ResultRow> rows, const std::string& scenario, Mode mode) {
  const auto found = std::ranges::find_if(
      rows, [&](const ResultRow& row) { return row.scenario == scenario && row.mode == mode; });
  return found == rows.end() ? nullptr : &*found;
}

std::string cells(const ResultRow* row) {
  if (row == nullptr) return fmt::format("{:>11}  {:>13}", "-", "-");
  const std::string moved =
      row->cause_to_route ? fmt::format("{:.1f} ms", ms_with_one_decimal(*row->cause_to_route))
                          : std::string("never");
  return fmt::format("{:>11}  {:>13}", moved,
                     fmt::format("{} of {}", row->packets.lost, row->packets.sent));
}

}  // namespace

std::string result_table(std::span<const ResultRow> rows) {
  std::vector<std::string> scenarios;
  for (const ResultRow& row : rows) {
    if (std::ranges::find(scenarios, row.scenario) == scenarios.end()) {
      scenarios.push_back(row.scenario);
    }
  }
  std::string text = fmt::format("{:<14} | {:^26} | {:^26}\n", "", "radio-aware", "pings only") +
                     fmt::format("{:<14} | {:>11}  {:>13} | {:>11}  {:>13}\n", "scenario",
                                 "route moved", "packets lost", "route moved", "packets lost") +
                     fmt::format("{:-<15}+{:-<28}+{:-<27}\n", "", "", "");
  for (const std::string& scenario : scenarios) {
    text += fmt::format("{:<14} | {} | {}\n", scenario, cells(find(rows, scenario, Mode::Radio)),
                        cells(find(rows, scenario, Mode::Pings)));
  }
  return text;
}

std::string result_json(std::span<const ResultRow> rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ResultRow& row : rows) {
    nlohmann::ordered_json item;
    item["scenario"] = row.scenario;
    item["mode"] = name(row.mode);
    item["cause_to_route_ms"] = nullptr;
    if (row.cause_to_route) item["cause_to_route_ms"] = ms_with_one_decimal(*row.cause_to_route);
    item["packets_sent"] = row.packets.sent;
    item["packets_lost"] = row.packets.lost;
    list.push_back(std::move(item));
  }
  return list.dump(2) + "\n";
}

}  // namespace mwan::lab
