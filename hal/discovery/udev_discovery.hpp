// SPDX-License-Identifier: LGPL-2.1-or-later
// Discovery through libudev: network devices, control channels of modems, serial ports on USB, and
// USB devices that have none of these yet and may be a modem in another mode (usb_conditions.hpp).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hal/discovery/discovery.hpp"
#include "hal/loop.hpp"

struct udev;
struct udev_device;
struct udev_monitor;

namespace mwan {

class UdevDiscovery final : public Discovery {
 public:
  enum class Source {
    Udev,    // after udev's rules: with stable names, only what is ready
    Kernel,  // a host without a running udev
    Either,  // Udev where it runs
  };
  static Result<std::unique_ptr<UdevDiscovery>> open(Loop& loop, Source source = Source::Either);

  Watch watch_ports(std::function<void(const PortEvent&)> call) override;
  // Somebody knows of a change: compares everything with what is known, and tells what differs.
  // For hosts where no events come.
  void refresh();

 private:
  struct Free {
    void operator()(udev* context) const;
    void operator()(udev_device* device) const;
    void operator()(udev_monitor* monitor) const;
  };
  struct Watcher {
    std::function<void(const PortEvent&)> call;
    bool begun = false;  // has been told what there was
  };

  UdevDiscovery(Loop& loop, std::unique_ptr<udev, Free> context,
                std::unique_ptr<udev_monitor, Free> monitor, bool only_ready);
  Status enumerate();
  void readable();
  void look_again();
  void take(udev_device& device);
  void put(Port port);
  void drop(const std::string& syspath);
  void tell(const PortEvent& event);
  void begin();

  Loop& loop_;
  std::unique_ptr<udev, Free> context_;
  std::unique_ptr<udev_monitor, Free> monitor_;
  bool only_ready_;
  std::map<std::string, Port> known_;  // by syspath
  std::vector<std::weak_ptr<Watcher>> watchers_;
  SourceHandle readable_;
  SourceHandle begin_;
  SourceHandle retry_;
};

}  // namespace mwan
