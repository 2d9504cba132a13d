// SPDX-License-Identifier: LGPL-2.1-or-later
// The folder of one virtual machine on the host, and what its keeper, those that run something in
// it and those that end it know of each other through it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::vm {

class Folder {
 public:
  explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}
  // Of the first machine; with MWAN_VM_MACHINE=2 in the environment, of the second one beside it.
  static Folder chosen(const std::filesystem::path& first);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path console() const { return path_ / "console.log"; }
  [[nodiscard]] std::filesystem::path keeper_log() const { return path_ / "keeper.log"; }
  [[nodiscard]] std::filesystem::path initramfs() const { return path_ / "initramfs"; }

  // The keeper holds this lock for as long as it lives; nothing when somebody else does.
  [[nodiscard]] std::optional<UniqueFd> become_keeper() const;
  // Who keeps a virtual machine here, as the kernel says.
  [[nodiscard]] std::optional<pid_t> keeper() const;

  // For one program at a time: waits until the ones before are done.
  [[nodiscard]] Result<UniqueFd> take_turn() const;

  // The emulator's end of the serial port. An error while it is not listening.
  [[nodiscard]] Result<UniqueFd> connect() const;

  // Why there is no virtual machine here; empty when nothing was noted. `skip`: for want of
  // something that is not installed, so that tests are skipped instead of failing.
  void note_absence(const std::string& why, bool skip) const;
  void forget_absence() const;
  [[nodiscard]] std::string absence() const;
  [[nodiscard]] bool skipped() const;

  // Started by CTest's fixture and to be ended by it, not by hand.
  void mark_fixture(bool fixture) const;
  [[nodiscard]] bool of_fixture() const;

 private:
  std::filesystem::path path_;
};

}  // namespace mwan::vm
