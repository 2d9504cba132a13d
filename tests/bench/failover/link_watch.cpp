// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/link_watch.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"

namespace mwan::bench {

namespace {

// rtnetlink(7): IFLA_IFNAME of a message about a link.
std::string_view device_of(const nlmsghdr* header) {
  const auto* info = static_cast<const ifinfomsg*>(NLMSG_DATA(header));
  auto left = static_cast<unsigned>(IFLA_PAYLOAD(header));
  for (const rtattr* attribute = IFLA_RTA(info); RTA_OK(attribute, left);
       attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type != IFLA_IFNAME) continue;
    const auto* text = static_cast<const char*>(RTA_DATA(attribute));
    return {text, ::strnlen(text, RTA_PAYLOAD(attribute))};
  }
  return {};
}

bool says_lost(const nlmsghdr* header, std::string_view device) {
  if (header->nlmsg_type != RTM_NEWLINK && header->nlmsg_type != RTM_DELLINK) return false;
  if (header->nlmsg_len < NLMSG_LENGTH(sizeof(ifinfomsg)) || device_of(header) != device) {
    return false;
  }
  const auto* info = static_cast<const ifinfomsg*>(NLMSG_DATA(header));
  constexpr unsigned kWell = IFF_UP | IFF_LOWER_UP;
  return header->nlmsg_type == RTM_DELLINK || (info->ifi_flags & kWell) != kWell;
}

}  // namespace

Result<std::unique_ptr<LinkWatch>> LinkWatch::start(const lab::NetNs& netns, std::string device) {
  UniqueFd netlink;
  const Status made = netns.inside([&]() -> Status {
    const std::string where = netns.label() + ": watching links";
    netlink = UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!netlink) return lab::system_failure(where);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    if (::bind(netlink.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return lab::system_failure(where);
    }
    return {};
  });
  if (!made) return failed(made.error());
  return std::unique_ptr<LinkWatch>(new LinkWatch(std::move(netlink), std::move(device)));
}

LinkWatch::LinkWatch(UniqueFd netlink, std::string device)
    : netlink_(std::move(netlink)), device_(std::move(device)), thread_([this] { watch(); }) {}

LinkWatch::~LinkWatch() {
  stop_ = true;
  thread_.join();
}

void LinkWatch::watch() {
  alignas(nlmsghdr) std::array<char, 32768> buffer{};
  while (!stop_) {
    pollfd ready{netlink_.get(), POLLIN, 0};
    if (::poll(&ready, 1, 100) <= 0) continue;
    const ssize_t n = ::recv(netlink_.get(), buffer.data(), buffer.size(), 0);
    if (n <= 0) continue;
    const Instant time = lab::now();
    auto left = static_cast<unsigned>(n);
    for (const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
         NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      if (!says_lost(header, device_)) continue;
      const std::lock_guard lock(mutex_);
      lost_.push_back(time);
    }
  }
}

std::optional<Instant> LinkWatch::lost(Instant since) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(lost_, [since](Instant time) { return time >= since; });
  return found == lost_.end() ? std::nullopt : std::optional(*found);
}

}  // namespace mwan::bench
