// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/table.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mwan::bench {

namespace {

using Json = nlohmann::ordered_json;

double ms_of(Duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

template <class T>
T median(std::vector<T> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// The values that are there, of the runs that were measured.
template <class T>
std::vector<T> collect(std::span<const Measured> runs, std::optional<T> Measured::*member) {
  std::vector<T> values;
  for (const Measured& run : runs) {
    if (!run.problem && run.*member) values.push_back(*(run.*member));
  }
  return values;
}

template <class T>
std::string spread(const std::vector<T>& values, const std::function<std::string(T)>& words) {
  const auto [least, greatest] = std::ranges::minmax(values);
  std::string middle = words(median(values));
  if (words(least) == words(greatest)) return middle;
  return fmt::format("{} ({} to {})", middle, words(least), words(greatest));
}

std::string times(const std::vector<Duration>& values) {
  return spread<Duration>(values, time_text);
}

void add(std::string& text, const std::string& part) {
  if (!text.empty()) text += "; ";
  text += part;
}

std::string route_words(const Row& row, std::span<const Measured> runs, std::size_t valid) {
  const auto moves = collect(runs, &Measured::to_route);
  const bool kernel = std::ranges::any_of(runs, &Measured::by_kernel);
  if (kernel) return "kernel";
  if (moves.empty()) {
    switch (row.right) {
      case Right::Stay:
      case Right::Either:
        return "stays";
      case Right::Leave:
      case Right::BringBack:
        return "never";
    }
  }
  std::string text = times(moves);
  if (row.right == Right::Stay) text = "LEAVES after " + text;
  if (moves.size() < valid) text += fmt::format(" in {} of {}", moves.size(), valid);
  return text;
}

Json run_json(const Measured& run) {
  const auto time = [](const std::optional<Duration>& value) {
    return value ? Json(ms_of(*value)) : Json();
  };
  Json out = {{"cause_to_route_ms", time(run.to_route)},
              {"by_kernel", run.by_kernel},
              {"packets_lost", run.lost ? Json(*run.lost) : Json()},
              {"longest_gap_ms", time(run.longest_gap)},
              {"route_to_answer_ms", time(run.to_answer)}};
  if (run.problem) out["problem"] = *run.problem;
  return out;
}

using ResourceWords = std::pair<const char*, std::string (*)(const Resources&)>;
constexpr ResourceWords kResourceRows[] = {
    {"memory, resident",
     [](const Resources& r) { return fmt::format("{:.1f} MB", r.resident_mb); }},
    {"memory, proportional",
     [](const Resources& r) { return fmt::format("{:.1f} MB", r.proportional_mb); }},
    {"processor, idle", [](const Resources& r) { return fmt::format("{:.2f} %", r.cpu_percent); }},
    {"bytes per hour, both lines idle",
     [](const Resources& r) { return fmt::format("{:.2f} MB", r.bytes_per_hour / 1e6); }},
    {"packets in 5 s out of the idle first line",
     [](const Resources& r) { return fmt::format("{:.1f}", r.packets_per_5_s); }},
};

}  // namespace

std::string time_text(Duration time) {
  const double ms = ms_of(time);
  if (ms < 9.95) return fmt::format("{:.1f} ms", ms);
  if (ms < 999.5) return fmt::format("{:.0f} ms", ms);
  const double s = ms / 1000;
  return s < 9.995 ? fmt::format("{:.2f} s", s) : fmt::format("{:.1f} s", s);
}

std::string cell(const Row& row, std::span<const Measured> runs) {
  const auto valid = static_cast<std::size_t>(
      std::ranges::count_if(runs, [](const Measured& run) { return !run.problem; }));
  if (valid == 0) return "-";
  std::string text = route_words(row, runs, valid);
  if (const auto lost = collect(runs, &Measured::lost); !lost.empty()) {
    add(text, spread<std::size_t>(lost, [](std::size_t n) { return std::to_string(n); }) + " lost");
  }
  if (const auto gaps = collect(runs, &Measured::longest_gap); !gaps.empty()) {
    add(text, "gap " + times(gaps));
  }
  if (const auto answers = collect(runs, &Measured::to_answer); !answers.empty()) {
    add(text, "answer after the switch " + times(answers));
  }
  if (valid < runs.size()) add(text, fmt::format("{} of {} runs", valid, runs.size()));
  return text;
}

std::string table(const Results& results) {
  std::string text = "| |";
  for (const Who who : results.who) text += fmt::format(" {} |", name(who));
  text += "\n| --- |";
  for (std::size_t i = 0; i < results.who.size(); ++i) text += " --- |";
  text += '\n';
  for (const Row* row : results.rows) {
    text += fmt::format("| {} (`{}`) |", row->title, row->name);
    for (const Who who : results.who) {
      const auto found = results.measured.find({row->name, who});
      text +=
          fmt::format(" {} |", found == results.measured.end() ? "-" : cell(*row, found->second));
    }
    text += '\n';
  }
  if (results.resources.empty()) return text;
  for (const auto& [title, words] : kResourceRows) {
    text += fmt::format("| {} |", title);
    for (const Who who : results.who) {
      const auto found = results.resources.find(who);
      const bool there = found != results.resources.end() && !found->second.problem;
      text += fmt::format(" {} |", there ? words(found->second) : "-");
    }
    text += '\n';
  }
  return text;
}

Json as_json(const Results& results) {
  Json rows = Json::array();
  for (const Row* row : results.rows) {
    Json one = {{"row", row->name}, {"title", row->title}};
    for (const Who who : results.who) {
      const auto found = results.measured.find({row->name, who});
      if (found == results.measured.end()) continue;
      Json runs = Json::array();
      for (const Measured& run : found->second) runs.push_back(run_json(run));
      one[name(who)] = {{"cell", cell(*row, found->second)}, {"runs", runs}};
    }
    rows.push_back(one);
  }
  Json resources = Json::object();
  for (const auto& [who, r] : results.resources) {
    resources[name(who)] = {{"interval_s", std::chrono::duration<double>(r.interval).count()},
                            {"resident_mb", r.resident_mb},
                            {"proportional_mb", r.proportional_mb},
                            {"cpu_percent_of_one", r.cpu_percent},
                            {"bytes_per_hour", r.bytes_per_hour},
                            {"first_line_packets_per_5_s", r.packets_per_5_s}};
    if (r.problem) resources[name(who)]["problem"] = *r.problem;
  }
  return {{"rows", rows}, {"resources", resources}};
}

}  // namespace mwan::bench
