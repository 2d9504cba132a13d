// SPDX-License-Identifier: LGPL-2.1-or-later
// The hardware of this host that could carry a link.
#pragma once

#include <vector>

#include "hal/discovery/group.hpp"
#include "hal/error.hpp"

namespace mwan::config_tool {

Result<std::vector<HardwareDevice>> found_devices();

}  // namespace mwan::config_tool
