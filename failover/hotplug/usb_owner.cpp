// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/hotplug/usb_owner.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "hal/discovery/match.hpp"

namespace mwan::failover {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kModemDrivers = {"qmi_wwan", "cdc_mbim",
                                                           "huawei_cdc_ncm"};

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line.substr(0, 256);
}

// "1-2" of "1-2:1.8": the functions of a device are named after it.
std::string without_function(std::string id_path) {
  const auto colon = id_path.rfind(':');
  const auto dot = id_path.rfind('.');
  // "usb-0:2:1.8" has a function, "usb-0:2.1" is behind a hub.
  if (colon == std::string::npos || dot == std::string::npos || dot < colon) return id_path;
  const auto before = id_path.rfind(':', colon - 1);
  const bool function = before != std::string::npos && id_path.find("usb-", 0) < before;
  return function ? id_path.substr(0, colon) : id_path;
}

void look_at_function(const fs::path& function, UsbFacts& out) {
  std::error_code error;
  const fs::path driver = fs::read_symlink(function / "driver", error);
  if (!error) {
    for (const auto name : kModemDrivers) out.modem = out.modem || driver.filename() == name;
  }
  for (const auto& control : fs::directory_iterator(function / "usbmisc", error)) {
    out.controls += control.path().filename().string() + "\n";
  }
}

}  // namespace

std::optional<UsbFacts> read_usb_facts(const std::string& syspath, const std::string& id_path,
                                       const std::string& root) {
  fs::path device = root + syspath;
  while (device.has_relative_path() && !fs::exists(device / "idVendor")) {
    device = device.parent_path();
    if (device.string().size() <= root.size() + 1) return std::nullopt;
  }
  UsbFacts out{.vendor = first_line(device / "idVendor"),
               .product = first_line(device / "idProduct"),
               .serial = first_line(device / "serial"),
               .id_path = without_function(id_path),
               .modem = false,
               .controls = {}};
  if (out.vendor.empty()) return std::nullopt;
  std::error_code error;
  const std::string name = device.filename().string() + ":";
  for (const auto& entry : fs::directory_iterator(device, error)) {
    if (entry.path().filename().string().starts_with(name)) look_at_function(entry.path(), out);
  }
  return out;
}

std::optional<std::string> usb_owner(const Configuration& configuration, const UsbFacts& usb) {
  HardwareDevice device;
  device.vendor_id = usb.vendor;
  device.product_id = usb.product;
  device.serial = usb.serial;
  device.id_path = usb.id_path;
  device.control = Port();
  device.control->usb_device = "on USB";
  for (const Profile& profile : configuration.profiles) {
    if (profile.kind != LinkKind::Modem || profile.modem.simulated) continue;
    if (profile.match.empty()) {
      const std::string name = fs::path(profile.modem.device).filename().string() + "\n";
      if (("\n" + usb.controls).find("\n" + name) != std::string::npos) return profile.name;
      continue;
    }
    const auto match = parse_match(profile.match);
    if (!match) continue;
    if (match->any ? usb.modem : match->matches(device)) return profile.name;
  }
  if (configuration.settings.auto_profiles && usb.modem) return "AUTO_PROFILES";
  return std::nullopt;
}

}  // namespace mwan::failover
