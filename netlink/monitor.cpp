// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the kernel's reports and keeping the picture; who is told is in monitor_watches.cpp.
#include "netlink/monitor.hpp"

#include <array>
#include <cstdlib>
#include <utility>

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include "netlink/codec.hpp"
#include "netlink/ethtool.hpp"

namespace mwan::netlink {
namespace {

constexpr std::array kGroups = {RTNLGRP_LINK,        RTNLGRP_NEIGH,      RTNLGRP_IPV4_IFADDR,
                                RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
                                RTNLGRP_IPV4_RULE,   RTNLGRP_IPV6_RULE};
constexpr Duration kRetry = std::chrono::milliseconds(100);

constexpr auto kAll = [](const auto&) { return true; };

}  // namespace

void Monitor::FreeSocket::operator()(nl_sock* socket) const { nl_socket_free(socket); }

Result<std::unique_ptr<Monitor>> Monitor::open(Loop& loop, int buffer_bytes) {
  auto netlink = Netlink::open();
  if (!netlink) return failed(netlink.error());
  const auto refused = [](int error) {
    return failed(FailureClass::Transient, "listening to the kernel's reports", nl_geterror(error));
  };
  Socket socket(nl_socket_alloc());
  if (!socket) return refused(-NLE_NOMEM);
  nl_socket_disable_seq_check(socket.get());
  if (const int error = nl_connect(socket.get(), NETLINK_ROUTE); error < 0) return refused(error);
  nl_socket_set_nonblocking(socket.get());
  const int fd = nl_socket_get_fd(socket.get());
  // Beyond the system's limit where that is allowed, up to it otherwise.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes) != 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  }
  for (const int group : kGroups) {
    const int error = nl_socket_add_membership(socket.get(), group);
    if (error < 0) return refused(error);
  }
  std::unique_ptr<Monitor> out(new Monitor(loop, std::move(*netlink), std::move(socket)));
  // After joining the groups: what changes from here on is either seen now or reported later.
  if (auto first = out->look_at_everything(); !first) return failed(first.error());
  return out;
}

Monitor::Monitor(Loop& loop, Netlink netlink, Socket socket)
    : loop_(loop), netlink_(std::move(netlink)), socket_(std::move(socket)) {
  readable_ = loop_.watch(nl_socket_get_fd(socket_.get()), Loop::Readable,
                          [this](unsigned) { readable(); });
}

Status Monitor::set_admin(const std::string& netdev, bool up) {
  const auto link = netlink_.link(netdev);
  if (!link) return failed(link.error());
  return netlink_.set_admin(*link, up);
}

Status Monitor::confirm_neighbour(const std::string& netdev, const IpAddress& address) {
  return netlink_.confirm_neighbour(state_of(netdev).ifindex, address);
}

Result<NetdevCounters> Monitor::counters(const std::string& netdev) {
  const LinkState state = state_of(netdev);
  if (!state.present) return failed(FailureClass::Gone, "network device " + netdev, "not there");
  return netlink_.counters(state.ifindex);
}

std::optional<fact::Speed> Monitor::speed(const std::string& netdev) { return read_speed(netdev); }

void Monitor::readable() {
  for (;;) {
    sockaddr_nl from{};
    unsigned char* buffer = nullptr;
    const int size = nl_recv(socket_.get(), &from, &buffer, nullptr);
    const std::unique_ptr<unsigned char, decltype(&std::free)> keep(buffer, std::free);
    if (size == -NLE_NOMEM) {  // what libnl makes of ENOBUFS
      resync();
      return;
    }
    if (size <= 0) return;
    if (from.nl_pid != 0) continue;  // other processes can send to this socket
    int left = size;
    for (auto* message = reinterpret_cast<nlmsghdr*>(buffer); nlmsg_ok(message, left) != 0;
         message = nlmsg_next(message, &left)) {
      take(*message);
    }
  }
}

// Reports from before a loss would be taken for later than the picture that is made after it. False
// when the kernel tells faster than this can read.
bool Monitor::discard_reports() {
  constexpr int kEnough = 100000;
  for (int i = 0; i < kEnough; ++i) {
    sockaddr_nl from{};
    unsigned char* buffer = nullptr;
    const int size = nl_recv(socket_.get(), &from, &buffer, nullptr);
    std::free(buffer);
    if (size == -NLE_NOMEM) continue;  // and more was lost meanwhile
    if (size <= 0) return true;
  }
  return false;
}

void Monitor::resync() {
  const bool drained = discard_reports();
  const auto status = look_at_everything();
  if (!drained || !status) {
    retry_ = loop_.after(kRetry, [this] { resync(); });
    return;
  }
  retry_.reset();
  for (const auto& weak : std::vector(change_watches_)) {
    const auto calls = weak.lock();
    if (calls && calls->resynced) calls->resynced();
  }
}

Status Monitor::look_at_everything() {
  const auto links = netlink_.links();
  if (!links) return failed(links.error());
  const auto addresses = netlink_.addresses();
  if (!addresses) return failed(addresses.error());
  const auto routes = netlink_.routes();
  if (!routes) return failed(routes.error());
  const auto rules = netlink_.rules();
  if (!rules) return failed(rules.error());
  const auto neighbours = netlink_.neighbours();
  if (!neighbours) return failed(neighbours.error());

  links_.sync(
      *links, [](const LinkInfo& link) { return link.index; }, kAll,
      [this](Change change, const LinkInfo& l) { tell(&ChangeCalls::link, change, l); });
  report_links();
  const auto key = [](const auto& object) { return key_of(object); };
  addresses_.sync(*addresses, key, kAll, [this](Change change, const Address& a) {
    tell(&ChangeCalls::address, change, a);
  });
  routes_.sync(*routes, key, kAll,
               [this](Change change, const Route& r) { tell(&ChangeCalls::route, change, r); });
  rules_.sync(*rules, key, kAll,
              [this](Change change, const Rule& r) { tell(&ChangeCalls::rule, change, r); });
  neighbours_.sync(*neighbours, key, kAll, [this](Change change, const Neighbour& n) {
    tell(&ChangeCalls::neighbour, change, n);
  });
  report_neighbours();
  return {};
}

void Monitor::take(const nlmsghdr& message) {
  const auto change = [&](int gone) {
    return message.nlmsg_type == gone ? Change::Gone : Change::New;
  };
  switch (message.nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      if (const auto link = parse_link(message)) take_link(*link, change(RTM_DELLINK));
      break;
    case RTM_NEWADDR:
    case RTM_DELADDR:
      if (const auto address = parse_address(message)) take_address(*address, change(RTM_DELADDR));
      break;
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      if (const auto route = parse_route(message)) {
        take_route(*route, change(RTM_DELROUTE), (message.nlmsg_flags & NLM_F_REPLACE) != 0);
      }
      break;
    case RTM_NEWRULE:
    case RTM_DELRULE:
      if (const auto rule = parse_rule(message)) {
        const Change what = change(RTM_DELRULE);
        const bool news =
            what == Change::New ? rules_.put(key_of(*rule), *rule) : rules_.drop(key_of(*rule));
        if (news) tell(&ChangeCalls::rule, what, *rule);
      }
      break;
    case RTM_NEWNEIGH:
    case RTM_DELNEIGH:
      if (const auto neighbour = parse_neighbour(message)) {
        const Change what = change(RTM_DELNEIGH);
        const auto key = key_of(*neighbour);
        const bool news =
            what == Change::New ? neighbours_.put(key, *neighbour) : neighbours_.drop(key);
        if (!news) break;
        tell(&ChangeCalls::neighbour, what, *neighbour);
        report_neighbours();
      }
      break;
    default:
      break;
  }
}

void Monitor::take_link(const LinkInfo& link, Change change) {
  const auto known = links_.items().find(link.index);
  const bool was_up = known != links_.items().end() && known->second.admin_up;
  if (change == Change::New) {
    if (!links_.put(link.index, link)) return;
  } else if (!links_.drop(link.index)) {
    return;
  }
  tell(&ChangeCalls::link, change, link);
  report_links();
  if (change == Change::Gone) {
    const auto of_it = [&](const auto& object) { return object.ifindex == link.index; };
    addresses_.drop_if(
        of_it, [this](Change what, const Address& a) { tell(&ChangeCalls::address, what, a); });
    neighbours_.drop_if(
        of_it, [this](Change what, const Neighbour& n) { tell(&ChangeCalls::neighbour, what, n); });
    report_neighbours();
  }
  if (was_up && (change == Change::Gone || !link.admin_up)) look_at_ipv4_routes_soon();
}

void Monitor::take_address(const Address& address, Change change) {
  const auto key = key_of(address);
  const bool news = change == Change::New ? addresses_.put(key, address) : addresses_.drop(key);
  if (news) tell(&ChangeCalls::address, change, address);
  if (change == Change::Gone) look_at_ipv4_routes_soon();
}

void Monitor::take_route(const Route& route, Change change, bool replaces) {
  const auto key = key_of(route);
  if (change == Change::Gone) {
    if (routes_.drop(key)) tell(&ChangeCalls::route, Change::Gone, route);
    return;
  }
  if (replaces) {
    // The one that was replaced is not reported. Should there have been several in its slot, the
    // others come back with the next look at everything.
    routes_.drop_if(
        [&](const Route& other) {
          return key_of(other) != key && other.destination == route.destination &&
                 other.table == route.table && other.metric == route.metric &&
                 other.tos == route.tos;
        },
        [this](Change what, const Route& r) { tell(&ChangeCalls::route, what, r); });
  }
  if (routes_.put(key, route)) tell(&ChangeCalls::route, Change::New, route);
}

// The kernel drops IPv4 routes with their device or their source address without a word
// (fib_sync_down_dev, fib_sync_down_addr).
void Monitor::look_at_ipv4_routes_soon() {
  if (look_at_routes_.active()) return;
  look_at_routes_ = loop_.soon([this] {
    look_at_routes_.reset();
    const auto routes = netlink_.routes();
    if (!routes) return;
    routes_.sync(
        *routes, [](const Route& route) { return key_of(route); },
        [](const Route& route) { return route.family() == IpFamily::V4; },
        [this](Change change, const Route& r) { tell(&ChangeCalls::route, change, r); });
  });
}

Monitor::AddressKey Monitor::key_of(const Address& address) {
  return {address.ifindex, address.prefix};
}
Monitor::RouteKey Monitor::key_of(const Route& route) {
  return {route.destination, route.table, route.metric, route.tos, route.ifindex, route.gateway};
}
Monitor::RuleKey Monitor::key_of(const Rule& rule) {
  return {rule.family, rule.protocol, text(rule)};
}
Monitor::NeighbourKey Monitor::key_of(const Neighbour& neighbour) {
  return {neighbour.ifindex, neighbour.address};
}

}  // namespace mwan::netlink
