// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/usb.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "hal/number.hpp"
#include "tools/mwan-modem/output/sheet.hpp"

namespace mwan::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t kCommunications = 0x02;
constexpr std::uint8_t kMbim = 0x0e;  // of Communications: MBIM 1.0 section 6.1
constexpr std::uint8_t kStorage = 0x08;
constexpr std::uint8_t kVendorSpecific = 0xff;

// Makers that sell cellular modems and nothing else that one would plug into a router: a vendor
// that also makes mice or disks (Dell, HP, Samsung) is known by its functions only.
constexpr std::array<std::string_view, 12> kModemMakers = {"05c6",   // Qualcomm
                                                           "1199",   // Sierra Wireless
                                                           "12d1",   // Huawei
                                                           "1410",   // Novatel
                                                           "19d2",   // ZTE
                                                           "1bbb",   // Alcatel
                                                           "1bc7",   // Telit
                                                           "1e0e",   // SIMCom
                                                           "1e2d",   // Cinterion, Gemalto, Thales
                                                           "2c7c",   // Quectel
                                                           "2cb7",   // Fibocom
                                                           "2dee"};  // MeiG

constexpr std::array<std::string_view, 3> kModemDrivers = {"qmi_wwan", "cdc_mbim",
                                                           "huawei_cdc_ncm"};

std::string read_line(const fs::path& file) {
  std::ifstream in(file);
  std::string out;
  std::getline(in, out);
  return printable(out);
}

unsigned read_hex(const fs::path& file) {
  return whole_number<unsigned>(read_line(file), 16).value_or(0);
}

UsbFunction read_function(const fs::path& path) {
  UsbFunction out;
  out.number = read_hex(path / "bInterfaceNumber");
  out.device_class = static_cast<std::uint8_t>(read_hex(path / "bInterfaceClass"));
  out.subclass = static_cast<std::uint8_t>(read_hex(path / "bInterfaceSubClass"));
  out.protocol = static_cast<std::uint8_t>(read_hex(path / "bInterfaceProtocol"));
  std::error_code ignored;
  out.driver = fs::read_symlink(path / "driver", ignored).filename().string();
  return out;
}

bool is_mbim(const UsbFunction& function) {
  return function.device_class == kCommunications && function.subclass == kMbim;
}

bool is_modem_maker(const UsbUnit& device) {
  return std::ranges::find(kModemMakers, device.vendor_id) != kModemMakers.end();
}

}  // namespace

std::vector<UsbUnit> usb_devices(const std::string& root) {
  std::vector<UsbUnit> out;
  const fs::path folder = root + "/sys/bus/usb/devices";
  std::error_code ignored;
  std::vector<fs::path> functions;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.find(':') != std::string::npos) {
      functions.push_back(entry.path());
      continue;
    }
    UsbUnit device;
    device.vendor_id = read_line(entry.path() / "idVendor");
    if (device.vendor_id.empty() || name.starts_with("usb")) continue;  // root hubs
    device.place = name;
    device.syspath = entry.path().string();
    device.product_id = read_line(entry.path() / "idProduct");
    const std::string maker = read_line(entry.path() / "manufacturer");
    const std::string product = read_line(entry.path() / "product");
    device.name = maker;
    if (!maker.empty() && !product.empty()) device.name += ' ';
    device.name += product;
    out.push_back(std::move(device));
  }
  std::ranges::sort(out, {}, &UsbUnit::place);
  for (const fs::path& path : functions) {
    const std::string name = path.filename().string();
    const auto owner = std::ranges::find(out, name.substr(0, name.find(':')), &UsbUnit::place);
    if (owner != out.end()) owner->functions.push_back(read_function(path));
  }
  for (UsbUnit& device : out) std::ranges::sort(device.functions, {}, &UsbFunction::number);
  return out;
}

bool has_modem_driver(const UsbUnit& device) {
  return std::ranges::any_of(device.functions, [](const UsbFunction& function) {
    return std::ranges::find(kModemDrivers, function.driver) != kModemDrivers.end();
  });
}

bool in_emergency_download(const UsbUnit& device) {
  return device.vendor_id == "05c6" && device.product_id == "9008";
}

bool in_storage_mode(const UsbUnit& device) {
  return is_modem_maker(device) && !device.functions.empty() &&
         std::ranges::all_of(device.functions, [](const UsbFunction& function) {
           return function.device_class == kStorage;
         });
}

bool looks_like_modem(const UsbUnit& device) {
  return has_modem_driver(device) || is_modem_maker(device) ||
         std::ranges::any_of(device.functions, is_mbim);
}

std::string wanted_module(const UsbUnit& device) {
  if (std::ranges::any_of(device.functions, is_mbim)) return "cdc_mbim";
  const bool vendor = std::ranges::any_of(device.functions, [](const UsbFunction& function) {
    return function.device_class == kVendorSpecific;
  });
  return vendor ? "qmi_wwan" : "";
}

}  // namespace mwan::tool
