// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/resources.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::bench {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct Sum {
  double resident_kb = 0;
  double proportional_kb = 0;
  double cpu_seconds = 0;
  int processes = 0;
};

double kilobytes(const fs::path& file, std::string_view name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name)) return std::stod(line.substr(name.size()));
  }
  return 0;
}

// User and system time, also of children that were waited for: proc(5), fields 14 to 17 of stat.
double cpu_seconds(const fs::path& process) {
  const std::string text = lab::read_file(process / "stat");
  const auto after_name = text.rfind(')');
  if (after_name == std::string::npos) return 0;
  std::istringstream fields(text.substr(after_name + 1));
  std::string skip;
  for (int i = 3; i < 14; ++i) fields >> skip;
  double sum = 0;
  for (int i = 14; i <= 17; ++i) {
    double ticks = 0;
    fields >> ticks;
    sum += ticks;
  }
  return sum / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// All processes of these names in the network namespace.
Sum look(const lab::NetNs& netns, const std::vector<std::string>& names) {
  Sum sum;
  struct stat wanted {};
  ::fstat(netns.fd(), &wanted);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const std::string pid = entry.path().filename();
    if (!std::ranges::all_of(pid, [](char c) { return c >= '0' && c <= '9'; })) continue;
    struct stat ns {};
    if (::stat((entry.path() / "ns/net").c_str(), &ns) != 0 || ns.st_ino != wanted.st_ino) continue;
    std::string name = lab::read_file(entry.path() / "comm");
    if (name.ends_with('\n')) name.pop_back();
    if (std::ranges::find(names, name) == names.end()) continue;
    ++sum.processes;
    sum.resident_kb += kilobytes(entry.path() / "status", "VmRSS:");
    sum.proportional_kb += kilobytes(entry.path() / "smaps_rollup", "Pss:");
    sum.cpu_seconds += cpu_seconds(entry.path());
  }
  return sum;
}

LineCounters counters(const lab::NetNs& netns) {
  LineCounters out;
  const auto looked = netns.inside([&out]() -> Status {
    out = read_counters(lab::read_file("/proc/thread-self/net/dev"));
    return {};
  });
  static_cast<void>(looked);
  return out;
}

Resources not_measured(const std::string& why) {
  Resources out;
  out.problem = why;
  return out;
}

}  // namespace

LineCounters read_counters(const std::string& text) {
  LineCounters out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string name =
        line.substr(line.find_first_not_of(' '), colon - line.find_first_not_of(' '));
    if (name != first_device && name != second_device) continue;
    std::istringstream fields(line.substr(colon + 1));
    std::vector<double> values;
    for (double value = 0; fields >> value;) values.push_back(value);
    if (values.size() < 10) continue;
    out.bytes += values[0] + values[8];  // received, sent
    if (name == first_device) out.first_packets = values[9];
  }
  return out;
}

Resources measure_resources(Who who, const Installed& installed, Duration interval) {
  auto contender = make(who, installed);
  if (!contender) return not_measured("is not installed");
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return not_measured(folder.error().text());
  auto lines = TwoLines::build();
  if (!lines) return not_measured(lines.error().text());
  if (auto done = contender->start(*lines, folder->path(), Ask::Targets); !done) {
    return not_measured(done.error().text());
  }
  const bool ready =
      lab::wait_until(60s, [&] { return !contender->running() || contender->ready(); });
  if (!ready || !contender->running()) {
    return not_measured("did not become ready\n" + contender->log_tail());
  }
  const lab::NetNs& router = lines->router();
  const Sum before = look(router, contender->processes());
  const LineCounters counted = counters(router);
  const Instant began = lab::now();
  lab::sleep_for(interval);
  const Sum after = look(router, contender->processes());
  const LineCounters now = counters(router);
  const double seconds = std::chrono::duration<double>(lab::now() - began).count();
  if (after.processes == 0) return not_measured("has ended\n" + contender->log_tail());

  Resources out;
  out.interval = interval;
  out.resident_mb = after.resident_kb / 1024;
  out.proportional_mb = after.proportional_kb / 1024;
  out.cpu_percent = 100 * (after.cpu_seconds - before.cpu_seconds) / seconds;
  out.bytes_per_hour = (now.bytes - counted.bytes) * 3600 / seconds;
  out.packets_per_5_s = (now.first_packets - counted.first_packets) * 5 / seconds;
  contender.reset();
  return out;
}

}  // namespace mwan::bench
