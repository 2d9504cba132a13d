// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/control_port.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hal/number.hpp"

namespace mwan {
namespace {

namespace fs = std::filesystem;

fs::path usb_interface(const std::string& device, const std::string& root) {
  const fs::path port = fs::path(device).filename();
  return fs::path(root + "/sys/class/usbmisc") / port / "device";
}

}  // namespace

Result<ModemProtocol> port_protocol(const std::string& device, const std::string& root) {
  const fs::path port = fs::path(device).filename();
  std::error_code error;
  const fs::path driver = fs::read_symlink(usb_interface(device, root) / "driver", error);
  if (!error && driver.filename() == "qmi_wwan") return ModemProtocol::Qmi;
  if (!error && driver.filename() == "cdc_mbim") return ModemProtocol::Mbim;
  std::ifstream file(fs::path(root + "/sys/class/wwan") / port / "type");
  std::string type;
  if (file >> type && type == "QMI") return ModemProtocol::Qmi;
  if (type == "MBIM") return ModemProtocol::Mbim;
  if (error && type.empty()) {
    return failed(FailureClass::Gone, device,
                  "there is no such modem port: the modem is not plugged in, or its driver "
                  "(qmi_wwan or cdc_mbim) is not loaded");
  }
  return failed(FailureClass::Permanent, device,
                fmt::format("its driver {} speaks neither QMI nor MBIM: name the protocol in the "
                            "profile",
                            type.empty() ? driver.filename().string() : type));
}

std::optional<std::string> find_netdev(const std::string& device, const std::string& root) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(usb_interface(device, root) / "net", ignored)) {
    return entry.path().filename().string();
  }
  return std::nullopt;
}

std::optional<std::uint32_t> usb_interface_number(const std::string& device,
                                                  const std::string& root) {
  std::ifstream file(usb_interface(device, root) / "bInterfaceNumber");
  std::string text;
  if (!(file >> text)) return std::nullopt;
  return whole_number<std::uint32_t>(text, 16);
}

std::optional<UsbId> usb_id(const std::string& device, const std::string& root) {
  std::error_code error;
  const fs::path interface = fs::canonical(usb_interface(device, root), error);
  if (error) return std::nullopt;
  const auto word = [&](const char* name) {
    std::string text;
    std::ifstream(interface.parent_path() / name) >> text;
    return text;
  };
  return parse_usb_id(word("idVendor"), word("idProduct"));
}

Quirks resolve_quirks(const ModemConfig& config, const ModemIdentity& identity) {
  const auto id = config.no_file_check ? std::nullopt : usb_id(config.device);
  return apply(id ? quirks_for(*id, identity) : Quirks(), config.quirk_overrides);
}

Status set_link_down(const std::string& netdev) {
  ifreq request{};
  if (netdev.size() >= sizeof(request.ifr_name)) {
    return failed(FailureClass::Permanent, "netdev " + netdev, "the name is too long");
  }
  std::memcpy(request.ifr_name, netdev.data(), netdev.size());
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(FailureClass::Transient, "netdev " + netdev, std::strerror(errno));
  bool done = ioctl(fd, SIOCGIFFLAGS, &request) == 0;
  if (done && (request.ifr_flags & IFF_UP) != 0) {
    request.ifr_flags = static_cast<short>(request.ifr_flags & ~IFF_UP);
    done = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
  }
  const int why = errno;
  close(fd);
  if (done) return {};
  return failed(FailureClass::Transient, "netdev " + netdev,
                fmt::format("cannot be taken down: {}", std::strerror(why)));
}

}  // namespace mwan
