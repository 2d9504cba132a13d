// SPDX-License-Identifier: LGPL-2.1-or-later
// The link of a profile whose device may come and go: waits for it, drives it while it is there,
// and lets go of it at once when it leaves.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "failover/hotplug/hotplug.hpp"
#include "hal/link_driver.hpp"
#include "hal/link_monitor.hpp"
#include "hal/wait.hpp"

namespace mwan::failover {

struct HotplugLinkConfig {
  std::string link;    // the name people know it by
  std::string wanted;  // what it waits for, for messages: "MATCH=usb:1199:9071"
  // A name in /dev that the profile gave instead of a match; it is tried at once when it is there,
  // whether or not discovery knows of it.
  std::string control;
  // The driver of a device that is gone is destroyed without stop(), which would ask the device.
  // For drivers that leave nothing on this machine but what the kernel clears with the device, and
  // do not look at the network device themselves.
  bool drop_when_gone = false;
};

// Reports Device{false} in the call that tells the loss, before anything else is done about it: by
// the kernel's link report or by discovery, whichever comes first. While there is no device it
// reports one Trouble and then nothing.
//
// A network device in use that is down is AddressingLost (with drop_when_gone: other drivers look
// themselves): the kernel sets it down some time before it is gone. Set up again, Addressing is as
// it was.
class HotplugLink final : public LinkDriver {
 public:
  // The driver for the device; for none as the profile names it.
  using Make = std::function<std::unique_ptr<LinkDriver>(const HardwareDevice* device)>;

  // The references outlive the link.
  HotplugLink(Loop& loop, LinkMonitor& monitor, Hotplug& hotplug, HotplugLinkConfig config,
              Make make);

  void start(Sink sink) override;
  Task<void> stop() override;
  void set_level(LinkLevel level) override;
  void look_closer() override {
    if (driver_) driver_->look_closer();
  }

 private:
  void look(const std::optional<HardwareDevice>& device);
  void look_at_netdev(const LinkState& state);
  void look_at_admin(bool up);
  void begin();
  void leave();
  Task<void> end(std::unique_ptr<LinkDriver> gone);
  void wait_for_device();
  [[nodiscard]] bool can_try_by_name() const;
  void report(const Fact& fact);

  Loop& loop_;
  LinkMonitor& monitor_;
  Hotplug& hotplug_;
  HotplugLinkConfig config_;
  Make make_;
  Sink sink_;
  Hotplug::Watch watch_;
  LinkMonitor::Watch netdev_watch_;
  std::optional<HardwareDevice> device_;  // ours, as discovery told
  bool netdev_seen_ = false;
  bool admin_up_ = false;               // of the network device
  SourceHandle look_again_;             // whether it is still down
  std::optional<IpConfig> addressing_;  // as the driver said
  bool held_back_ = false;              // the network device is down
  bool waiting_ = false;                // as was reported
  bool lost_ = false;                   // the kernel told its loss before discovery did
  LinkLevel level_ = LinkLevel::Up;     // also of drivers to come
  std::unique_ptr<LinkDriver> driver_;
  SourceHandle dropping_;    // the last driver, on its way out
  unsigned generation_ = 0;  // of drivers: an earlier one has nothing to say any more
  Notification ended_;
  Job ending_;  // of the last driver; the next one waits
};

}  // namespace mwan::failover
