// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/helper.hpp"

#include <unistd.h>

namespace mwan {

Result<std::filesystem::path> helper_program(const std::string& name) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto installed = std::filesystem::path(MWAN_LIBEXEC_DIR) / name;
  for (const auto& candidate : {self.parent_path() / name, installed}) {
    if (candidate.is_absolute() && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return failed(
      FailureClass::Permanent, name,
      "this helper program is not there; it belongs to the installation, as " + installed.string());
}

}  // namespace mwan
