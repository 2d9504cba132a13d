// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "failover/config/load.hpp"
#include "failover/host/ipfire/paths.hpp"
#include "failover/host/ipfire/settings_file.hpp"
#include "tools/mwan-config/host/checks.hpp"

namespace mwan::config_tool {
namespace {

namespace fs = std::filesystem;

// Bounded: files of /proc and of others.
std::string read_some(const fs::path& path, std::size_t limit = std::size_t{1} << 20U) {
  std::ifstream in(path, std::ios::binary);
  std::string out(limit, '\0');
  in.read(out.data(), static_cast<std::streamsize>(limit));
  out.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
  return out;
}

std::string first_word(const fs::path& path) {
  std::istringstream words(read_some(path, 4096));
  std::string out;
  words >> out;
  return out;
}

// In files a module may be written with "-".
std::string plain(std::string name) {
  std::ranges::replace(name, '-', '_');
  return name;
}

// The names in modules.dep and modules.builtin of the kernel that runs.
std::optional<std::set<std::string>> listed_modules() {
  utsname kernel{};
  if (::uname(&kernel) != 0) return std::nullopt;
  const fs::path folder = fs::path("/lib/modules") / kernel.release;
  std::set<std::string> out;
  for (const char* list : {"modules.dep", "modules.builtin"}) {
    std::istringstream lines(read_some(folder / list, std::size_t{16} << 20U));
    for (std::string line; std::getline(lines, line);) {
      std::string name = fs::path(line.substr(0, line.find(':'))).filename();
      if (const auto end = name.find(".ko"); end != std::string::npos) {
        out.insert(plain(name.substr(0, end)));
      }
    }
  }
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

std::map<std::string, Module> find_modules(const std::vector<std::string>& names) {
  const auto listed = listed_modules();
  std::map<std::string, Module> out;
  for (const std::string& name : names) {
    std::error_code error;
    const bool loaded = fs::exists(fs::path("/sys/module") / name, error);
    out[name] = loaded || (listed && listed->contains(name)) ? Module::There
                : listed                                     ? Module::Missing
                                                             : Module::Unknown;
  }
  return out;
}

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Those of ours run under mwan-keeper; helpers of a program under itself say nothing new.
bool is_ours_or_a_helper(const fs::path& process, const std::string& name) {
  std::istringstream lines(read_some(process / "status", 8192));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("PPid:")) continue;
    std::istringstream rest(line.substr(5));
    std::string parent;
    rest >> parent;
    const std::string above = first_word(fs::path("/proc") / parent / "comm");
    return above == "mwan-keeper" || above == name;
  }
  return false;
}

// What it was called with, or, of a program that has written its title there ("dhcpcd: eth1
// [ip4]"), the words of that without what is in brackets.
std::vector<std::string> words_of(const fs::path& process) {
  std::string text = read_some(process / "cmdline", 65536);
  const bool title = text.substr(0, text.find('\0')).find(": ") != std::string::npos;
  int depth = 0;
  for (char& c : text) {
    depth += title && c == '[' ? 1 : 0;
    const bool hidden = depth > 0;
    depth -= title && c == ']' ? 1 : 0;
    if (hidden || (title && c == ' ')) c = '\0';
  }
  std::istringstream words(text);
  std::string word;
  std::getline(words, word, '\0');
  std::vector<std::string> out;
  while (std::getline(words, word, '\0')) {
    if (!word.empty() && !word.starts_with('-')) out.push_back(word);
  }
  return out;
}

// Others' containers have devices of their own.
bool in_our_network(const fs::path& process) {
  std::error_code error;
  const auto ours = fs::read_symlink("/proc/self/ns/net", error);
  const auto theirs = fs::read_symlink(process / "ns/net", error);
  // Only root may look; and one that has just ended has no network any more.
  return error ? error == std::errc::permission_denied : ours == theirs;
}

std::vector<RunningProgram> find_running() {
  // As in comm, which has at most 15 characters.
  static const std::set<std::string> wanted = {"NetworkManager", "ModemManager", "dhcpcd",
                                               "keepalived", "connmand"};
  std::vector<RunningProgram> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const std::string pid = entry.path().filename();
    if (!is_number(pid)) continue;
    const std::string name = first_word(entry.path() / "comm");
    if (!wanted.contains(name) || is_ours_or_a_helper(entry.path(), name) ||
        !in_our_network(entry.path())) {
      continue;
    }
    RunningProgram program{.name = name, .pid = 0, .arguments = words_of(entry.path())};
    std::from_chars(pid.data(), pid.data() + pid.size(), program.pid);
    out.push_back(std::move(program));
  }
  std::ranges::sort(out, {}, &RunningProgram::pid);
  return out;
}

// "iface eth1 inet dhcp" of interfaces(5), but for those that are only named to be left alone.
std::set<std::string> ifupdown_devices() {
  std::vector<fs::path> files{"/etc/network/interfaces"};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/etc/network/interfaces.d", error)) {
    files.push_back(entry.path());
  }
  std::set<std::string> out;
  for (const fs::path& file : files) {
    std::istringstream lines(read_some(file));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string keyword;
      std::string device;
      std::string family;
      std::string method;
      words >> keyword >> device >> family >> method;
      if (keyword == "iface" && method != "manual" && device != "lo") out.insert(device);
    }
  }
  return out;
}

// sd_network(3) keeps a file for each link.
std::set<std::string> networkd_devices() {
  std::set<std::string> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/sys/class/net", error)) {
    const std::string index = first_word(entry.path() / "ifindex");
    const std::string state = read_some(fs::path("/run/systemd/netif/links") / index, 65536);
    if (state.find("ADMIN_STATE=configured") != std::string::npos ||
        state.find("ADMIN_STATE=configuring") != std::string::npos) {
      out.insert(entry.path().filename());
    }
  }
  return out;
}

std::string trouble_with_state(const fs::path& directory) {
  struct stat info {};
  if (::lstat(directory.c_str(), &info) != 0) {
    fs::path parent = directory.parent_path();
    std::error_code error;
    while (!parent.empty() && parent != parent.root_path() && !fs::exists(parent, error)) {
      parent = parent.parent_path();
    }
    return ::access(parent.c_str(), W_OK) == 0
               ? ""
               : "cannot be made: no write permission in " + parent.string();
  }
  if (S_ISLNK(info.st_mode)) return "is a symbolic link; put a directory in its place";
  if (!S_ISDIR(info.st_mode)) return "is not a directory";
  if (info.st_uid != 0) return fmt::format("belongs to user {}; chown it to root", info.st_uid);
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) return "others can write to it; chmod 755 it";
  return "";
}

std::string find_rules() {
  for (const char* folder :
       {"/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d",
        "/usr/lib/udev/rules.d", "/lib/udev/rules.d"}) {
    std::string path = std::string(folder) + "/70-mwan.rules";
    if (::access(path.c_str(), R_OK) == 0) return path;
  }
  return "";
}

std::string red_device() {
  namespace ipfire = failover::ipfire;
  const auto settings = ipfire::read_settings(ipfire::Paths().ethernet_settings());
  if (!settings) return "";
  const std::string type = settings->get("RED_TYPE");
  return type == "STATIC" || type == "DHCP" ? settings->get("RED_DEV") : "";
}

std::set<std::string> executable(const std::vector<std::string>& paths) {
  std::set<std::string> out;
  for (const std::string& path : paths) {
    if (::access(path.c_str(), X_OK) == 0) out.insert(path);
  }
  return out;
}

}  // namespace

HostFacts gather_facts(const std::string& config_dir, const std::string& state_dir) {
  HostFacts out;
  out.root = ::geteuid() == 0;
  auto loaded = failover::load_configuration(config_dir);
  out.warnings = loaded.warnings;
  if (loaded.result) {
    const auto away = failover::missing_devices(*loaded.result, failover::DevicesPresent::real());
    out.warnings.insert(out.warnings.end(), away.begin(), away.end());
    out.configuration = std::move(*loaded.result);
  } else {
    out.errors = loaded.result.error();
  }
  out.modules = find_modules({"nf_conntrack", "nf_tables", "nft_masq", "qmi_wwan", "cdc_mbim",
                              "pppoe", "rndis_host", "cdc_ether", "ipheth"});
  out.programs.merge(executable(dhcpcd_programs()));
  out.programs.merge(executable(qmi_proxy_programs()));
  out.programs.merge(executable(usbmuxd_programs()));
  out.programs.merge(executable({pppd_program}));
  out.running = find_running();
  out.managed["ifupdown"] = ifupdown_devices();
  out.managed["systemd-networkd"] = networkd_devices();
  out.forwards = first_word("/proc/sys/net/ipv4/ip_forward") == "1";
  out.state_dir = state_dir;
  out.state_trouble = trouble_with_state(state_dir);
  out.rules = find_rules();
  std::error_code error;
  out.ipfire = fs::exists("/var/ipfire/ethernet/settings", error);
  if (out.ipfire) {
    out.ipfire_files = executable(ipfire_files());
    out.red_device = red_device();
  }
  return out;
}

}  // namespace mwan::config_tool
