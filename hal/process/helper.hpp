// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the project's own helper programs are.
#pragma once

#include <filesystem>
#include <string>

#include "hal/error.hpp"

namespace mwan {

// Beside the running program (as in a build tree), or where they are installed (libexec/mwan).
// Permanent when it is in neither.
Result<std::filesystem::path> helper_program(const std::string& name);

}  // namespace mwan
