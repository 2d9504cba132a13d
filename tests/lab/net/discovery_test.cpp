// SPDX-License-Identifier: LGPL-2.1-or-later
// Device discovery on a host without a udev daemon: the kernel's own events, real devices.
#include "hal/discovery/group.hpp"
#include "hal/discovery/udev_discovery.hpp"
#include "tests/lab/net/in_netns.hpp"

namespace mwan {
namespace {

class DiscoveryLab : public lab::InNetNs {
 protected:
  bool told(const std::string& what) {
    return until(loop_, [&] { return std::ranges::count(said_, what) != 0; });
  }
  Loop loop_;
  std::vector<std::string> said_;
};

TEST_F(DiscoveryLab, DevicesThatAppearAreRenamedAndVanish) {
  auto discovery = UdevDiscovery::open(loop_, UdevDiscovery::Source::Kernel);
  REQUIRE_OK(discovery);
  Port last;
  const auto watch = (*discovery)->watch_ports([&](const PortEvent& event) {
    said_.push_back((event.what == PortEvent::What::Removed ? "-" : "+") + event.port.sysname);
    last = event.port;
  });
  cable("eth7");
  EXPECT_TRUE(told("+eth7"));
  EXPECT_EQ(group_ports({{last}}).front().kind, DeviceKind::Virtual);
  here("link set eth7 name wan7");
  EXPECT_TRUE(told("-eth7"));
  EXPECT_TRUE(told("+wan7"));
  here("link del wan7");
  EXPECT_TRUE(told("-wan7"));
}

}  // namespace
}  // namespace mwan
