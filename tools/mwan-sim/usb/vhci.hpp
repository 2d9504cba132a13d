// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's virtual host controller, vhci_hcd: a device whose messages come by a socket is
// plugged into one of its ports (Documentation/ABI/testing/sysfs-platform-usbip-vhci and
// drivers/usb/usbip/vhci_sysfs.c in the kernel's sources).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/error.hpp"

namespace mwan::sim::usb {

struct VhciPort {
  unsigned number = 0;
  bool high_speed = false;  // of USB 2; the others are of USB 3
  bool free = false;
  bool operator==(const VhciPort&) const = default;
};

// The table in the file "status", heading included. Lines that are none are left out.
std::vector<VhciPort> parse_vhci_status(std::string_view text);

class Vhci {
 public:
  // folder: of the controller in sysfs.
  explicit Vhci(std::string folder = "/sys/devices/platform/vhci_hcd.0")
      : folder_(std::move(folder)) {}

  // A free port for a high-speed device, wanted when that one is free. Permanent without the
  // module, Transient when all are taken.
  [[nodiscard]] Result<unsigned> free_port(std::optional<unsigned> wanted) const;
  // The kernel takes a reference to socket, a connected stream: the caller closes its own.
  [[nodiscard]] Status attach(unsigned port, int socket) const;
  void detach(unsigned port) const;

 private:
  std::string folder_;
};

}  // namespace mwan::sim::usb
