// SPDX-License-Identifier: LGPL-2.1-or-later
// The wire between a device of ours and the kernel's host controller: a socket pair, one end of
// which is plugged into vhci_hcd. Closing it, on purpose or by dying, is pulling the plug.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"
#include "tools/mwan-sim/usb/usbip.hpp"
#include "tools/mwan-sim/usb/vhci.hpp"

namespace mwan::sim::usb {

class Wire {
 public:
  struct Events {
    std::function<void(const HostMessage&)> message;
    // The other end is gone, or broke the rules; it is unplugged already.
    std::function<void(const std::string& why)> broken;
  };

  Wire(Loop& loop, Vhci vhci, Events events)
      : loop_(loop), vhci_(std::move(vhci)), events_(std::move(events)) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() { unplug(); }

  // Whether there is a controller with room.
  [[nodiscard]] Status check() const;
  // Into the port of the last time, when that is free. Plugged already: does nothing.
  Status plug();
  // May be called from within Events::message.
  void unplug();
  void send(const Bytes& message);

  [[nodiscard]] bool plugged() const { return static_cast<bool>(fd_); }
  [[nodiscard]] std::optional<unsigned> port() const { return port_; }

 private:
  void read();
  void flush();
  void broke(const std::string& why);

  Loop& loop_;
  Vhci vhci_;
  Events events_;
  UniqueFd fd_;
  SourceHandle readable_;
  SourceHandle writable_;
  HostStream in_;
  Bytes out_;
  std::optional<unsigned> port_;
};

}  // namespace mwan::sim::usb
