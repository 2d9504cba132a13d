// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/ipfire.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <linux/rtnetlink.h>

#include "hal/ethernet/ethernet_driver.hpp"
#include "netlink/conntrack.hpp"

namespace mwan::daemon {
namespace {

namespace ipfire = failover::ipfire;
namespace fs = std::filesystem;

LinkKind kind_of(const ipfire::Primary& primary) {
  switch (primary.type) {
    case ipfire::PrimaryType::Qmi:
      return LinkKind::Modem;
    case ipfire::PrimaryType::Pppoe:
    case ipfire::PrimaryType::OtherPppd:
      return LinkKind::Pppoe;
    case ipfire::PrimaryType::Static:
    case ipfire::PrimaryType::Dhcp:
      break;
  }
  return LinkKind::Ethernet;
}

// "/dev/cdc-wdm0" of "red0": the kernel lists it under the same USB interface. A modem that is not
// plugged in now is told by IPFire's settings, and else is the only one.
std::string control_device_of(const ipfire::Primary& primary) {
  std::error_code error;
  for (fs::directory_iterator at("/sys/class/net/" + primary.device + "/device/usbmisc", error),
       end;
       !error && at != end; at.increment(error)) {
    return "/dev/" + at->path().filename().string();
  }
  return primary.control.empty() ? "/dev/cdc-wdm0" : primary.control;
}

std::optional<IpPrefix> prefix_of(netlink::Netlink& netlink, const std::string& netdev,
                                  const IpAddress& address) {
  const auto device = netlink.link(netdev);
  const auto addresses = netlink.addresses();
  if (!device || !addresses) return std::nullopt;
  const auto at = std::ranges::find_if(*addresses, [&](const netlink::Address& a) {
    return a.ifindex == device->index && a.prefix.address == address;
  });
  if (at == addresses->end()) return std::nullopt;
  return at->prefix;
}

}  // namespace

Status add_red(failover::Configuration& configuration, const ipfire::Primary& primary) {
  const failover::DaemonSettings& settings = configuration.settings;
  const auto wrong = [](const failover::Origin& origin, std::string_view key,
                        const std::string& why) {
    return failed(FailureClass::Permanent, fmt::format("{}: {}", origin.where(key), key), why);
  };
  for (const failover::Profile& profile : configuration.profiles) {
    if (!profile.netdev.empty() && profile.netdev == primary.device) {
      return wrong(profile.origin, "NETDEV",
                   primary.device + " is RED's; a backup needs a device of its own");
    }
  }
  failover::Profile red{.origin = settings.origin,
                        .name = ipfire::red_link_name,
                        .kind = kind_of(primary),
                        .priority = 0,  // those of users begin at 1
                        .hosts_own = true,
                        .netdev = primary.device,
                        .ipv6 = failover::Ipv6::Off,
                        .probe = settings.probe};
  configuration.profiles.insert(configuration.profiles.begin(), std::move(red));
  return {};
}

failover::Profile test_profile(const ipfire::Primary& primary) {
  failover::Profile out{.name = ipfire::red_link_name,
                        .kind = kind_of(primary),
                        .netdev = primary.device,
                        .ipv6 = failover::Ipv6::Off};
  switch (primary.type) {
    case ipfire::PrimaryType::Static:
      out.ethernet.address = primary.address;
      out.ethernet.gateway = primary.gateway;
      break;
    case ipfire::PrimaryType::Dhcp:
      out.ethernet.addressing = failover::Addressing::Dhcp;
      out.ethernet.dhcp_hostname = primary.hostname;
      break;
    case ipfire::PrimaryType::Pppoe:
    case ipfire::PrimaryType::OtherPppd:
      out.pppoe = {.username = primary.username,
                   .password = primary.password,
                   .service_name = primary.service_name,
                   .ac_name = primary.ac_name,
                   .mtu = primary.mtu};
      break;
    case ipfire::PrimaryType::Qmi:
      out.modem.device = control_device_of(primary);
      out.modem.apn = primary.apn;
      out.modem.ip_families = failover::IpFamilies::Ipv4;
      if (!primary.username.empty()) {
        out.modem.username = primary.username;
        out.modem.password = primary.password;
        out.modem.auth = primary.auth == "pap" ? failover::Auth::Pap : failover::Auth::Chap;
      }
      break;
  }
  return out;
}

std::unique_ptr<LinkDriver> make_red_driver(Loop& loop, LinkMonitor& monitor,
                                            netlink::Netlink& netlink, ipfire::RedOwner& owner,
                                            const ipfire::Paths& paths, const MakeDriver& drive) {
  return std::make_unique<ipfire::RedDriver>(
      loop, monitor, owner,
      ipfire::RedDriverParts{
          .paths = paths,
          .prefix = [&netlink](
                        const std::string& netdev,
                        const IpAddress& address) { return prefix_of(netlink, netdev, address); },
          .observer = [&loop, &monitor](const std::string& netdev,
                                        const IpConfig& config) -> std::unique_ptr<LinkDriver> {
            return std::make_unique<EthernetDriver>(loop, monitor,
                                                    EthernetConfig{.link = ipfire::red_link_name,
                                                                   .netdev = netdev,
                                                                   .addressing = config,
                                                                   .observe_only = true});
          },
          .tester = [drive](const ipfire::Primary& primary) -> std::unique_ptr<LinkDriver> {
            if (!primary.testable()) return nullptr;
            return drive(test_profile(primary));
          }});
}

ipfire::RedRoutes red_routes(netlink::Netlink& netlink, failover::KernelPlumbing& plumbing) {
  return {.step_back = [&plumbing] { return plumbing.step_back(); },
          .yield_default = [&plumbing](bool put_back) { return plumbing.yield_default(put_back); },
          .disown = [&plumbing](const std::string& netdev) { plumbing.disown(netdev); },
          .keep_default = [&plumbing] { plumbing.keep_default(); },
          .default_of_session = [&netlink](const std::string& netdev) -> Status {
            const auto device = netlink.link(netdev);
            if (!device) return failed(device.error());
            const auto routes = netlink.routes(netlink::kMainTable, IpFamily::V4);
            if (!routes) return failed(routes.error());
            const bool there = std::ranges::any_of(*routes, [&](const netlink::Route& route) {
              return route.is_default() && route.ifindex == device->index &&
                     route.protocol != netlink::kRouteProtocol;
            });
            if (there) return {};
            // As pppd's own: with the protocol of whoever does not name one.
            const auto added = netlink.add_route({.destination = {*IpAddress::parse("0.0.0.0"), 0},
                                                  .gateway = {},
                                                  .ifindex = device->index,
                                                  .source = {},
                                                  .protocol = RTPROT_BOOT});
            if (!added) return failed(added.error());
            return {};
          },
          .hold_addresses = [&netlink](const std::string& netdev) -> Status {
            const auto device = netlink.link(netdev);
            if (!device) return failed(device.error());
            const auto addresses = netlink.addresses();
            if (!addresses) return failed(addresses.error());
            for (const netlink::Address& address : *addresses) {
              const bool its = address.ifindex == device->index &&
                               address.prefix.address.family() == IpFamily::V4;
              if (!its) continue;
              if (auto held = netlink.hold_address(*device, address.prefix); !held) return held;
            }
            return {};
          },
          .forget_untranslated = [&netlink]() -> Status {
            const auto addresses = netlink.addresses();
            if (!addresses) return failed(addresses.error());
            std::vector<IpAddress> ours;
            for (const netlink::Address& address : *addresses) {
              ours.push_back(address.prefix.address);
            }
            const auto deleted = netlink::delete_untranslated_flows(ours);
            if (!deleted) return failed(deleted.error());
            return {};
          },
          .has_address =
              [&netlink](const std::string& netdev, const IpAddress& address) {
                const auto device = netlink.link(netdev);
                return device && device->admin_up &&
                       prefix_of(netlink, netdev, address).has_value();
              },
          .has_carrier =
              [&netlink](const std::string& netdev) {
                const auto device = netlink.link(netdev);
                return device && device->carrier;
              }};
}

}  // namespace mwan::daemon
