// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/decision_log.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "failover/record/codec.hpp"

namespace mwan::failover {

namespace {

std::string error_text(int error) { return std::generic_category().message(error); }

// Where the last whole line ends: a process that was killed may have left a part of one behind.
off_t end_of_lines(int fd, off_t size) {
  std::array<char, 4096> buffer{};
  while (size > 0) {
    const off_t from =
        size > static_cast<off_t>(buffer.size()) ? size - static_cast<off_t>(buffer.size()) : 0;
    const auto got = pread(fd, buffer.data(), static_cast<std::size_t>(size - from), from);
    if (got <= 0) return size;
    const std::string_view part(buffer.data(), static_cast<std::size_t>(got));
    const auto last = part.rfind('\n');
    if (last != std::string_view::npos) return from + static_cast<off_t>(last) + 1;
    size = from;
  }
  return 0;
}

}  // namespace

DecisionLog::DecisionLog(DecisionLogOptions options) : options_(std::move(options)) {}

void DecisionLog::failed(const std::string& what) {
  if (std::exchange(complained_, true)) return;
  if (options_.complain) {
    options_.complain(
        fmt::format("{}: {}; decisions go on without their log", options_.path, what));
  }
}

bool DecisionLog::open() {
  file_ = UniqueFd(::open(options_.path.c_str(),
                          O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640));
  if (!file_) {
    failed(errno == ELOOP ? "is a symbolic link, which is not followed"
                          : "cannot be opened: " + error_text(errno));
    return false;
  }
  struct stat info {};
  if (fstat(file_.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    failed("is not a regular file");
    file_.reset();
    return false;
  }
  const off_t end = end_of_lines(file_.get(), info.st_size);
  if (end != info.st_size && ftruncate(file_.get(), end) != 0) {
    failed("a half line at its end cannot be cut off: " + error_text(errno));
    file_.reset();
    return false;
  }
  size_ = static_cast<std::uint64_t>(end);
  return true;
}

std::string DecisionLog::beginning(bool continued, Instant now) const {
  std::string out = encode_record(record::Header{policy_, continued}, names_) + "\n";
  if (options_.wall_clock) {
    out += encode_record(record::WallClock{options_.wall_clock(), now}, names_) + "\n";
  }
  return out;
}

void DecisionLog::begin(const Policy& policy, Instant now) {
  if (options_.path.empty()) return;
  policy_ = policy;
  names_ = LinkNames(policy_);
  lost_ = 0;
  if (!open()) return;
  if (size_ >= options_.max_bytes) rotate(now);
  append(beginning(false, now), now, 0);
}

void DecisionLog::rotate(Instant now) {
  const std::string older = options_.path + ".1";
  if (std::rename(options_.path.c_str(), older.c_str()) != 0) {
    failed(fmt::format("cannot be renamed to {}: {}", older, error_text(errno)));
    return;
  }
  if (!open()) return;
  append(beginning(true, now), now, 0);
}

void DecisionLog::record(Instant now, const Event& event, const std::vector<Action>& actions) {
  if (options_.path.empty()) return;
  std::string lines = encode_record(record::TimedEvent{now, event}, names_) + "\n";
  for (const Action& action : actions) {
    lines += encode_record(record::TimedAction{now, action}, names_) + "\n";
  }
  if (file_ && size_ + lines.size() > options_.max_bytes) rotate(now);
  append(lines, now, 1);
}

// All of it or nothing, so that the log holds whole records only.
void DecisionLog::append(const std::string& lines, Instant now, std::int64_t events) {
  if (!file_) {
    lost_ += events;
    return;
  }
  std::string text;
  if (lost_ > 0) text = encode_record(record::Lost{now, lost_}, names_) + "\n";
  text += lines;
  std::string_view left = text;
  while (!left.empty()) {
    const auto written = write(file_.get(), left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      failed("cannot be written: " + error_text(errno));
      lost_ += events;
      if (ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) file_.reset();
      return;
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  size_ += text.size();
  lost_ = 0;
  complained_ = false;
}

}  // namespace mwan::failover
