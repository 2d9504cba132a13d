// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/learn/write_model.hpp"

#include <fmt/format.h>

namespace mwan::replay {
namespace {

using failover::Feature;
using failover::feature_count;

std::string weights(const std::vector<double>& values) {
  std::string out;
  for (std::size_t i = 0; i < feature_count; ++i) {
    out += fmt::format("    {:.6g},  // {}\n", values.at(i), name(static_cast<Feature>(i)));
  }
  return out;
}

}  // namespace

std::string model_source(const failover::RiskModel& model) {
  std::string out =
      "// SPDX-License-Identifier: LGPL-2.1-or-later\n"
      "// Written by \"mwan-replay learn\"; docs/prediction.md says from what. Not to be edited by "
      "hand.\n"
      "// clang-format off\n"
      "#include \"failover/core/risk/risk_model.hpp\"\n\n"
      "namespace mwan::failover {\n"
      "namespace {\n\n";
  const char* const horizons[] = {"next_second", "second_and_third", "fourth_to_tenth"};
  for (std::size_t h = 0; h < failover::horizon_count; ++h) {
    out += fmt::format("const std::vector<double> {} = {{\n{}}};\n\n", horizons[h],
                       weights(model.horizons.at(h).weights));
  }
  out += fmt::format("const std::vector<double> cost = {{\n{}}};\n\n", weights(model.cost_weights));
  out += "RiskModel make() {\n  RiskModel model;\n  model.horizons = {\n";
  for (std::size_t h = 0; h < failover::horizon_count; ++h) {
    out += fmt::format("      {{{:.6g}, {}}},\n", model.horizons.at(h).bias, horizons[h]);
  }
  out += "  };\n  model.costs = {\n";
  for (const failover::RiskCost& c : model.costs) {
    out += fmt::format(
        "      {{.linear = {:.6g}, .log_odds = {:.6g}, .below_10 = {:.6g}, .below_30 = {:.6g}}},\n",
        c.linear, c.log_odds, c.below_10, c.below_30);
  }
  out +=
      "  };\n  model.cost_weights = cost;\n  return model;\n}\n\n"
      "}  // namespace\n\n"
      "const RiskModel& shipped_risk_model() {\n"
      "  static const RiskModel model = make();\n"
      "  return model;\n"
      "}\n\n"
      "}  // namespace mwan::failover\n";
  return out;
}

}  // namespace mwan::replay
