// SPDX-License-Identifier: LGPL-2.1-or-later
// How the system was found, so that it can be given back: also by the next run, when this one was
// killed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/error.hpp"
#include "netlink/netlink.hpp"

namespace mwan::netlink {

// A route of somebody else that we took out of effect, with the names of the devices it uses:
// their numbers may be others when it is put back.
struct FoundRoute {
  RawRoute raw;
  std::map<std::uint32_t, std::string> devices;
  bool operator==(const FoundRoute&) const = default;
};

// How the kernel was told to make IPv6 addresses of its own on a device, before we told it
// otherwise (Documentation/networking/ip-sysctl.rst: accept_ra, addr_gen_mode).
struct FoundAutoconf {
  int accept_ra = 0;
  int addr_gen_mode = 0;
  std::vector<IpPrefix> link_local;  // addresses that were there
  bool operator==(const FoundAutoconf&) const = default;
};

// A network device before we touched it.
struct FoundLink {
  std::string netdev;
  std::uint32_t ifindex = 0;  // another number under this name is another device
  bool admin_up = false;
  std::uint32_t mtu = 0;
  std::vector<IpPrefix> added;            // addresses that are ours
  std::optional<FoundAutoconf> autoconf;  // it is changed
  bool operator==(const FoundLink&) const = default;
};

struct FoundState {
  std::string boot;             // hal/process/boot_id.hpp; empty: not noted
  bool defaults_known = false;  // defaults was filled, if only with nothing
  std::vector<FoundRoute> defaults;
  std::vector<FoundLink> links;
  bool operator==(const FoundState&) const = default;

  [[nodiscard]] std::string to_json() const;
  // Untrusted text: everything is checked.
  static Result<FoundState> parse(std::string_view json);
};

// The devices a route goes out of, one or several (RTA_OIF, RTA_MULTIPATH).
std::vector<std::uint32_t> devices_of(const RawRoute& route);

// The same route as a request: without what the kernel adds when it tells a route (state of the
// device, cache figures), with today's device numbers. Nothing when a device is not there any more.
std::optional<RawRoute> as_request(const FoundRoute& found,
                                   const std::map<std::string, std::uint32_t>& numbers);

}  // namespace mwan::netlink
