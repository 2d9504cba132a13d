// SPDX-License-Identifier: LGPL-2.1-or-later
// Which link was chosen for every second, as CSV.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>

#include "tools/mwan-replay/drive.hpp"

namespace mwan::replay {

void write_decisions_header(std::ostream& out, bool pairs);
// One row a second; reasons are quoted where they need it.
void write_decisions(std::ostream& out, const DriveResult& result,
                     std::optional<std::int64_t> pair = {});

}  // namespace mwan::replay
