// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "tools/mwan-sim/scenario/words.hpp"

namespace mwan::sim {
namespace {

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return line.substr(0, i);
    }
  }
  return line;
}

struct Span {
  Duration from{0};
  Duration until{0};
};

Read<Span> read_span(std::string_view text, bool ramp) {
  if (!ramp) {
    const auto at = read_duration(text);
    if (!at) return wrong(at.error());
    return Span{*at, *at};
  }
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) {
    return wrong(fmt::format("\"{}\" should be FROM..TO, like 4s..10s", text));
  }
  const auto from = read_duration(text.substr(0, dots));
  const auto until = read_duration(text.substr(dots + 2));
  if (!from) return wrong(from.error());
  if (!until) return wrong(until.error());
  if (*until <= *from) return wrong("a ramp must end after it begins");
  return Span{*from, *until};
}

std::string joined(const std::vector<std::string>& words, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < words.size(); ++i) text += (i == first ? "" : " ") + words[i];
  return text;
}

// A line that begins with "at" or "ramp".
Read<Step> read_step(const std::vector<std::string>& words) {
  const bool ramp = words.front() == "ramp";
  if (words.size() < 3) return wrong("a step needs a time and something to do");
  const auto span = read_span(words[1], ramp);
  if (!span) return wrong(span.error());
  auto action = read_action({words.begin() + 2, words.end()}, ramp);
  if (!action) return wrong(action.error());
  Step step;
  step.at = span->from;
  step.until = span->until;
  step.action = std::move(action->start);
  if (ramp) step.ramp_end = std::move(action->end);
  step.text = joined(words, 2);
  return step;
}

// Verbs are words by themselves; a setting has its equals sign in the first word.
bool is_setting(std::string_view line) {
  const auto equals = line.find('=');
  const auto space = line.find_first_of(" \t");
  return equals != std::string_view::npos && equals < space;
}

Read<void> read_line(Scenario& scenario, std::string_view line, std::size_t number) {
  const bool timed_part = scenario.parts.size() > 1 || !scenario.parts.front().empty();
  if (is_setting(line)) {
    if (timed_part) return wrong("settings belong before the first timed step");
    const auto equals = line.find('=');
    return apply_setting(scenario, std::string(trim(line.substr(0, equals))),
                         std::string(trim(line.substr(equals + 1))));
  }
  const auto words = split_words(line);
  if (words.front() == "trigger") {
    if (words.size() > 1) return wrong("trigger stands alone");
    scenario.parts.emplace_back();
    return {};
  }
  if (words.front() == "at" || words.front() == "ramp") {
    auto step = read_step(words);
    if (!step) return wrong(step.error());
    step->line = number;
    scenario.parts.back().push_back(std::move(*step));
    return {};
  }
  if (timed_part) {
    return wrong(
        fmt::format("\"{}\" has no time: write \"at TIME {} ...\"", words.front(), words.front()));
  }
  auto action = read_action(words, false);
  if (!action) return wrong(action.error());
  scenario.initial.push_back(std::move(action->start));
  return {};
}

// Reads the recordings of "replay" steps, those without a leading slash from the folder.
Status load_traces(Scenario& scenario, const std::filesystem::path& folder) {
  const auto load = [&folder](StepAction& action) -> Status {
    auto* replay = std::get_if<step::Replay>(&action);
    if (replay == nullptr) return {};
    auto trace = failover::load_trace(folder / replay->file);
    if (!trace) return failed(trace.error());
    replay->trace = std::make_shared<const failover::Trace>(std::move(*trace));
    return {};
  };
  for (StepAction& action : scenario.initial) {
    if (auto loaded = load(action); !loaded) return loaded;
  }
  for (auto& part : scenario.parts) {
    for (Step& step : part) {
      if (auto loaded = load(step.action); !loaded) return loaded;
    }
  }
  return {};
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, const std::string& name) {
  Scenario scenario;
  scenario.parts.emplace_back();
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trim(without_comment(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const auto read = read_line(scenario, line, number);
    if (!read) {
      return failed(FailureClass::Permanent, fmt::format("{}:{}", name, number), read.error());
    }
  }
  for (auto& part : scenario.parts) {
    std::stable_sort(part.begin(), part.end(),
                     [](const Step& a, const Step& b) { return a.at < b.at; });
  }
  return scenario;
}

Result<Scenario> load_scenario(const std::string& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    return failed(FailureClass::Permanent, path,
                  fmt::format("cannot read the scenario: {}", std::strerror(errno)));
  }
  auto scenario = parse_scenario(text, path);
  if (!scenario) return scenario;
  if (auto loaded = load_traces(*scenario, std::filesystem::path(path).parent_path()); !loaded) {
    return failed(loaded.error());
  }
  return scenario;
}

}  // namespace mwan::sim
