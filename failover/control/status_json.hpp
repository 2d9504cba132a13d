// SPDX-License-Identifier: LGPL-2.1-or-later
// The status as JSON (docs/control.md). Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "failover/run/runtime_status.hpp"

namespace mwan::failover::control {

nlohmann::ordered_json to_json(const RuntimeStatus& status);

}  // namespace mwan::failover::control
