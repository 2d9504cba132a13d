// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/follow.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mwan::config_tool {
namespace {

constexpr std::size_t longest = std::size_t{64} * 1024;  // of a line; the rest of it is left out

tl::unexpected<Error> trouble(const std::string& path) {
  return failed(FailureClass::Permanent, path, std::strerror(errno));
}

}  // namespace

Status LineFollower::open() {
  file_ = UniqueFd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file_) return trouble(path_);
  struct stat info {};
  if (::fstat(file_.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return failed(FailureClass::Permanent, path_, "is not a regular file");
  }
  return {};
}

void LineFollower::read_more(std::deque<std::string>& out) {
  std::array<char, 16384> buffer{};
  ssize_t got = 0;
  while ((got = ::read(file_.get(), buffer.data(), buffer.size())) > 0) {
    for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
      if (c == '\n') {
        out.push_back(std::move(rest_));
        rest_.clear();
      } else if (rest_.size() < longest) {
        rest_ += c;
      }
    }
  }
}

Result<std::deque<std::string>> LineFollower::last(std::size_t count) {
  if (auto status = open(); !status) return failed(status.error());
  // Of a large file only the end: lines are far shorter than this.
  const off_t size = ::lseek(file_.get(), 0, SEEK_END);
  const auto wanted = static_cast<off_t>(count) * 4096;
  ::lseek(file_.get(), size > wanted ? size - wanted : 0, SEEK_SET);
  std::deque<std::string> out;
  read_more(out);
  if (size > wanted && !out.empty()) out.pop_front();  // its beginning is missing
  while (out.size() > count) out.pop_front();
  return out;
}

bool LineFollower::replaced() const {
  struct stat ours {};
  struct stat there {};
  if (::fstat(file_.get(), &ours) != 0 || ::stat(path_.c_str(), &there) != 0) return false;
  // Another file, or this one made empty (copytruncate).
  return ours.st_ino != there.st_ino || ours.st_dev != there.st_dev ||
         ours.st_size < ::lseek(file_.get(), 0, SEEK_CUR);
}

Result<std::deque<std::string>> LineFollower::next() {
  if (!watch_) {
    watch_ = UniqueFd(::inotify_init1(IN_CLOEXEC));
    const std::string folder = std::filesystem::absolute(path_).parent_path();
    if (!watch_ || ::inotify_add_watch(watch_.get(), folder.c_str(),
                                       IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
      return trouble(folder);
    }
  }
  std::deque<std::string> out;
  while (true) {
    read_more(out);
    if (replaced()) {
      rest_.clear();
      if (auto status = open(); !status) return failed(status.error());
      continue;
    }
    if (!out.empty()) return out;
    // What happened does not matter; that something did, does.
    alignas(inotify_event) std::array<char, 4096> events{};
    if (::read(watch_.get(), events.data(), events.size()) < 0 && errno != EINTR) {
      return trouble(path_);
    }
  }
}

}  // namespace mwan::config_tool
