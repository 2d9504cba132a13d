// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's own reports about devices, addresses, routes, rules and neighbours, as they happen.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"
#include "netlink/cache.hpp"
#include "netlink/netlink.hpp"

struct nl_sock;
struct nlmsghdr;

namespace mwan::netlink {

// Each may be empty. Called for what differs from what was known, never twice for the same.
struct ChangeCalls {
  std::function<void(Change, const LinkInfo&)> link;
  std::function<void(Change, const Address&)> address;
  std::function<void(Change, const Route&)> route;
  std::function<void(Change, const Rule&)> rule;
  std::function<void(Change, const Neighbour&)> neighbour;
  // Reports had been lost; what differs was told before this call. Single changes may be missing:
  // a carrier that was lost and came back in between left no trace.
  std::function<void()> resynced;
};

// Keeps a picture of everything it reports, so that a loss of reports (ENOBUFS: the kernel had more
// to tell than there was room for) is made good by asking anew and telling the difference. It also
// tells what the kernel does not: IPv4 routes that go with their device or address.
// NOTE Threading: on the loop's thread, in the network namespace of the thread that opened it.
// NOTE Performance: the picture holds every route; meant for routers, not for full BGP tables.
class Monitor final : public LinkMonitor {
 public:
  // buffer_bytes: room for reports that are not read yet.
  static Result<std::unique_ptr<Monitor>> open(Loop& loop, int buffer_bytes = 1 << 20);

  Watch watch_link(const std::string& netdev, std::function<void(const LinkState&)> call) override;
  Watch watch_neighbour(const std::string& netdev, const IpAddress& address,
                        std::function<void(fact::Nud)> call) override;
  Status set_admin(const std::string& netdev, bool up) override;
  Status confirm_neighbour(const std::string& netdev, const IpAddress& address) override;
  Result<NetdevCounters> counters(const std::string& netdev) override;
  [[nodiscard]] std::optional<fact::Speed> speed(const std::string& netdev) override;

  // Changes from now on.
  [[nodiscard]] Watch watch_changes(ChangeCalls calls);

 private:
  struct FreeSocket {
    void operator()(nl_sock* socket) const;
  };
  using Socket = std::unique_ptr<nl_sock, FreeSocket>;
  struct LinkWatch {
    std::string netdev;
    std::function<void(const LinkState&)> call;
    std::optional<LinkState> told;
  };
  struct NeighbourWatch {
    std::string netdev;
    IpAddress address;
    std::function<void(fact::Nud)> call;
    std::optional<fact::Nud> told;
  };
  using AddressKey = std::pair<std::uint32_t, IpPrefix>;
  // What makes a route another route.
  using RouteKey = std::tuple<IpPrefix, std::uint32_t, std::uint32_t, std::uint8_t, std::uint32_t,
                              std::optional<IpAddress>>;
  using RuleKey = std::tuple<IpFamily, std::uint8_t, std::string>;
  using NeighbourKey = std::pair<std::uint32_t, IpAddress>;

  Monitor(Loop& loop, Netlink netlink, Socket socket);
  static AddressKey key_of(const Address& address);
  static RouteKey key_of(const Route& route);
  static RuleKey key_of(const Rule& rule);
  static NeighbourKey key_of(const Neighbour& neighbour);

  void readable();
  bool discard_reports();
  void take(const nlmsghdr& message);
  void take_link(const LinkInfo& link, Change change);
  void take_address(const Address& address, Change change);
  void take_route(const Route& route, Change change, bool replaces);
  void resync();
  Status look_at_everything();
  void look_at_ipv4_routes_soon();

  template <class T>
  void tell(std::function<void(Change, const T&)> ChangeCalls::*which, Change change,
            const T& object);
  void report_links();
  void report_neighbours();
  void report_soon();
  [[nodiscard]] LinkState state_of(const std::string& netdev) const;

  Loop& loop_;
  Netlink netlink_;
  Socket socket_;
  SourceHandle readable_;
  SourceHandle report_;
  SourceHandle retry_;
  SourceHandle look_at_routes_;

  Cache<std::uint32_t, LinkInfo> links_;  // by index
  Cache<AddressKey, Address> addresses_;
  Cache<RouteKey, Route> routes_;
  Cache<RuleKey, Rule> rules_;
  Cache<NeighbourKey, Neighbour> neighbours_;
  std::vector<std::weak_ptr<LinkWatch>> link_watches_;
  std::vector<std::weak_ptr<NeighbourWatch>> neighbour_watches_;
  std::vector<std::weak_ptr<ChangeCalls>> change_watches_;
};

}  // namespace mwan::netlink
