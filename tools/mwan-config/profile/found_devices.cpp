// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/profile/found_devices.hpp"

#include "hal/discovery/udev_discovery.hpp"

namespace mwan::config_tool {

Result<std::vector<HardwareDevice>> found_devices() {
  Loop loop;
  auto discovery = UdevDiscovery::open(loop);
  if (!discovery) return failed(discovery.error());
  std::vector<Port> ports;
  const Discovery::Watch watch = (*discovery)->watch_ports([&ports](const PortEvent& event) {
    if (event.what == PortEvent::What::Added) ports.push_back(event.port);
  });
  // What is there is told from the loop, all of it in one turn.
  const SourceHandle end = loop.after(std::chrono::milliseconds(20), [&loop] { loop.quit(); });
  loop.run();
  return group_ports(ports);
}

}  // namespace mwan::config_tool
