// SPDX-License-Identifier: LGPL-2.1-or-later
// What mwan-replay does. Figures go to `out`; errors are returned.
#pragma once

#include <ostream>

#include "hal/error.hpp"
#include "tools/mwan-replay/options.hpp"

namespace mwan::replay {

Status play_pairs(const Options& options, std::ostream& out);   // --pairs
Status play_files(const Options& options, std::ostream& out);   // LINK_A LINK_B...
Status compare_log(const Options& options, std::ostream& out);  // --format log
Status learn_model(const Options& options, std::ostream& out);  // learn

}  // namespace mwan::replay
