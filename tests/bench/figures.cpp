// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/figures.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

namespace mwan::bench {
namespace {

// The number behind "NAME:" in a file of such lines.
std::optional<double> field(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  double sum = 0;
  bool found = false;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name)) continue;
    std::istringstream rest(line.substr(line.find(':') + 1));
    double value = 0;
    if (rest >> value) {
      sum += value;
      found = true;
    }
  }
  return found ? std::optional(sum) : std::nullopt;
}

}  // namespace

std::optional<Cost> cost_of(pid_t pid) {
  const std::string folder = fmt::format("/proc/{}/", pid);
  const auto resident = field(folder + "status", "VmRSS:");
  const auto own = field(folder + "status", "RssAnon:");
  const auto wakeups = field(folder + "status", "voluntary_ctxt_switches:");
  std::ifstream file(folder + "stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto after_name = text.rfind(')');
  if (!resident || after_name == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(after_name + 1));
  std::string skip;
  for (int i = 3; i < 14; ++i) fields >> skip;  // proc(5): utime is field 14
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return Cost{.resident_mb = *resident / 1024,
              .anonymous_mb = own.value_or(0) / 1024,
              .cpu_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK)),
              .wakeups = static_cast<unsigned long>(wakeups.value_or(0))};
}

std::vector<Mapped> mapped_by(pid_t pid) {
  std::map<std::string, Mapped> all;
  std::ifstream file(fmt::format("/proc/{}/smaps", pid));
  Mapped* now = nullptr;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string first;
    fields >> first;
    if (first.empty()) continue;
    if (first.back() != ':') {  // proc(5): address, permissions, offset, device, inode, path
      std::string skip;
      std::string path;
      for (int i = 0; i < 4; ++i) fields >> skip;
      fields >> path;
      const bool is_file = path.starts_with('/');
      now = &all[is_file ? path.substr(path.rfind('/') + 1) : "anonymous"];
      continue;
    }
    long kb = 0;
    if (now == nullptr || !(fields >> kb)) continue;
    if (first == "Rss:") now->resident_kb += kb;
    if (first == "Private_Dirty:") now->own_kb += kb;
  }
  std::vector<Mapped> out;
  for (auto& [name, one] : all) {
    one.name = name;
    if (one.resident_kb > 0) out.push_back(one);
  }
  std::ranges::sort(out, std::greater<>(), &Mapped::resident_kb);
  return out;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::ceil(share * last))];
}

}  // namespace mwan::bench
