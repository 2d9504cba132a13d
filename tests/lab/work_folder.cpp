// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/work_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "tests/lab/lab_error.hpp"

namespace mwan::lab {

namespace fs = std::filesystem;

Result<WorkFolder> WorkFolder::temporary() {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "mwan-lab-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr) return system_failure("making a folder " + name);
  return WorkFolder(name, true);
}

Result<WorkFolder> WorkFolder::kept(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (!error) fs::create_directories(path, error);
  if (error) return system_failure("making the folder " + path.string(), error.value());
  return WorkFolder(path, false);
}

WorkFolder::WorkFolder(WorkFolder&& other) noexcept
    : path_(std::move(other.path_)), remove_(std::exchange(other.remove_, false)) {}

WorkFolder& WorkFolder::operator=(WorkFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(remove_, other.remove_);
  return *this;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (remove_) fs::remove_all(path_, ignored);
}

Status write_file(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) return system_failure("writing " + path.string());
  return {};
}

std::string read_file(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string last_lines(const fs::path& path, int lines) {
  std::string text = read_file(path);
  if (text.empty()) return text;
  std::size_t start = text.size() - 1;  // a newline at the very end ends the last line
  for (; start > 0; --start) {
    if (text[start - 1] == '\n' && --lines == 0) break;
  }
  return text.substr(start);
}

}  // namespace mwan::lab
