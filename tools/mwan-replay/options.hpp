// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line of mwan-replay.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mwan::replay {

enum class Format { WmnLab, Native, Log };
enum class Mode { Radio, Pings };

struct Options {
  bool learn = false;
  Format format = Format::Native;
  std::vector<std::string> links;  // files; of a log, the older one first
  std::string pairs;
  std::string traces;
  std::string settings;
  std::string decisions;
  std::string json;
  std::string plot;
  Mode mode = Mode::Radio;
  std::uint64_t seed = 0;
  std::optional<double> switch_price;
  std::size_t radio_late_s = 0;
  std::uint16_t probes = 5;  // of a round
  bool without_neighbours = false;
  bool without_nr = false;
  // Of learn.
  bool cross_validate = false;
  std::string write;
};

struct ParsedOptions {
  Options options;
  bool run = false;  // else exit_code says how the program ends
  int exit_code = 0;
};

ParsedOptions parse_options(int argc, const char* const* argv);

}  // namespace mwan::replay
