// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon on IPFire: RED as a link of the configuration, and the host that takes it over.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "failover/config/configuration.hpp"
#include "failover/host/ipfire/ipfire_host.hpp"
#include "failover/host/ipfire/red_link.hpp"
#include "failover/run/kernel_plumbing.hpp"
#include "hal/error.hpp"
#include "hal/link_driver.hpp"
#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"
#include "netlink/netlink.hpp"

namespace mwan::daemon {

// RED before all other links, to be probed as the settings say; its driver is the workshop's to
// make. Permanent, with file and line, where a profile or setting contradicts that.
Status add_red(failover::Configuration& configuration, const failover::ipfire::Primary& primary);

// The primary as a link of our own, for a driver that brings it up beside a backup.
failover::Profile test_profile(const failover::ipfire::Primary& primary);

using MakeDriver = std::function<std::unique_ptr<LinkDriver>(const failover::Profile&)>;
// drive: makes the driver of test_profile().
std::unique_ptr<LinkDriver> make_red_driver(Loop& loop, LinkMonitor& monitor,
                                            netlink::Netlink& netlink,
                                            failover::ipfire::RedOwner& owner,
                                            const failover::ipfire::Paths& paths,
                                            const MakeDriver& drive);

failover::ipfire::RedRoutes red_routes(netlink::Netlink& netlink,
                                       failover::KernelPlumbing& plumbing);

}  // namespace mwan::daemon
