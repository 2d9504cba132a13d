// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/left_behind.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include <sys/syscall.h>
#include <unistd.h>

#include "hal/process/boot_id.hpp"
#include "hal/process/process_end.hpp"
#include "hal/process/process_table.hpp"
#include "hal/unique_fd.hpp"

namespace mwan {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSignals = {SIGTERM, SIGKILL};

// Of one that still runs.
std::optional<ProcessStat> stat_of(pid_t pid) {
  const auto stat = process_stat(pid);
  return stat && stat->state != 'Z' ? stat : std::nullopt;
}

bool runs(pid_t pid, const fs::path& program) {
  std::error_code error;
  std::string path = fs::read_symlink("/proc/" + std::to_string(pid) + "/exe", error).string();
  const std::string replaced = " (deleted)";
  if (path.ends_with(replaced)) path.resize(path.size() - replaced.size());
  return !error && fs::path(path).filename() == program.filename();
}

struct Noted {
  pid_t leader = 0;
  std::uint64_t started = 0;
};

std::optional<Noted> noted_in(const fs::path& path) {
  std::ifstream file(path);
  Noted out;
  std::string boot;
  file >> out.leader >> out.started >> boot;
  if (!file || out.leader <= 1 || boot != boot_id()) return std::nullopt;
  return out;
}

}  // namespace

Status note_group(const fs::path& file, pid_t leader) {
  const auto stat = stat_of(leader);
  if (!stat) return {};  // it has ended already
  std::ofstream out(file, std::ios::trunc);
  out << leader << ' ' << stat->started << ' ' << boot_id() << '\n' << std::flush;
  if (out) return {};
  return failed(FailureClass::Transient, file.string(), std::strerror(errno));
}

std::vector<pid_t> left_of_group(const fs::path& file, const fs::path& program) {
  const auto noted = noted_in(file);
  if (!noted) return {};
  const auto leader = stat_of(noted->leader);
  // The number of a group that has members is given to nobody else: with another leader, there is
  // nothing left of it.
  if (leader && leader->started != noted->started) return {};
  std::vector<pid_t> out;
  if (leader) out.push_back(noted->leader);
  for (const pid_t pid : process_ids()) {
    const auto stat = stat_of(pid);
    if (stat && stat->group == noted->leader && pid != noted->leader &&
        stat->started >= noted->started && runs(pid, program)) {
      out.push_back(pid);
    }
  }
  return out;
}

Task<bool> end_left_behind(Loop& loop, fs::path file, fs::path program, Duration grace) {
  bool found = false;
  for (const int number : kSignals) {
    std::vector<UniqueFd> watched;
    for (const pid_t pid : left_of_group(file, program)) {
      // First the handle, then the question who it is once more: the number may be reused in
      // between.
      UniqueFd handle = open_process(pid);
      const auto still = left_of_group(file, program);
      if (!handle || std::ranges::find(still, pid) == still.end()) continue;
      found = true;
      ::syscall(SYS_pidfd_send_signal, handle.get(), number, nullptr, 0);
      watched.push_back(std::move(handle));
      if (number == SIGTERM) break;  // the leader first, or whoever is left without one
    }
    const Instant limit = Loop::now() + grace;
    for (const UniqueFd& handle : watched) {
      co_await process_ended(loop, handle, limit);
    }
  }
  std::error_code ignored;
  fs::remove(file, ignored);
  co_return found;
}

}  // namespace mwan
