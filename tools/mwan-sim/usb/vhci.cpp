// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/vhci.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"

namespace mwan::sim::usb {
namespace {

constexpr unsigned kPortIsFree = 4;  // VDEV_ST_NULL (drivers/usb/usbip/usbip_common.h)
constexpr unsigned kHighSpeed = 3;   // USB_SPEED_HIGH (linux/usb/ch9.h)

// 0 or an errno.
int write_line(const std::string& file, const std::string& text) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return errno;
  return ::write(fd.get(), text.data(), text.size()) < 0 ? errno : 0;
}

}  // namespace

// "hub port sta spd dev      sockfd local_busid", then "hs  0000 004 000 00000000 000000 0-0"
std::vector<VhciPort> parse_vhci_status(std::string_view text) {
  std::vector<VhciPort> ports;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hub;
    VhciPort port;
    unsigned status = 0;
    if (!(words >> hub >> port.number >> status) || (hub != "hs" && hub != "ss")) continue;
    port.high_speed = hub == "hs";
    port.free = status == kPortIsFree;
    ports.push_back(port);
  }
  return ports;
}

Result<unsigned> Vhci::free_port(std::optional<unsigned> wanted) const {
  std::ifstream file(folder_ + "/status");
  if (!file) {
    return failed(FailureClass::Permanent, "usb",
                  fmt::format("{} is not there: load the kernel's module vhci-hcd", folder_));
  }
  std::stringstream text;
  text << file.rdbuf();
  std::optional<unsigned> found;
  for (const VhciPort& port : parse_vhci_status(text.str())) {
    if (!port.high_speed || !port.free) continue;
    if (!found || wanted == port.number) found = port.number;
  }
  if (!found) {
    return failed(FailureClass::Transient, "usb",
                  "all high-speed ports of vhci_hcd are taken: detach something");
  }
  return *found;
}

Status Vhci::attach(unsigned port, int socket) const {
  // The device's number is the sender's own business, but may not be 0.
  const unsigned device = 1U << 16U | (port + 1);
  const int error =
      write_line(folder_ + "/attach", fmt::format("{} {} {} {}", port, socket, device, kHighSpeed));
  if (error == 0) return {};
  return failed(FailureClass::Transient, fmt::format("usb port {}", port),
                fmt::format("the kernel does not take the device: {}{}", std::strerror(error),
                            error == EACCES || error == EROFS ? "; run as root" : ""));
}

void Vhci::detach(unsigned port) const {
  // A port that is free already is an error to the kernel and fine with us.
  static_cast<void>(write_line(folder_ + "/detach", fmt::format("{}", port)));
}

}  // namespace mwan::sim::usb
