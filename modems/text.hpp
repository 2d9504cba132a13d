// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "modems/bytes.hpp"

namespace mwan {

// Text from a modem or a network, fit to be shown: valid UTF-8 without control characters as it
// is, anything else with its bytes outside printable ASCII as '?'; at most max_bytes.
std::string clean_text(ByteView text, std::size_t max_bytes = 64);

}  // namespace mwan
