// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's links, addresses, routes, rules and neighbours: read and changed, one call at a
// time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hal/error.hpp"
#include "hal/traffic/netdev_counters.hpp"
#include "netlink/socket.hpp"
#include "netlink/types.hpp"

namespace mwan::netlink {

// A route as the kernel told it, with every attribute (metrics, several next hops, encapsulation),
// so that it can be put back exactly. payload = rtmsg and attributes.
struct RawRoute {
  Route route;
  std::vector<std::uint8_t> payload;
  bool operator==(const RawRoute&) const = default;
};

// Every error names the object, the device and the reason. Nothing here is retried.
// NOTE Threading: as RequestSocket; the calls return when the kernel did it, they do not wait for
// devices.
class Netlink {
 public:
  static Result<Netlink> open();

  Result<std::vector<LinkInfo>> links();
  Result<LinkInfo> link(const std::string& netdev);  // FailureClass::Gone when there is none
  Result<std::vector<Address>> addresses();
  // Of one table, or of all; a table that does not exist is empty.
  Result<std::vector<Route>> routes(std::optional<std::uint32_t> table = std::nullopt);
  Result<std::vector<Route>> routes(std::uint32_t table, IpFamily family);
  Result<std::vector<RawRoute>> raw_routes(std::uint32_t table, IpFamily family);
  Result<std::vector<Rule>> rules();
  Result<std::vector<Neighbour>> neighbours();

  // One message, without the list of all devices. FailureClass::Gone when there is none.
  Result<NetdevCounters> counters(std::uint32_t ifindex);

  // LinkMonitor::confirm_neighbour().
  Status confirm_neighbour(std::uint32_t ifindex, const IpAddress& address);

  Status set_admin(const LinkInfo& link, bool up);
  Status set_mtu(const LinkInfo& link, std::uint32_t mtu);

  // True: it was added (deleted) by this call; false: it was there (gone) already.
  Result<bool> add_address(const LinkInfo& link, const IpPrefix& address);
  // An address that is there stays for ever, also when whoever gave it a lifetime has ended.
  Status hold_address(const LinkInfo& link, const IpPrefix& address);
  Result<bool> delete_address(const LinkInfo& link, const IpPrefix& address);
  // Whether the next address of the same prefix lives on when the first is deleted
  // (promote_secondaries of this device; IPv4 only, IPv6 always does).
  Result<bool> promotes_secondaries(const LinkInfo& link);
  Status set_promote_secondaries(const LinkInfo& link, bool on);

  // Only where no route has the same table, destination, metric and TOS; false: one has.
  Result<bool> add_route(const Route& route);
  // Takes the place of the route with the same table, destination, metric and TOS in one step, or
  // is new.
  Status replace_route(const Route& route);
  // As the kernel gave it; flags NLM_F_REPLACE, NLM_F_APPEND or NLM_F_EXCL beside NLM_F_CREATE.
  Status put_raw_route(const RawRoute& route, int flags);
  Result<bool> delete_route(const Route& route);

  Result<bool> add_rule(const Rule& rule);
  Result<bool> delete_rule(const Rule& rule);

  // Deletes every route of the table (every table when absent) that carries kRouteProtocol; returns
  // how many.
  Result<std::size_t> flush_ours(std::optional<std::uint32_t> table);

 private:
  explicit Netlink(RequestSocket socket) : socket_(std::move(socket)) {}
  Status change_link(const LinkInfo& link, const std::string& what, unsigned flags, unsigned mask,
                     const std::function<void(Message&)>& fill);
  Status dump_routes(IpFamily family, std::optional<std::uint32_t> table,
                     const std::function<void(const nlmsghdr&, const Route&)>& call);
  std::string name_of(std::uint32_t ifindex);
  std::string describe(const Route& route);

  RequestSocket socket_;
};

}  // namespace mwan::netlink
