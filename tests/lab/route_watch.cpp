// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/route_watch.hpp"

#include <algorithm>
#include <array>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"
#include "tests/lab/route_message.hpp"

namespace mwan::lab {

namespace {

std::string device_name(int socket, int index) {
  ifreq request{};
  request.ifr_ifindex = index;
  if (::ioctl(socket, SIOCGIFNAME, &request) != 0) return "device " + std::to_string(index);
  return request.ifr_name;
}

}  // namespace

Result<std::unique_ptr<RouteWatch>> RouteWatch::start(const NetNs& netns) {
  UniqueFd netlink;
  UniqueFd names;
  const Status made = netns.inside([&]() -> Status {
    const std::string where = netns.label() + ": watching routes";
    netlink = UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    names = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!netlink || !names) return system_failure(where);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_IPV4_ROUTE;
    if (::bind(netlink.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return system_failure(where);
    }
    return {};
  });
  if (!made) return failed(made.error());
  return std::unique_ptr<RouteWatch>(new RouteWatch(std::move(netlink), std::move(names)));
}

RouteWatch::RouteWatch(UniqueFd netlink, UniqueFd names)
    : netlink_(std::move(netlink)), names_(std::move(names)), thread_([this] { watch(); }) {}

RouteWatch::~RouteWatch() {
  stop_ = true;
  thread_.join();
}

void RouteWatch::watch() {
  DefaultRoutes routes;
  std::optional<int> last;
  std::array<std::byte, 16384> buffer{};
  while (!stop_) {
    pollfd ready{netlink_.get(), POLLIN, 0};
    if (::poll(&ready, 1, 100) <= 0) continue;
    const ssize_t n = ::recv(netlink_.get(), buffer.data(), buffer.size(), 0);
    if (n <= 0) continue;
    const Instant time = now();
    for (const DefaultRoute& route :
         read_route_messages(std::span(buffer).first(static_cast<std::size_t>(n)))) {
      routes.apply(route);
      if (routes.in_use() == last) continue;
      last = routes.in_use();
      const std::string device = last ? device_name(names_.get(), *last) : std::string();
      const std::lock_guard lock(mutex_);
      changes_.push_back({time, device});
    }
  }
}

std::vector<RouteChange> RouteWatch::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

std::string RouteWatch::device() const {
  const std::lock_guard lock(mutex_);
  return changes_.empty() ? std::string() : changes_.back().device;
}

std::optional<Instant> RouteWatch::moved_to(const std::string& device, Instant since) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(changes_, [&](const RouteChange& change) {
    return change.time >= since && change.device == device;
  });
  if (found == changes_.end()) return std::nullopt;
  return found->time;
}

}  // namespace mwan::lab
