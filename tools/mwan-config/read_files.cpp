// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/read_files.hpp"

#include <filesystem>

#include "failover/config/config_file.hpp"
#include "tools/mwan-config/edit/words.hpp"

namespace mwan::config_tool {

Result<ShownFile> read_shown(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  const auto file = failover::read_config_file(path);
  if (!file) return failed(FailureClass::Permanent, path, file.error());
  return ShownFile{name, failover::parse_settings_text(path, file->text)};
}

Result<std::vector<std::string>> profile_names(const std::string& directory) {
  const std::string path = directory + "/profiles";
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, error)) && !error) {
    return std::vector<std::string>();  // none was made yet
  }
  auto names = failover::list_config_directory(path);
  if (!names) return failed(FailureClass::Permanent, path, names.error());
  std::erase_if(*names, [](const std::string& name) { return !is_profile_name(name); });
  return std::move(*names);
}

}  // namespace mwan::config_tool
