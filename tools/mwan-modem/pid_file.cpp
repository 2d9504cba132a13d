// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/pid_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mwan::tool {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> refuse(const std::string& path, const std::string& why) {
  return failed(FailureClass::Permanent, path, why);
}

pid_t read_pid(int fd) {
  std::array<char, 32> buffer{};
  const ssize_t size = pread(fd, buffer.data(), buffer.size(), 0);
  pid_t out = 0;
  if (size > 0) std::from_chars(buffer.data(), buffer.data() + size, out);
  return out;
}

// The same program, also after an update replaced its file.
bool runs_this_program(pid_t pid) {
  const auto program = [](const std::string& process) {
    std::error_code error;
    std::string path = fs::read_symlink("/proc/" + process + "/exe", error).string();
    const std::string replaced = " (deleted)";
    if (path.ends_with(replaced)) path.resize(path.size() - replaced.size());
    return path;
  };
  const std::string ours = program("self");
  return !ours.empty() && program(std::to_string(pid)) == ours;
}

}  // namespace

std::string pid_file_name(const std::string& link) {
  std::string out = "modem-" + link + ".pid";
  std::ranges::replace_if(
      out,
      [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.';
      },
      '_');
  return out;
}

Result<PidFile> PidFile::take(const std::string& folder, const std::string& name) {
  std::error_code error;
  fs::create_directories(folder, error);
  const std::string path = folder + "/" + name;
  for (int attempt = 0; attempt < 2; ++attempt) {
    UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd) return refuse(path, std::strerror(errno));
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      return refuse(path, fmt::format("process {} is connecting this modem already; mwan-modem "
                                      "disconnect ends it",
                                      read_pid(fd.get())));
    }
    // Its last holder may have removed it between our opening and locking.
    struct stat ours {};
    struct stat there {};
    if (fstat(fd.get(), &ours) != 0 || stat(path.c_str(), &there) != 0 ||
        ours.st_ino != there.st_ino) {
      continue;
    }
    const std::string text = std::to_string(getpid()) + "\n";
    if (ftruncate(fd.get(), 0) != 0 ||
        pwrite(fd.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
      return refuse(path, std::strerror(errno));
    }
    return PidFile(path, std::move(fd));
  }
  return refuse(path, "it is taken and given up by others all the time");
}

PidFile::~PidFile() {
  if (fd_) unlink(path_.c_str());  // before the lock goes with the descriptor
}

Result<std::optional<Holder>> holder_of(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd && errno == ENOENT) return std::nullopt;
  if (!fd) return refuse(path, std::strerror(errno));
  if (flock(fd.get(), LOCK_SH | LOCK_NB) == 0) return std::nullopt;  // left by one that was killed
  Holder out;
  out.pid = read_pid(fd.get());
  if (out.pid <= 1) return refuse(path, "it is locked, but names no process");
  // First the handle, then the question who it is: the number may be reused in between.
  out.pidfd = UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, out.pid, 0)));
  if (!out.pidfd && errno == ESRCH) return std::nullopt;
  if (!out.pidfd) return refuse(path, std::strerror(errno));
  if (!runs_this_program(out.pid)) {
    return refuse(path, fmt::format("process {} is not mwan-modem, it is left alone", out.pid));
  }
  return out;
}

}  // namespace mwan::tool
