// SPDX-License-Identifier: LGPL-2.1-or-later
// PINs and passwords from where nobody can look over the shoulder: never from the command line.
#pragma once

#include <string>

#include "hal/error.hpp"
#include "hal/secret.hpp"

namespace mwan::tool {

// The first line of a descriptor, without its end; at most 256 bytes. The descriptor stays open.
Result<Secret> read_secret(int fd);
// Asks on the terminal (/dev/tty) without echo, which is switched on again on every path.
Result<Secret> ask_secret(const std::string& prompt);

// 4 to 8 digits (3GPP TS 31.101 section 9.5.1).
bool valid_pin(const Secret& pin);

}  // namespace mwan::tool
