// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/openers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/number.hpp"
#include "modems/text.hpp"

namespace mwan {
namespace {

namespace fs = std::filesystem;

struct Known {
  std::string_view name;  // as comm has it: 15 bytes at most
  std::string_view advice;
};
constexpr std::string_view kTool =
    "it should end by itself; next time let it use the proxy (option -p), or stop the link first";
constexpr std::string_view kTerminal =
    "close the terminal program: it does not speak this protocol";
constexpr std::string_view kOpenWrt =
    "it belongs to OpenWrt's own protocol handler: remove that interface from its network settings";
constexpr std::array kKnown = {
    Known{"ModemManager",
          "stop and disable it (systemctl disable --now ModemManager), or make it leave this modem "
          "alone with the udev property ID_MM_DEVICE_IGNORE=1"},
    Known{"NetworkManager", "set the modem to unmanaged there"},
    Known{"ofonod", "stop it: only one manager can have a modem"},
    Known{"qmicli", kTool},
    Known{"mbimcli", kTool},
    Known{"uqmi", kOpenWrt},
    Known{"uqmid", kOpenWrt},
    Known{"umbim", kOpenWrt},
    Known{"quectel-CM", "stop it: only one manager can have a modem"},
    Known{"picocom", kTerminal},
    Known{"minicom", kTerminal},
    Known{"screen", kTerminal},
    Known{"qmi-proxy", "its clients share the port only with each other: use the proxy, too"},
    Known{"mbim-proxy", "its clients share the port only with each other: use the proxy, too"},
};

std::string_view advice_for(std::string_view name) {
  const auto* known = std::find_if(kKnown.begin(), kKnown.end(),
                                   [&](const Known& one) { return one.name == name; });
  return known != kKnown.end() ? known->advice : "stop it: only one program can have this port";
}

std::optional<pid_t> pid_of(const fs::path& folder) {
  const auto pid = whole_number<pid_t>(folder.filename().string());
  return pid && *pid > 0 ? pid : std::nullopt;
}

// Device number of a device node, following links; nothing for anything else.
std::optional<dev_t> device_number(const fs::path& path) {
  struct stat node {};
  if (stat(path.c_str(), &node) != 0) return std::nullopt;
  if (!S_ISCHR(node.st_mode) && !S_ISBLK(node.st_mode)) return std::nullopt;
  return node.st_rdev;
}

std::string link_target(const fs::path& path) {
  std::error_code error;
  std::string target = fs::read_symlink(path, error).string();
  // of a node that is gone: a modem that was unplugged while somebody had it open
  constexpr std::string_view kDeleted = " (deleted)";
  if (target.ends_with(kDeleted)) target.resize(target.size() - kDeleted.size());
  return target;
}

std::string clean(const std::string& text) {
  return clean_text({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, 256);
}

std::string comm_of(const fs::path& process) {
  std::ifstream file(process / "comm");
  std::string name;
  std::getline(file, name);
  return clean(name);
}

bool holds(const fs::path& process, const std::string& device, std::optional<dev_t> number,
           std::error_code& error) {
  for (fs::directory_iterator fd(process / "fd", error), end; !error && fd != end;
       fd.increment(error)) {
    const std::optional<dev_t> open = device_number(fd->path());
    if (number && open ? *open == *number : link_target(fd->path()) == device) return true;
  }
  return false;
}

}  // namespace

Result<Openers> find_openers(const OpenersQuery& query) {
  const pid_t self = query.self != 0 ? query.self : getpid();
  const std::optional<dev_t> number = device_number(query.root + query.device);
  Openers openers;
  std::error_code error;
  for (fs::directory_iterator entry(query.root + "/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::optional<pid_t> pid = pid_of(entry->path());
    if (!pid || *pid == self) continue;
    std::error_code hidden;
    const bool has_it = holds(entry->path(), query.device, number, hidden);
    if (hidden == std::errc::permission_denied) openers.complete = false;
    if (!has_it) continue;
    const std::string name = comm_of(entry->path());
    if (query.proxies_are_fine && (name == "qmi-proxy" || name == "mbim-proxy")) continue;
    openers.found.push_back(
        {*pid, name, clean(link_target(entry->path() / "exe")), std::string(advice_for(name))});
  }
  if (error) {
    return failed(FailureClass::Transient, "openers of " + query.device,
                  fmt::format("the list of processes cannot be read: {}", error.message()));
  }
  std::sort(openers.found.begin(), openers.found.end(),
            [](const Opener& a, const Opener& b) { return a.pid < b.pid; });
  return openers;
}

std::string describe(const Openers& openers, const std::string& device) {
  std::string text;
  for (const Opener& one : openers.found) {
    if (!text.empty()) text += "; ";
    text +=
        fmt::format("{} (pid {}{}) has {} open, too: {}", one.name.empty() ? "a program" : one.name,
                    one.pid, one.exe.empty() ? std::string() : ", " + one.exe, device, one.advice);
  }
  return text;
}

}  // namespace mwan
