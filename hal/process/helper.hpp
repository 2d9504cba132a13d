// SPDX-License-Identifier: LGPL-2.1-or-later
// The project's own helper programs, and the folders of those that they help with.
#pragma once

#include <filesystem>

#include "hal/error.hpp"

namespace mwan {

struct HelperPrograms {
  std::filesystem::path keeper;  // mwan-keeper: SupervisedProgram::keeper
  std::filesystem::path tell;    // mwan-tell: the script that a program is given
};
// Beside the running program (as in a build tree), or where they are installed (libexec/mwan).
// Permanent when one is in neither.
Result<HelperPrograms> helper_programs();

// Mode 0700 from now on, made where it is missing.
Status make_private_folder(const std::filesystem::path& path);

}  // namespace mwan
