// SPDX-License-Identifier: LGPL-2.1-or-later
// A folder for one run's configuration, state and logs.
#pragma once

#include <filesystem>
#include <string>

#include "hal/error.hpp"

namespace mwan::lab {

class WorkFolder {
 public:
  // Below the system's folder for temporary files; removed with the object.
  static Result<WorkFolder> temporary();
  // Stays. An older one of the same name is emptied.
  static Result<WorkFolder> kept(const std::filesystem::path& path);

  WorkFolder(WorkFolder&& other) noexcept;
  WorkFolder& operator=(WorkFolder&& other) noexcept;
  ~WorkFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  WorkFolder(std::filesystem::path path, bool remove) : path_(std::move(path)), remove_(remove) {}

  std::filesystem::path path_;
  bool remove_ = false;
};

Status write_file(const std::filesystem::path& path, const std::string& text);
// What there is to read; "" when there is no such file.
std::string read_file(const std::filesystem::path& path);
// The last lines of a file, at most so many.
std::string last_lines(const std::filesystem::path& path, int lines);

}  // namespace mwan::lab
