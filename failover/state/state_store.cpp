// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/state/state_store.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "failover/plain_name.hpp"
#include "hal/write_all.hpp"

namespace mwan::failover {

namespace {

constexpr std::size_t max_size = std::size_t{1} << 20U;

std::string error_text(int error) { return std::generic_category().message(error); }

tl::unexpected<Error> trouble(std::string where, std::string message) {
  return failed(FailureClass::Permanent, std::move(where), std::move(message));
}

bool is_name(std::string_view name) { return is_plain_name(name, 64) && name.front() != '.'; }

// With those above it. A folder whose name is not on the disk takes with it, when the power goes,
// all that was synced inside.
int make_directory(const std::filesystem::path& path) {
  std::filesystem::path above = path.parent_path();
  if (above.empty()) above = ".";
  if (above != path && access(above.c_str(), F_OK) != 0) {
    if (const int error = make_directory(above); error != 0) return error;
  }
  if (mkdir(path.c_str(), 0755) != 0) return errno == EEXIST ? 0 : errno;
  const UniqueFd fd(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && fsync(fd.get()) == 0 ? 0 : errno;
}

std::string open_advice(int error) {
  switch (error) {
    case ELOOP:
      return "is a symbolic link, which could lead our files anywhere; name the directory itself";
    // O_DIRECTORY on a symbolic link gives this with O_NOFOLLOW, on a plain file too.
    case ENOTDIR:
      return "is not a directory, or a symbolic link to one; name the directory itself";
    case EACCES:
      return fmt::format("permission denied: user id {} needs to read and search it", geteuid());
    default:
      return "cannot be opened: " + error_text(error);
  }
}

// Nothing = the directory can be trusted.
std::optional<std::string> distrust(int directory) {
  struct stat info {};
  if (fstat(directory, &info) != 0) return error_text(errno);
  if (info.st_uid != geteuid()) {
    return fmt::format(
        "belongs to user id {}, the daemon runs as {}; give it over (chown) or name "
        "another directory",
        info.st_uid, geteuid());
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fmt::format("can be written to by others (mode {:04o}); chmod 0755 it",
                       info.st_mode & 07777U);
  }
  return std::nullopt;
}

}  // namespace

std::string StateStore::where(std::string_view name) const {
  return fmt::format("{}/{}", path_, name);
}

Result<StateStore> StateStore::open(const std::string& path) {
  std::filesystem::path clean(path);
  if (!clean.has_filename()) clean = clean.parent_path();  // "state/" is "state"
  if (const int error = make_directory(clean); error != 0) {
    return trouble(clean.string(), "cannot be made: " + error_text(error));
  }
  UniqueFd directory(::open(clean.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return trouble(clean.string(), open_advice(errno));
  if (const auto why = distrust(directory.get())) return trouble(clean.string(), *why);
  return StateStore(clean.string(), std::move(directory));
}

Status StateStore::become_daemon() {
  if (daemon_) return {};
  if (flock(directory_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return trouble(path_, "cannot be locked: " + error_text(errno));
    long pid = 0;
    const auto file = get(state_file::daemon_pid);
    const std::string text = file ? file->value_or("") : "";
    std::from_chars(text.data(), text.data() + text.size(), pid);
    return trouble(path_, pid > 0 ? fmt::format("already running as process {}", pid)
                                  : "already running (another process has the lock)");
  }
  daemon_ = true;
  if (auto status = put(state_file::daemon_pid, fmt::format("{}\n", getpid())); !status) {
    resign();
    return status;
  }
  return {};
}

void StateStore::resign() {
  if (!daemon_ || !directory_) return;
  // While the lock is still ours: afterwards the file may be another process's.
  unlinkat(directory_.get(), std::string(state_file::daemon_pid).c_str(), 0);
  flock(directory_.get(), LOCK_UN);
  daemon_ = false;
}

Status StateStore::put(std::string_view name, std::string_view text) {
  if (!is_name(name)) return trouble(path_, fmt::format("\"{}\" is not a file name", name));
  const std::string file(name);
  const std::string temporary = "." + file + ".new";
  // A process that was killed in here left one; with O_EXCL below nothing planted is written to.
  unlinkat(directory_.get(), temporary.c_str(), 0);
  UniqueFd fd(openat(directory_.get(), temporary.c_str(),
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!fd) return trouble(where(temporary), "cannot be created: " + error_text(errno));
  int error = write_all(fd.get(), text);
  if (error == 0 && fsync(fd.get()) != 0) error = errno;
  fd.reset();
  if (error == 0 &&
      renameat(directory_.get(), temporary.c_str(), directory_.get(), file.c_str()) != 0) {
    error = errno;
  }
  if (error == 0 && fsync(directory_.get()) != 0) error = errno;
  if (error == 0) return {};
  unlinkat(directory_.get(), temporary.c_str(), 0);
  return trouble(where(name), "cannot be written: " + error_text(error));
}

Result<std::optional<std::string>> StateStore::get(std::string_view name) const {
  if (!is_name(name)) return trouble(path_, fmt::format("\"{}\" is not a file name", name));
  // Non-blocking: a FIFO in the place of the file must not stop the daemon.
  const UniqueFd fd(openat(directory_.get(), std::string(name).c_str(),
                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return std::optional<std::string>{};
  if (!fd && errno == ELOOP) return trouble(where(name), "is a symbolic link; remove it");
  if (!fd) return trouble(where(name), "cannot be opened: " + error_text(errno));
  struct stat info {};
  if (fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return trouble(where(name), "is not a regular file; remove it");
  }
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const auto got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble(where(name), "cannot be read: " + error_text(errno));
    if (got == 0) return std::optional(std::move(text));
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > max_size) return trouble(where(name), "is larger than 1 MiB; remove it");
  }
}

Status StateStore::remove(std::string_view name) {
  if (!is_name(name)) return trouble(path_, fmt::format("\"{}\" is not a file name", name));
  if (unlinkat(directory_.get(), std::string(name).c_str(), 0) != 0) {
    if (errno == ENOENT) return {};
    return trouble(where(name), "cannot be removed: " + error_text(errno));
  }
  if (fsync(directory_.get()) != 0) return trouble(path_, error_text(errno));
  return {};
}

}  // namespace mwan::failover
