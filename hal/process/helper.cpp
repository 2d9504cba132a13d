// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/helper.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace mwan {
namespace {

namespace fs = std::filesystem;

Result<fs::path> helper_program(const std::string& name) {
  std::error_code error;
  const auto self = fs::read_symlink("/proc/self/exe", error);
  const auto installed = fs::path(MWAN_LIBEXEC_DIR) / name;
  for (const auto& candidate : {self.parent_path() / name, installed}) {
    if (candidate.is_absolute() && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return failed(
      FailureClass::Permanent, name,
      "this helper program is not there; it belongs to the installation, as " + installed.string());
}

}  // namespace

Result<HelperPrograms> helper_programs() {
  auto keeper = helper_program("mwan-keeper");
  if (!keeper) return failed(keeper.error());
  auto tell = helper_program("mwan-tell");
  if (!tell) return failed(tell.error());
  return HelperPrograms{.keeper = std::move(*keeper), .tell = std::move(*tell)};
}

Status make_private_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error && ::chmod(path.c_str(), S_IRWXU) == 0) return {};
  return failed(FailureClass::Permanent, path.string(),
                error ? error.message() : std::strerror(errno));
}

}  // namespace mwan
