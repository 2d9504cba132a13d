// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/edit/config_editor.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/write_all.hpp"

namespace mwan::config_tool {
namespace {

constexpr std::size_t max_size = std::size_t{1} << 20U;  // as the daemon reads
constexpr std::string_view profiles = "profiles/";

tl::unexpected<Error> trouble(const std::string& path, const std::string& why) {
  return failed(FailureClass::Permanent, path, why);
}

std::string open_words(int error) {
  if (error == ELOOP) return "is a symbolic link; put the file itself in its place";
  if (error == ENOTDIR) return "is not a directory, or a symbolic link to one";
  if (error == EACCES || error == EPERM) return "permission denied; it needs root";
  return std::strerror(error);
}

std::string write_words(int error) {
  if (error == EACCES || error == EPERM) return "cannot be changed: permission denied";
  return std::string("cannot be changed: ") + std::strerror(error);
}

// A new file with what the old one had; 0 or an errno.
int fill(int fd, std::string_view text, const struct stat* old, mode_t fresh) {
  if (old != nullptr && ::fchown(fd, old->st_uid, old->st_gid) != 0) return errno;
  if (::fchmod(fd, old != nullptr ? old->st_mode & 07777U : fresh) != 0) return errno;
  if (const int error = write_all(fd, text); error != 0) return error;
  return ::fsync(fd) != 0 ? errno : 0;
}

}  // namespace

Result<ConfigEditor> ConfigEditor::open(const std::string& directory) {
  // Nobody has configured anything yet: not a reason to send somebody away.
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST && errno != ENOENT) {
    return trouble(directory, write_words(errno));
  }
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return trouble(directory, open_words(errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return trouble(directory, errno == EWOULDBLOCK ? "another mwan-config is changing it; try again"
                                                   : std::strerror(errno));
  }
  return ConfigEditor(directory, std::move(fd));
}

// make: the folder of profiles, when it is missing.
Result<ConfigEditor::Place> ConfigEditor::place(const std::string& name, bool make) {
  if (!name.starts_with(profiles)) return Place{directory_.get(), UniqueFd(), name};
  if (make && ::mkdirat(directory_.get(), "profiles", 0755) != 0 && errno != EEXIST) {
    return trouble(path_ + "/profiles", write_words(errno));
  }
  UniqueFd folder(
      ::openat(directory_.get(), "profiles", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder && errno == ENOENT) return Place{-1, UniqueFd(), name};
  if (!folder) return trouble(path_ + "/profiles", open_words(errno));
  const int number = folder.get();
  return Place{number, std::move(folder), name.substr(profiles.size())};
}

Result<std::optional<std::string>> ConfigEditor::read(const std::string& name) {
  const std::string path = path_ + "/" + name;
  const auto at = place(name, false);
  if (!at) return failed(at.error());
  seen_[name] = {};
  if (at->folder < 0) return std::optional<std::string>();
  // Non-blocking: a FIFO must not make us wait for a writer.
  const UniqueFd fd(::openat(at->folder, at->file.c_str(),
                             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return std::optional<std::string>();
  if (!fd) return trouble(path, open_words(errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return trouble(path, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return trouble(path, "is not a regular file");
  std::string text;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble(path, std::strerror(errno));
    if (got == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > max_size) {
      return trouble(path, "is larger than 1 MiB, which no configuration file is");
    }
  }
  seen_[name] = {info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
  return std::optional(std::move(text));
}

Status ConfigEditor::unchanged(const std::string& name, const Place& place) {
  struct stat info {};
  Seen now;
  if (::fstatat(place.folder, place.file.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
    now = {info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
  }
  if (now == seen_[name]) return {};
  return trouble(path_ + "/" + name, "somebody else has changed it just now; try again");
}

Status ConfigEditor::write(const std::string& name, const std::string& text) {
  const std::string path = path_ + "/" + name;
  const auto at = place(name, true);
  if (!at) return failed(at.error());
  struct stat old {};
  const bool there = ::fstatat(at->folder, at->file.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && !S_ISREG(old.st_mode)) {
    return trouble(path, open_words(S_ISLNK(old.st_mode) ? ELOOP : EINVAL));
  }
  const std::string temporary = "." + at->file + ".new";
  // One who was killed in here left it; with O_EXCL below nothing planted is written to.
  ::unlinkat(at->folder, temporary.c_str(), 0);
  UniqueFd fd(::openat(at->folder, temporary.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return trouble(path, write_words(errno));
  // Profiles hold secrets; settings do not.
  int error = fill(fd.get(), text, there ? &old : nullptr, at->owned ? 0600 : 0644);
  fd.reset();
  Status out;
  if (error == 0) out = unchanged(name, *at);
  if (out && error == 0 &&
      ::renameat(at->folder, temporary.c_str(), at->folder, at->file.c_str()) != 0) {
    error = errno;
  }
  if (out && error == 0) {
    ::fsync(at->folder);
    seen_.erase(name);
    return {};
  }
  ::unlinkat(at->folder, temporary.c_str(), 0);
  return out ? Status(trouble(path, write_words(error))) : out;
}

Status ConfigEditor::remove(const std::string& name) {
  const auto at = place(name, false);
  if (!at) return failed(at.error());
  if (auto same = unchanged(name, *at); !same) return same;
  if (::unlinkat(at->folder, at->file.c_str(), 0) != 0) {
    return trouble(path_ + "/" + name, write_words(errno));
  }
  ::fsync(at->folder);
  return {};
}

}  // namespace mwan::config_tool
