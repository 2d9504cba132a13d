// SPDX-License-Identifier: LGPL-2.1-or-later
// Which modem is meant, and how it is spoken to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hal/discovery/group.hpp"
#include "modems/modem_config.hpp"
#include "tools/mwan-modem/context.hpp"

namespace mwan::tool {

// Everything that udev knows, modem or not.
Task<Result<std::vector<HardwareDevice>>> find_devices(Loop& loop, Cancel cancel);
bool is_modem(const HardwareDevice& device);

struct Choice {
  std::string device;  // control port
  std::string netdev;  // empty where there is none
  std::optional<HardwareDevice> hardware;
};
struct Refusal {
  ExitCode code = ExitCode::Failed;
  std::string text;
};
// wanted: --device, may be empty. Pure. A path that udev does not know is taken as it is.
tl::expected<Choice, Refusal> choose(const std::vector<HardwareDevice>& devices,
                                     const std::string& wanted);

// The name of whom messages speak: "cdc-wdm0"; "simulated".
std::string link_name(const Options& options, const Choice& choice);
ModemConfig modem_config(const Options& options, const Choice& choice);

// choose() among what there is, or what --simulated says.
Task<tl::expected<Choice, Refusal>> choose_device(Context& context);

}  // namespace mwan::tool
