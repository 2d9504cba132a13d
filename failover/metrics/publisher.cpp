// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/publisher.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/program.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover {
namespace {

// A program that hangs for its whole limit, with a link that flaps: the oldest news are dropped.
constexpr std::size_t kMostWaiting = 64;

struct Traffic {
  std::uint64_t received = 0;  // bytes
  std::uint64_t sent = 0;
};

// By network device. /proc/net/dev knows the namespace we are in; sysfs that of whoever mounted it.
std::map<std::string, Traffic> traffic() {
  std::map<std::string, Traffic> out;
  std::ifstream file("/proc/self/net/dev");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    const auto begin = line.find_first_not_of(' ');
    if (colon == std::string::npos || begin >= colon) continue;
    std::istringstream numbers(line.substr(colon + 1));
    Traffic found;
    numbers >> found.received;
    std::uint64_t other = 0;
    for (int i = 0; i < 7; ++i) numbers >> other;
    if (numbers >> found.sent) out[line.substr(begin, colon - begin)] = found;
  }
  return out;
}

// Empty, or what went wrong.
std::string replace_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  // One that an earlier run left, or that somebody put there: never followed, never written into.
  if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) return std::strerror(errno);
  const UniqueFd fd(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!fd) return std::strerror(errno);
  std::string why;
  const auto written = ::write(fd.get(), text.data(), text.size());
  if (written >= 0 && written != static_cast<ssize_t>(text.size())) {
    why = "the disk is full";
  } else if (written < 0 || ::rename(fresh.c_str(), path.c_str()) != 0) {
    why = std::strerror(errno);
  }
  if (!why.empty()) ::unlink(fresh.c_str());
  return why;
}

}  // namespace

Publisher::Publisher(Loop& loop, const PublisherOptions& options,
                     std::function<LinkReadings(LinkId)> readings)
    : loop_(loop), readings_(std::move(readings)) {
  set_options(options);
}

void Publisher::set_options(const PublisherOptions& options) {
  options_ = options;
  tracks_.clear();
  troubles_.clear();
  metrics_timer_.reset();
  if (!options_.track_dir.empty() && ::mkdir(options_.track_dir.c_str(), 0755) != 0 &&
      errno != EEXIST) {
    spdlog::warn("TRACK_DIR: {}: {}", options_.track_dir, std::strerror(errno));
  }
  if (!options_.metrics_file.empty()) {
    metrics_timer_ = loop_.after(options_.metrics_interval, [this] { write_metrics(); });
  }
}

void Publisher::begun(Instant now, const Policy& policy) {
  meters_.begin(now, policy);
  write_tracks();
}

void Publisher::stepped(Instant now, const Event& event, const std::vector<Action>& actions,
                        std::optional<LinkId> active) {
  const std::string before = active_name(meters_);
  meters_.take(now, event, actions, active);
  const bool moved = active_name(meters_) != before;
  if (moved && switched_) switched_();
  if (actions.empty() && !moved) return;
  write_tracks();
  if (!options_.program.empty()) tell(notices_of(actions, meters_, before));
}

// ---------------------------------------------------------------- files

void Publisher::write_metrics() {
  const auto devices = traffic();
  std::vector<LinkReadings> readings;
  for (const LinkMeter& link : meters_.links()) {
    const LinkId id{static_cast<std::uint16_t>(readings.size())};
    LinkReadings& reading = readings.emplace_back(readings_(id));
    const auto device = devices.find(link.netdev);
    if (device == devices.end()) continue;
    reading.received = device->second.received;
    reading.sent = device->second.sent;
  }
  write(options_.metrics_file, prometheus_text(meters_, Loop::now(), readings));
  metrics_timer_ = loop_.after(options_.metrics_interval, [this] { write_metrics(); });
}

void Publisher::write_tracks() {
  if (options_.track_dir.empty()) return;
  const auto track = [this](const std::string& name, std::optional<LinkVerdict> verdict) {
    const std::string path = options_.track_dir + "/" + name;
    const std::string text = std::to_string(track_value(verdict)) + "\n";
    if (std::exchange(tracks_[path], text) != text) write(path, text);
  };
  for (const LinkMeter& link : meters_.links()) track("link-" + link.name, link.verdict);
  const auto active = meters_.active();
  const bool any = active && active->index < meters_.links().size();
  track("uplink", any ? std::optional(meters_.links()[active->index].verdict) : std::nullopt);
}

void Publisher::write(const std::string& path, const std::string& text) {
  const std::string why = replace_file(path, text);
  std::string& told = troubles_[path];
  if (!why.empty() && why != told) spdlog::warn("{} cannot be written: {}", path, why);
  told = why;
}

// ---------------------------------------------------------------- the program

void Publisher::tell(std::vector<Notice> notices) {
  if (stopped_) return;
  for (Notice& notice : notices) {
    if (waiting_.size() == kMostWaiting) {
      spdlog::warn("NOTIFY_PROGRAM: {} is too slow, it is not told of: {}", options_.program,
                   waiting_.front().words.front());
      waiting_.pop_front();
    }
    waiting_.push_back(std::move(notice));
  }
  // Later: starting a program takes longer than moving a route.
  if (!waiting_.empty() && !job_.running() && !begin_soon_.active()) {
    begin_soon_ = loop_.soon([this] {
      begin_soon_.reset();
      job_.start(run_all());
    });
  }
}

Task<void> Publisher::run_all() {
  while (!waiting_.empty()) {
    const Notice notice = std::move(waiting_.front());
    waiting_.pop_front();
    const Status usable = check_program(options_.program, options_.program_owner, "NOTIFY_PROGRAM");
    if (!usable) {
      std::string& told = troubles_[options_.program];
      if (std::exchange(told, usable.error().message) != usable.error().message) {
        spdlog::warn("{}", usable.error().text());
      }
      continue;
    }
    Program program;
    program.argv = {options_.program};
    program.argv.insert(program.argv.end(), notice.words.begin(), notice.words.end());
    program.environment = notice.environment;
    program.limit = options_.program_limit;
    Task<Result<ProgramResult>> task = run_program(loop_, std::move(program), ending_);
    const Result<ProgramResult> result = co_await task;
    if (!result) {
      if (!stopped_) spdlog::warn("NOTIFY_PROGRAM: {}", result.error().text());
    } else if (!result->succeeded()) {
      const std::string said = last_words(result->output);
      spdlog::warn("NOTIFY_PROGRAM: {} failed with {}{}{}", options_.program, result->words(),
                   said.empty() ? "" : ", its last words: ", said);
    }
  }
}

void Publisher::stop() {
  stopped_ = true;
  waiting_.clear();
  metrics_timer_.reset();
  begin_soon_.reset();
  ending_.cancel();
}

}  // namespace mwan::failover
