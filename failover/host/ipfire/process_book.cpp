// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/process_book.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "hal/process/process_table.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover::ipfire {

namespace {

constexpr std::size_t kMostArguments = 16;
constexpr std::size_t kLongestArgument = 256;
constexpr std::size_t kMostAncestors = 16;
constexpr std::size_t kMostEntries = 128;
constexpr std::size_t kMostForks = 512;
// How long after its end a process still counts as the one who did it.
constexpr Duration kLately = std::chrono::seconds(2);
constexpr Duration kJustNow = std::chrono::milliseconds(500);
// One that began before is a daemon, not an act.
constexpr std::chrono::seconds kYoung = std::chrono::minutes(2);

std::string proc(pid_t pid, const char* name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

// /proc's files are made while they are read: one read, bounded.
std::string read_some(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer{};
  const ssize_t got = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : -1;
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
}

std::vector<std::string> arguments_of(const std::string& line) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < line.size() && out.size() < kMostArguments) {
    const auto end = std::min(line.find('\0', at), line.size());
    out.push_back(line.substr(at, std::min(end - at, kLongestArgument)));
    at = end + 1;
  }
  return out;
}

// Field 7 of proc_pid_stat(5).
bool has_terminal(const std::string& stat) {
  const auto bracket = stat.rfind(')');
  if (bracket == std::string::npos) return false;
  std::istringstream fields{stat.substr(bracket + 1)};
  std::string skipped;
  int terminal = 0;
  fields >> skipped >> skipped >> skipped >> skipped >> terminal;
  return fields && terminal != 0;
}

std::string link_of(const std::string& path) {
  std::array<char, kLongestArgument> target{};
  const ssize_t got = ::readlink(path.c_str(), target.data(), target.size());
  return got > 0 ? std::string(target.data(), static_cast<std::size_t>(got)) : std::string();
}

std::uint64_t ticks_since_boot() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) *
         static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

std::optional<ProcessView> view_process(pid_t pid) {
  const std::string stat = read_some(proc(pid, "stat"));
  if (stat.empty()) return std::nullopt;
  ProcessView out{.pid = pid, .terminal = has_terminal(stat)};
  out.argv = arguments_of(read_some(proc(pid, "cmdline")));
  out.exe = link_of(proc(pid, "exe"));
  const auto open = stat.find('(');
  const auto close = stat.rfind(')');
  if (open < close && close != std::string::npos)
    out.name = stat.substr(open + 1, close - open - 1);
  return out;
}

void ProcessBook::only_this_network() { network_ = link_of("/proc/thread-self/ns/net"); }

bool ProcessBook::elsewhere(const Ancestry& ancestry) const {
  if (network_.empty()) return false;
  for (const ProcessView& view : ancestry) {
    const std::string its = link_of(proc(view.pid, "ns/net"));
    if (!its.empty()) return its != network_;
  }
  return false;
}

const ProcessBook::Entry* ProcessBook::find(pid_t pid) const {
  const auto found =
      std::ranges::find_if(entries_, [&](const Entry& e) { return e.doer.pid == pid; });
  return found == entries_.end() ? nullptr : &*found;
}

pid_t ProcessBook::parent_of(pid_t pid) const {
  if (const auto stat = process_stat(pid)) return stat->parent;
  const auto fork = std::ranges::find_if(forks_, [&](const auto& one) { return one.first == pid; });
  return fork == forks_.end() ? 0 : fork->second;
}

Ancestry ProcessBook::ancestry_of(ProcessView self) const {
  Ancestry out{std::move(self)};
  while (out.size() < kMostAncestors) {
    const pid_t parent = parent_of(out.back().pid);
    if (parent <= 1) break;
    auto view = view_process(parent);
    if (view && !view->argv.empty()) {
      out.push_back(std::move(*view));
      continue;
    }
    // It has ended; it, and who was above it, may be known.
    if (const Entry* known = find(parent)) {
      for (const ProcessView& one : known->ancestry) out.push_back(one);
      break;
    }
    out.push_back(view ? std::move(*view) : ProcessView{.pid = parent});
  }
  return out;
}

void ProcessBook::begin(Instant now) {
  entries_.clear();
  forks_.clear();
  for (const Doer& doer : running()) started(doer.pid, now);
}

void ProcessBook::forked(pid_t child, pid_t parent) {
  std::erase_if(forks_, [&](const auto& one) { return one.first == child; });
  forks_.emplace_front(child, parent);
  if (forks_.size() > kMostForks) forks_.pop_back();
}

std::optional<Doer> ProcessBook::started(pid_t pid, Instant now) {
  auto self = view_process(pid);
  if (!self && parent_of(pid) == 0) return std::nullopt;
  Ancestry ancestry = ancestry_of(self ? std::move(*self) : ProcessView{.pid = pid});
  if (elsewhere(ancestry)) return std::nullopt;
  // Its parent may have ended, and init taken it: who that was is known from before it became
  // another program.
  if (const Entry* before = find(pid); before != nullptr && !before->ended) {
    for (std::size_t i = 0; i < before->ancestry.size() && ancestry.size() < 2 * kMostAncestors;
         ++i) {
      ancestry.push_back(before->ancestry[i]);
    }
  }
  Doer doer = doer_of(ancestry, ourselves_, red_);
  if (doer.pid == ourselves_) return std::nullopt;
  std::erase_if(entries_, [&](const Entry& e) { return e.doer.pid == pid; });
  entries_.push_front({std::move(ancestry), doer, now, std::nullopt});
  if (entries_.size() > kMostEntries) {
    // Those that run stay as long as there are others.
    const auto old = std::find_if(entries_.rbegin(), entries_.rend(),
                                  [](const Entry& e) { return e.ended.has_value(); });
    if (old == entries_.rend()) {
      entries_.pop_back();
    } else {
      entries_.erase(std::next(old).base());
    }
  }
  return doer;
}

std::optional<Doer> ProcessBook::ended(pid_t pid, Instant now) {
  const auto found =
      std::ranges::find_if(entries_, [&](const Entry& e) { return e.doer.pid == pid; });
  if (found == entries_.end() || found->ended) return std::nullopt;
  found->ended = now;
  return found->doer;
}

std::vector<Doer> ProcessBook::lately(Instant now, const std::vector<Act>& acts) const {
  std::vector<Doer> out;
  for (const Entry& entry : entries_) {
    if (entry.doer.who == Who::Ourselves) continue;
    if (entry.ended ? now - *entry.ended > kLately : now - entry.started > kYoung) continue;
    if (std::ranges::find(acts, entry.doer.within) != acts.end()) out.push_back(entry.doer);
  }
  return out;
}

std::vector<Doer> ProcessBook::active() const {
  std::vector<Doer> out;
  for (const Entry& entry : entries_) {
    if (entry.ended || entry.doer.who == Who::Ourselves) continue;
    if (process_stat(entry.doer.pid)) out.push_back(entry.doer);  // its end may have been lost
  }
  return out;
}

std::vector<Doer> ProcessBook::just_now(Instant now) const {
  std::vector<Doer> out;
  for (const Entry& entry : entries_) {
    const bool recent =
        now - entry.started <= kJustNow || (entry.ended && now - *entry.ended <= kJustNow);
    if (recent && entry.doer.who != Who::Ourselves) out.push_back(entry.doer);
  }
  return out;
}

std::optional<Doer> ProcessBook::who(pid_t pid) const {
  auto view = view_process(pid);
  if (view && !view->argv.empty()) {
    return doer_of(ancestry_of(std::move(*view)), ourselves_, red_);
  }
  if (const Entry* known = find(pid)) return known->doer;
  if (!view && parent_of(pid) == 0) return std::nullopt;
  return doer_of(ancestry_of(view ? std::move(*view) : ProcessView{.pid = pid}), ourselves_, red_);
}

std::vector<Doer> ProcessBook::running() const {
  std::vector<Doer> out;
  const auto hertz = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const std::uint64_t now = ticks_since_boot();
  for (const pid_t pid : process_ids()) {
    auto view = view_process(pid);
    if (!view || act_of(view->argv) == Act::None) continue;
    const auto stat = process_stat(pid);
    if (!stat || stat->state == 'Z' ||
        stat->started + static_cast<std::uint64_t>(kYoung.count()) * hertz < now)
      continue;
    const Ancestry ancestry = ancestry_of(std::move(*view));
    if (elsewhere(ancestry)) continue;
    Doer doer = doer_of(ancestry, ourselves_, red_);
    if (doer.who != Who::Ourselves) out.push_back(std::move(doer));
  }
  // The higher the number, the later it was started, mostly.
  std::ranges::reverse(out);
  return out;
}

}  // namespace mwan::failover::ipfire
