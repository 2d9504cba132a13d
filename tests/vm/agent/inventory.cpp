// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/agent/inventory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "hal/process/process_table.hpp"
#include "tests/lab/process.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.insert(at->path().filename().string());
  }
  return names;
}

std::string whole(const fs::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  std::string out = text.str();
  std::replace(out.begin(), out.end(), '\0', ' ');
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  return out;
}

constexpr pid_t kKernelThreads = 2;  // kthreadd, their parent

// As few programs as possible: each takes a quarter of a second in there.
std::vector<std::vector<std::string>> listings() {
  const fs::path batch = "/run/mwan-vm/listings";
  if (!fs::exists(batch)) {
    std::ofstream(batch) << "addr show\nroute show table all\nrule show\n";
  }
  std::vector<std::vector<std::string>> out = {{"ip", "-4", "-o", "-batch", batch},
                                               {"ip", "-6", "-o", "-batch", batch}};
  // Without its module there are no rules, and asking for them would load it.
  if (fs::exists("/sys/module/nf_tables")) out.push_back({"nft", "list", "ruleset"});
  return out;
}

}  // namespace

std::vector<UserProcess> user_processes() {
  std::map<pid_t, pid_t> parents;
  pid_t udev = 0;
  for (const pid_t pid : process_ids()) {
    const auto stat = process_stat(pid);
    if (pid <= kKernelThreads || !stat || stat->parent == kKernelThreads || stat->parent == 0)
      continue;
    parents[pid] = stat->parent;
    if (stat->parent == 1 && whole(fmt::format("/proc/{}/comm", pid)) == "systemd-udevd")
      udev = pid;
  }
  std::vector<UserProcess> out;
  // A worker of udev's, the program that its rule starts, and what that starts.
  const auto of_udev = [&](pid_t pid) {
    while (pid != udev) {
      const auto at = parents.find(pid);
      if (at == parents.end()) return false;
      pid = at->second;
    }
    return true;
  };
  for (const auto& [pid, parent] : parents) {
    if (of_udev(pid)) continue;
    const std::string folder = "/proc/" + std::to_string(pid);
    std::string command = whole(folder + "/cmdline");
    if (command.empty()) command = whole(folder + "/comm");
    if (!command.empty()) out.push_back({pid, fmt::format("process {} {}", pid, command)});
  }
  return out;
}

Result<std::set<std::string>> inventory() {
  std::set<std::string> lines;
  for (const auto& name : names_in("/sys/class/net")) lines.insert("network device " + name);
  for (const auto& name : names_in("/sys/bus/usb/devices")) {
    // Root hubs ("usb1") come with a module and stay; interfaces ("1-1:1.0") go with their device.
    if (name.find(':') == std::string::npos && !name.starts_with("usb")) {
      lines.insert("USB device " + name);
    }
  }
  for (const auto& name : names_in("/sys/kernel/config/usb_gadget")) lines.insert("gadget " + name);
  for (const char* name :
       {"net/ipv4/ip_forward", "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/default/rp_filter",
        "net/ipv6/conf/all/forwarding", "net/ipv6/conf/default/accept_ra"}) {
    lines.insert(fmt::format("{} = {}", name, whole(std::string("/proc/sys/") + name)));
  }
  for (const auto& argv : listings()) {
    const auto text = lab::run(nullptr, argv);
    if (!text) return failed(text.error());
    std::stringstream rows(*text);
    for (std::string row; std::getline(rows, row);) {
      if (!row.empty()) lines.insert(argv.front() + ": " + row);
    }
  }
  return lines;
}

// As systemd's libudev does it: the file is there while udevd has events in its queue.
bool udev_is_idle() { return !fs::exists("/run/udev/queue"); }

std::set<std::string> run_names() { return names_in("/run"); }

}  // namespace mwan::vm
