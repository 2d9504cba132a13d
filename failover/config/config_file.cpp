// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/config_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"

namespace mwan::failover {

namespace {

constexpr std::size_t max_size = std::size_t{1} << 20U;

std::string error_text(int error) { return std::generic_category().message(error); }

// The part of the path that keeps us out, as far as it can be told.
std::string access_advice(const std::filesystem::path& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    return fmt::format(
        "user id {} may not search a directory on the way; it needs execute (x) "
        "permission on every directory of the path",
        geteuid());
  }
  return fmt::format(
      "user id {} needs read permission; it belongs to user {} and group {} with mode {:04o}",
      geteuid(), info.st_uid, info.st_gid, info.st_mode & 07777U);
}

std::string open_advice(int error, const std::filesystem::path& path) {
  switch (error) {
    case ENOENT:
      return "is not there";
    case EACCES:
      return "permission denied: " + access_advice(path);
    case ELOOP:
      return "a symbolic link that leads in a circle";
    case ENOTDIR:
      return "a part of the path is not a directory";
    default:
      return "cannot be opened: " + error_text(error);
  }
}

}  // namespace

tl::expected<ConfigFile, std::string> read_config_file(const std::filesystem::path& path) {
  // Non-blocking: opening a FIFO must not wait for a writer.
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return tl::unexpected(open_advice(errno, path));
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return tl::unexpected(error_text(errno));
  if (!S_ISREG(info.st_mode)) {
    return tl::unexpected(
        fmt::format("is {}, expected a regular file",
                    S_ISDIR(info.st_mode) ? "a directory" : "a device, FIFO or socket"));
  }
  ConfigFile out;
  out.others_can_read = (info.st_mode & (S_IRGRP | S_IROTH)) != 0;
  std::array<char, 16384> buffer{};
  while (true) {
    const auto got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected("cannot be read: " + error_text(errno));
    if (got == 0) return out;
    out.text.append(buffer.data(), static_cast<std::size_t>(got));
    if (out.text.size() > max_size) {
      return tl::unexpected(std::string("is larger than 1 MiB, which no configuration file is"));
    }
  }
}

tl::expected<std::vector<std::string>, std::string> list_config_directory(
    const std::filesystem::path& path) {
  // status() first: iterating a file gives a less clear error.
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error) return tl::unexpected(open_advice(error.value(), path));
  if (!std::filesystem::is_directory(status)) {
    return tl::unexpected(std::string("is not a directory"));
  }
  std::vector<std::string> names;
  std::filesystem::directory_iterator entries(path, error);
  while (!error && entries != std::filesystem::directory_iterator()) {
    names.push_back(entries->path().filename().string());
    entries.increment(error);
  }
  if (error) return tl::unexpected(open_advice(error.value(), path));
  std::ranges::sort(names);
  return names;
}

}  // namespace mwan::failover
