// SPDX-License-Identifier: LGPL-2.1-or-later
// A scenario of the simulator.
#include "tests/fuzz/fuzz_target.hpp"
#include "tools/mwan-sim/scenario/scenario.hpp"

namespace mwan::fuzz {

using namespace mwan::sim;

void take(ByteView input) {
  const auto scenario = parse_scenario(text_of(input), "scenario");
  if (!scenario) {
    require(!scenario.error().message.empty(), "an error says why");
    require(scenario.error().where.starts_with("scenario:"), "and in which line");
    return;
  }
  for (const auto& part : scenario->parts) {
    Duration last{0};
    for (const Step& step : part) {
      require(step.at >= last && step.until >= step.at, "the steps are in order");
      require(step.ramp_end.has_value() == (step.until > step.at), "a ramp has an end");
      require(!step.ramp_end || step.ramp_end->index() == step.action.index(),
              "a ramp ends as what it began");
      if (const auto* neighbour = std::get_if<step::Neighbour>(&step.action); step.ramp_end) {
        require(
            neighbour == nullptr || neighbour->pci == std::get<step::Neighbour>(*step.ramp_end).pci,
            "a ramp is of one cell");
      }
      if (const auto* renumber = std::get_if<step::Renumber>(&step.action)) {
        const AddressPlan& plan = renumber->plan;
        require(plan.address.address.family() == renumber->family &&
                    plan.gateway.family() == renumber->family,
                "an address and its gateway are of one family");
      }
      last = step.at;
    }
  }
}

}  // namespace mwan::fuzz
