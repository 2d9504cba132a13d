// SPDX-License-Identifier: LGPL-2.1-or-later
// Debian's ModemManager with its own udev rules, on a bus of its own. ./check unpacks it to
// build/judges. For the guest of tests/vm.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::vm {

// NOTE Ownership: with the object it ends, and its rules go.
class ModemManager {
 public:
  // Empty, or why there is none.
  static std::string missing();
  // With its rules in force; devices that are there already keep what udev said of them.
  static Result<ModemManager> start();
  ModemManager(ModemManager&&) = default;
  ModemManager& operator=(ModemManager&&) = delete;
  ~ModemManager();

  // What its client printed, or why it failed, which starts with "error".
  [[nodiscard]] std::string mmcli(std::vector<std::string> arguments) const;
  // The end of its log.
  [[nodiscard]] std::string log() const;
  [[nodiscard]] pid_t pid() const { return judge_.pid(); }
  void stop();

 private:
  explicit ModemManager(lab::WorkFolder folder) : folder_(std::move(folder)) {}
  [[nodiscard]] std::vector<std::string> with_environment(std::vector<std::string> argv) const;
  [[nodiscard]] std::string file(const char* name) const { return folder_.path() / name; }

  lab::WorkFolder folder_;
  std::vector<std::filesystem::path> rules_;
  lab::Process bus_;
  lab::Process judge_;
};

}  // namespace mwan::vm
