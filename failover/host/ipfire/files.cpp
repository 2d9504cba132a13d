// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "failover/host/ipfire/settings_file.hpp"
#include "hal/unique_fd.hpp"
#include "hal/write_all.hpp"

namespace mwan::failover::ipfire {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> no(const std::string& path, const std::string& what) {
  return failed(FailureClass::Transient, path,
                what + ": " + std::generic_category().message(errno));
}

bool fill(int fd, const FileCopy& copy, bool keep_time, Durable durable) {
  if (write_all(fd, copy.text) != 0) return false;
  if (::fchown(fd, copy.owner, copy.group) != 0 || ::fchmod(fd, copy.mode & 07777U) != 0) {
    return false;
  }
  if (keep_time) {
    const std::array<timespec, 2> times = {copy.changed, copy.changed};
    if (::futimens(fd, times.data()) != 0) return false;
  }
  return durable == Durable::No || ::fsync(fd) == 0;
}

}  // namespace

Result<std::optional<FileCopy>> copy_file(const std::string& path) {
  auto text = read_plain_file(path);
  if (!text && text.error().failure == FailureClass::Gone) return std::optional<FileCopy>();
  if (!text) return failed(text.error());
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return no(path, "cannot be looked at");
  return FileCopy{std::move(*text), info.st_mode & 07777U, info.st_uid, info.st_gid, info.st_mtim};
}

Status put_file(const std::string& path, const FileCopy& copy, bool keep_time, Durable durable) {
  const fs::path target(path);
  const std::string fresh =
      (target.parent_path() / ("." + target.filename().string() + ".mwan")).string();
  // A run that was killed in here left one; with O_EXCL below nothing planted is written to.
  ::unlink(fresh.c_str());
  UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                     S_IRUSR | S_IWUSR));
  if (!fd) return no(path, "cannot be written");
  const bool whole = fill(fd.get(), copy, keep_time, durable);
  fd.reset();
  if (!whole || ::rename(fresh.c_str(), path.c_str()) != 0) {
    auto failure = no(path, "cannot be written");
    ::unlink(fresh.c_str());
    return failure;
  }
  return durable == Durable::Yes ? sync_folder(target.parent_path().string()) : Status{};
}

Status put_text(const std::string& path, std::string_view text, Durable durable) {
  FileCopy copy{.text = std::string(text)};
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
    copy.mode = info.st_mode & 07777U;
    copy.owner = info.st_uid;
    copy.group = info.st_gid;
  }
  return put_file(path, copy, false, durable);
}

Status overwrite(const std::string& path, std::string_view text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return no(path, "cannot be opened for writing");
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return failed(FailureClass::Permanent, path, "is not a regular file");
  }
  // Whoever holds it may be a page of the web UI that was left; our own writing is short.
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return no(path, "is locked by somebody else");
  if (::ftruncate(fd.get(), 0) != 0 || write_all(fd.get(), text) != 0 || ::fsync(fd.get()) != 0) {
    return no(path, "cannot be written");
  }
  return {};
}

Status remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return no(path, "cannot be removed");
}

Status sync_folder(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return no(path, "cannot be synced to the disk");
  return {};
}

}  // namespace mwan::failover::ipfire
