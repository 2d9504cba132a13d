// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/report.hpp"

#include <fstream>
#include <iostream>

#include <fmt/format.h>

namespace mwan::replay {

std::string row_text(const ScoredRow& row) {
  const Score& s = row.score;
  return fmt::format(
      "{:<34} {:6.2f} lost s/h, {:5.2f} of them in runs of 2 s and more, {:5.2f} switches/h, "
      "{:.0f} "
      "probes/h\n",
      row.name, s.an_hour(s.lost), s.an_hour(s.in_runs), s.an_hour(s.switches),
      s.an_hour(s.probes));
}

nlohmann::ordered_json row_json(const ScoredRow& row) {
  const Score& s = row.score;
  return {{"name", row.name},
          {"hours", static_cast<double>(s.seconds) / 3600.0},
          {"lost_s_per_hour", s.an_hour(s.lost)},
          {"lost_s_in_runs_per_hour", s.an_hour(s.in_runs)},
          {"switches_per_hour", s.an_hour(s.switches)},
          {"probes_per_hour", s.an_hour(s.probes)}};
}

Status write_json(const std::string& path, const nlohmann::ordered_json& json) {
  if (path == "-") {
    std::cout << json.dump(2) << '\n';
    return {};
  }
  std::ofstream out(path);
  out << json.dump(2) << '\n';
  out.close();
  if (!out) return failed(FailureClass::Permanent, path, "cannot be written");
  return {};
}

}  // namespace mwan::replay
