// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/process_table.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hal/number.hpp"

namespace mwan {

std::optional<ProcessStat> parse_process_stat(std::string_view line) {
  // The second field is a name in brackets that may hold anything, brackets too.
  const auto bracket = line.rfind(')');
  if (bracket == std::string_view::npos) return std::nullopt;
  std::istringstream fields{std::string(line.substr(bracket + 1))};
  ProcessStat out;
  fields >> out.state >> out.parent >> out.group;  // 3 to 5
  std::string skipped;
  for (int field = 6; field < 22; ++field) fields >> skipped;
  fields >> out.started;
  if (!fields) return std::nullopt;
  return out;
}

std::optional<ProcessStat> process_stat(pid_t pid) {
  // Not by a stream: reading of a process that has ended since the opening fails with ESRCH, which
  // libstdc++'s throws.
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> text{};
  const ssize_t got = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (got <= 0) return std::nullopt;
  return parse_process_stat({text.data(), static_cast<std::size_t>(got)});
}

std::vector<pid_t> process_ids() {
  std::vector<pid_t> out;
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc", error), end; !error && at != end;
       at.increment(error)) {
    const auto pid = whole_number<pid_t>(at->path().filename().string());
    if (pid && *pid > 0) out.push_back(*pid);
  }
  return out;
}

// By number: the header of glibc 2.36 declares pidfd_open() without C linkage.
UniqueFd open_process(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

}  // namespace mwan
