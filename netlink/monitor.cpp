// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/monitor.hpp"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "netlink/codec.hpp"

namespace mwan::netlink {
namespace {

// Room for a burst (a storm of USB devices, a BGP daemon's neighbours) before the kernel drops.
constexpr int receive_buffer_bytes = 1 << 20;

// The living among the watches; those whose handle is gone are forgotten.
template <class W>
std::vector<std::shared_ptr<W>> living(std::vector<std::weak_ptr<W>>& watches) {
  std::vector<std::shared_ptr<W>> out;
  std::erase_if(watches, [&out](const std::weak_ptr<W>& weak) {
    auto watch = weak.lock();
    if (watch) out.push_back(std::move(watch));
    return weak.expired();
  });
  return out;
}

}  // namespace

void Monitor::FreeSocket::operator()(nl_sock* socket) const { nl_socket_free(socket); }

Result<std::unique_ptr<Monitor>> Monitor::open(Loop& loop) {
  auto netlink = Netlink::open();
  if (!netlink) return failed(netlink.error());
  Socket socket(nl_socket_alloc());
  const auto refused = [](int error) {
    return failed(FailureClass::Transient, "listening to the kernel's link reports",
                  nl_geterror(error));
  };
  if (!socket) return refused(-NLE_NOMEM);
  nl_socket_disable_seq_check(socket.get());
  if (const int error = nl_connect(socket.get(), NETLINK_ROUTE); error < 0) return refused(error);
  nl_socket_set_nonblocking(socket.get());
  nl_socket_set_buffer_size(socket.get(), receive_buffer_bytes, 0);
  if (const int error =
          nl_socket_add_memberships(socket.get(), RTNLGRP_LINK, RTNLGRP_NEIGH, RTNLGRP_NONE);
      error < 0) {
    return refused(error);
  }
  return std::unique_ptr<Monitor>(new Monitor(loop, std::move(*netlink), std::move(socket)));
}

Monitor::Monitor(Loop& loop, Netlink netlink, Socket socket)
    : loop_(loop), netlink_(std::move(netlink)), socket_(std::move(socket)) {
  readable_ = loop_.watch(nl_socket_get_fd(socket_.get()), Loop::Readable,
                          [this](unsigned) { readable(); });
  resync();
}

Monitor::Watch Monitor::watch_link(const std::string& netdev,
                                   std::function<void(const LinkState&)> call) {
  auto watch = std::make_shared<LinkWatch>(netdev, std::move(call), std::nullopt);
  link_watches_.push_back(watch);
  first_report_ = loop_.soon([this] {
    report_links();
    report_neighbours();
  });
  return watch;
}

Monitor::Watch Monitor::watch_neighbour(const std::string& netdev, const IpAddress& address,
                                        std::function<void(fact::Nud)> call) {
  auto watch = std::make_shared<NeighbourWatch>(netdev, address, std::move(call), std::nullopt);
  neighbour_watches_.push_back(watch);
  first_report_ = loop_.soon([this] {
    report_links();
    report_neighbours();
  });
  return watch;
}

Status Monitor::set_admin(const std::string& netdev, bool up) {
  const auto link = netlink_.link(netdev);
  if (!link) return failed(link.error());
  return netlink_.set_admin(*link, up);
}

void Monitor::readable() {
  for (;;) {
    sockaddr_nl from{};
    unsigned char* buffer = nullptr;
    const int size = nl_recv(socket_.get(), &from, &buffer, nullptr);
    const std::unique_ptr<unsigned char, decltype(&std::free)> keep(buffer, std::free);
    if (size == -NLE_NOMEM) {
      // ENOBUFS: the kernel had more to tell than there was room for.
      resync();
      continue;
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

void Monitor::take(const nlmsghdr& message) {
  if (message.nlmsg_type == RTM_NEWLINK || message.nlmsg_type == RTM_DELLINK) {
    const auto* info = static_cast<const ifinfomsg*>(nlmsg_data(&message));
    // Bridges report about their ports under a family of their own.
    if (message.nlmsg_len < NLMSG_LENGTH(sizeof *info) || info->ifi_family != AF_UNSPEC) return;
    if (const auto link = parse_link(message)) {
      take_link(*link, message.nlmsg_type == RTM_DELLINK);
    }
  } else if (message.nlmsg_type == RTM_NEWNEIGH || message.nlmsg_type == RTM_DELNEIGH) {
    if (const auto neighbour = parse_neighbour(message)) {
      take_neighbour(*neighbour, message.nlmsg_type == RTM_DELNEIGH);
    }
  }
}

void Monitor::take_link(const LinkInfo& link, bool gone) {
  if (gone) {
    links_.erase(link.index);
    std::erase_if(neighbours_, [&](const auto& n) { return n.first.first == link.index; });
  } else {
    links_[link.index] = link;
  }
  report_links();
}

void Monitor::take_neighbour(const Neighbour& neighbour, bool gone) {
  const auto key = std::pair(neighbour.ifindex, neighbour.address);
  if (gone) {
    neighbours_.erase(key);
  } else {
    neighbours_[key] = neighbour.state;
  }
  report_neighbours();
}

void Monitor::report_links() {
  for (const auto& watch : living(link_watches_)) {
    LinkState now;
    for (const auto& [index, link] : links_) {
      if (link.name != watch->netdev) continue;
      now = {.present = true,
             .ifindex = index,
             .admin_up = link.admin_up,
             .carrier = link.carrier,
             .mtu = link.mtu};
    }
    if (watch->told == now) continue;
    // A device that came back under the same name is another one: say that the first is gone.
    if (watch->told && watch->told->present && now.present && watch->told->ifindex != now.ifindex) {
      watch->call(LinkState{});
    }
    watch->told = now;
    watch->call(now);
  }
}

void Monitor::report_neighbours() {
  for (const auto& watch : living(neighbour_watches_)) {
    auto now = fact::Nud::Unknown;
    for (const auto& [index, link] : links_) {
      if (link.name != watch->netdev) continue;
      const auto at = neighbours_.find({index, watch->address});
      if (at != neighbours_.end()) now = at->second;
    }
    if (watch->told == now) continue;
    watch->told = now;
    watch->call(now);
  }
}

void Monitor::resync() {
  const auto links = netlink_.links();
  const auto neighbours = netlink_.neighbours();
  // Should the kernel refuse even this, the next report corrects the picture.
  if (links) {
    links_.clear();
    for (const LinkInfo& link : *links) links_[link.index] = link;
  }
  if (neighbours) {
    neighbours_.clear();
    for (const Neighbour& n : *neighbours) neighbours_[{n.ifindex, n.address}] = n.state;
  }
  first_report_ = loop_.soon([this] {
    report_links();
    report_neighbours();
  });
}

}  // namespace mwan::netlink
