// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/route_message.hpp"

#include <cstring>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace mwan::lab {

namespace {

using Bytes = std::span<const std::byte>;

template <class T>
std::optional<T> read(Bytes bytes) {
  T value{};
  if (bytes.size() < sizeof value) return std::nullopt;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

Bytes after(Bytes bytes, std::size_t length) {
  const std::size_t aligned = NLMSG_ALIGN(length);
  return aligned < bytes.size() ? bytes.subspan(aligned) : Bytes{};
}

// The payload of an attribute, and the length it takes with its header; nothing where it claims
// more than there is.
std::optional<Bytes> payload(Bytes attributes, std::size_t length) {
  if (length < sizeof(rtattr) || length > attributes.size()) return std::nullopt;
  return attributes.subspan(sizeof(rtattr), length - sizeof(rtattr));
}

std::optional<DefaultRoute> read_route(Bytes body, bool added) {
  const auto header = read<rtmsg>(body);
  if (!header || header->rtm_family != AF_INET || header->rtm_dst_len != 0 ||
      header->rtm_type != RTN_UNICAST) {
    return std::nullopt;
  }
  DefaultRoute route{.added = added};
  std::uint32_t table = header->rtm_table;
  Bytes rest = after(body, sizeof(rtmsg));
  while (true) {
    const auto attribute = read<rtattr>(rest);
    if (!attribute) break;
    const auto value = payload(rest, attribute->rta_len);
    if (!value) break;
    if (attribute->rta_type == RTA_TABLE) table = read<std::uint32_t>(*value).value_or(table);
    if (attribute->rta_type == RTA_PRIORITY) {
      route.metric = read<std::uint32_t>(*value).value_or(0);
    }
    if (attribute->rta_type == RTA_OIF) route.device_index = read<int>(*value).value_or(0);
    if (attribute->rta_type == RTA_MULTIPATH) {
      if (const auto hop = read<rtnexthop>(*value)) route.device_index = hop->rtnh_ifindex;
    }
    rest = after(rest, attribute->rta_len);
  }
  if (table != RT_TABLE_MAIN) return std::nullopt;
  return route;
}

}  // namespace

std::vector<DefaultRoute> read_route_messages(Bytes datagram) {
  std::vector<DefaultRoute> found;
  while (true) {
    const auto header = read<nlmsghdr>(datagram);
    if (!header) break;
    if (header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > datagram.size()) break;
    const bool added = header->nlmsg_type == RTM_NEWROUTE;
    if (added || header->nlmsg_type == RTM_DELROUTE) {
      const Bytes body = datagram.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
      if (const auto route = read_route(body, added)) found.push_back(*route);
    }
    datagram = after(datagram, header->nlmsg_len);
  }
  return found;
}

void DefaultRoutes::apply(const DefaultRoute& change) {
  if (change.added) {
    device_by_metric_[change.metric] = change.device_index;
    return;
  }
  // A replaced route's removal is not announced, but the removal of another one of the same
  // metric and a different device may be.
  const auto found = device_by_metric_.find(change.metric);
  if (found != device_by_metric_.end() && found->second == change.device_index) {
    device_by_metric_.erase(found);
  }
}

std::optional<int> DefaultRoutes::in_use() const {
  if (device_by_metric_.empty()) return std::nullopt;
  return device_by_metric_.begin()->second;
}

}  // namespace mwan::lab
