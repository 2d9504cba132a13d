// SPDX-License-Identifier: LGPL-2.1-or-later
// The state directory: what has to survive a restart, one small file each, and the right to be the
// only daemon. Every write is whole or not at all, also when the power goes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover {

namespace state_file {
inline constexpr std::string_view daemon_pid = "daemon.pid";
inline constexpr std::string_view current_profile = "current-profile";
inline constexpr std::string_view failover_time = "failover-time";  // seconds since 1970 as text
inline constexpr std::string_view counters = "counters";            // metrics/run_memory.hpp
// What people decided (failover/run/named_manual.hpp); stays when the daemon ends.
inline constexpr std::string_view manual = "manual";
}  // namespace state_file

// Names of files: 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with a dot. Symbolic links in the
// directory are never followed. Blocks for the disk: small files, a few times a minute.
class StateStore {
 public:
  // Makes the directory (and its parents) where it is missing, mode 0755. Refused: a symbolic link,
  // a directory of another user, one that others can write to.
  static Result<StateStore> open(const std::string& path);

  // Makes this process the daemon: locks the directory until the store is destroyed and writes
  // daemon.pid. FailureClass::Permanent "already running as process N" when another one has it; a
  // daemon.pid that a killed process left is taken over.
  Status become_daemon();
  // Removes daemon.pid and gives the lock back; the destructor does it too.
  void resign();

  // Replaces a file's contents, atomically and synced. Mode 0644: no place for secrets.
  Status put(std::string_view name, std::string_view text);
  // Nothing when there is no such file.
  [[nodiscard]] Result<std::optional<std::string>> get(std::string_view name) const;
  // A file that is not there is removed already.
  Status remove(std::string_view name);

  [[nodiscard]] const std::string& path() const { return path_; }

  StateStore(StateStore&&) noexcept = default;
  StateStore& operator=(StateStore&&) = delete;
  ~StateStore() { resign(); }

 private:
  StateStore(std::string path, UniqueFd directory)
      : path_(std::move(path)), directory_(std::move(directory)) {}
  [[nodiscard]] std::string where(std::string_view name) const;

  std::string path_;
  UniqueFd directory_;  // the lock is on this open directory
  bool daemon_ = false;
};

}  // namespace mwan::failover
