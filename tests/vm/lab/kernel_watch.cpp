// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/kernel_watch.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <string_view>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"
#include "tests/lab/route_message.hpp"
#include "tests/vm/lab/in_front.hpp"

namespace mwan::vm {
namespace {

// The kernel's own uevents; udev's are group 2.
constexpr unsigned kKernelGroup = 1;
constexpr int kReceiveBuffer = 1 << 20;

Result<UniqueFd> listen_to(int protocol, unsigned groups) {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = groups;
  if (!socket ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer,
                   sizeof kReceiveBuffer) != 0 ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return lab::system_failure("listening to the kernel");
  }
  return socket;
}

// "add@/devices/...", then KEY=VALUE, each ended by a NUL (lib/kobject_uevent.c). The path, if it
// is about a device of one of these kinds.
std::optional<std::string> device_of(std::string_view uevent, std::string_view action,
                                     std::initializer_list<std::string_view> kinds) {
  if (!uevent.starts_with(action)) return std::nullopt;
  const auto has = [uevent](std::string_view pair) {
    const auto at = uevent.find(pair);
    return at != std::string_view::npos && uevent[at - 1] == '\0' &&
           (at + pair.size() == uevent.size() || uevent[at + pair.size()] == '\0');
  };
  if (std::ranges::none_of(kinds, has)) return std::nullopt;
  return std::string(uevent.substr(action.size(), uevent.find('\0') - action.size()));
}

// The name of the network device that cannot be used any more.
std::optional<std::string> lost_device(const nlmsghdr& header) {
  if (header.nlmsg_type != RTM_NEWLINK && header.nlmsg_type != RTM_DELLINK) return std::nullopt;
  const auto* info = static_cast<const ifinfomsg*>(NLMSG_DATA(&header));
  // Messages of bridges about their ports are of another family.
  if (info->ifi_family != AF_UNSPEC) return std::nullopt;
  // The carrier itself; "running" follows it a little later (operstate). Not in <net/if.h>, and
  // <linux/if.h> collides with it.
  constexpr unsigned kLowerUp = 1U << 16U;  // IFF_LOWER_UP
  const unsigned usable = IFF_RUNNING | kLowerUp;
  if (header.nlmsg_type == RTM_NEWLINK && (info->ifi_flags & usable) == usable) return std::nullopt;
  auto left = static_cast<int>(IFLA_PAYLOAD(&header));
  for (const rtattr* at = IFLA_RTA(info); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    if (at->rta_type == IFLA_IFNAME) return static_cast<const char*>(RTA_DATA(at));
  }
  return std::nullopt;
}

std::string name_of(int index) {
  std::array<char, IF_NAMESIZE> name{};
  return ::if_indextoname(static_cast<unsigned>(index), name.data()) == nullptr ? "" : name.data();
}

}  // namespace

Result<std::unique_ptr<KernelWatch>> KernelWatch::start() {
  auto uevents = listen_to(NETLINK_KOBJECT_UEVENT, kKernelGroup);
  auto messages = listen_to(NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_ROUTE);
  if (!uevents) return failed(uevents.error());
  if (!messages) return failed(messages.error());
  std::unique_ptr<KernelWatch> out(new KernelWatch(std::move(*uevents), std::move(*messages)));
  if (auto done = put_in_front(out->thread_); !done) return failed(done.error());
  return out;
}

KernelWatch::~KernelWatch() {
  stop_ = true;
  thread_.join();
}

void KernelWatch::watch() {
  lab::DefaultRoutes routes;
  std::optional<int> last;
  std::vector<std::byte> buffer(65536);
  while (!stop_) {
    std::array<pollfd, 2> ready{{{uevents_.get(), POLLIN, 0}, {messages_.get(), POLLIN, 0}}};
    if (::poll(ready.data(), ready.size(), 100) <= 0) continue;
    const Instant time = lab::now();
    for (ssize_t n = 0; (n = ::recv(uevents_.get(), buffer.data(), buffer.size(), 0)) > 0;) {
      const std::string_view text(reinterpret_cast<const char*>(buffer.data()),
                                  static_cast<std::size_t>(n));
      if (auto path = device_of(text, "add@", {"SUBSYSTEM=net", "DEVTYPE=usb_device"})) {
        note(time, What::Added, std::move(*path));
      }
      if (auto path = device_of(text, "remove@",
                                {"SUBSYSTEM=net", "SUBSYSTEM=tty", "SUBSYSTEM=usbmisc",
                                 "SUBSYSTEM=usb", "SUBSYSTEM=usb-serial"})) {
        note(time, What::Removed, std::move(*path));
      }
    }
    for (ssize_t n = 0; (n = ::recv(messages_.get(), buffer.data(), buffer.size(), 0)) > 0;) {
      const auto datagram = std::span(buffer).first(static_cast<std::size_t>(n));
      auto left = static_cast<unsigned>(n);
      for (const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
           NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
        if (auto name = lost_device(*header)) {
          if (header->nlmsg_type == RTM_DELLINK) note(time, What::Gone, *name);
          note(time, What::Lost, std::move(*name));
        }
      }
      for (const lab::DefaultRoute& route : lab::read_route_messages(datagram)) {
        routes.apply(route);
        if (routes.in_use() == last) continue;
        last = routes.in_use();
        if (last) note(time, What::Moved, name_of(*last));
      }
    }
  }
}

void KernelWatch::note(Instant time, What what, std::string name) {
  const std::lock_guard lock(mutex_);
  seen_.push_back({time, what, std::move(name)});
}

std::optional<Instant> KernelWatch::first(What what, const std::string* name, Instant since) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(seen_, [&](const Seen& seen) {
    return seen.what == what && seen.time >= since && (name == nullptr || seen.name == *name);
  });
  return found == seen_.end() ? std::nullopt : std::optional(found->time);
}

std::optional<Instant> KernelWatch::device_added(Instant since) const {
  return first(What::Added, nullptr, since);
}
std::optional<Instant> KernelWatch::link_lost(const std::string& name, Instant since) const {
  return first(What::Lost, &name, since);
}
std::optional<Instant> KernelWatch::link_gone(const std::string& name, Instant since) const {
  return first(What::Gone, &name, since);
}
std::optional<Instant> KernelWatch::device_removed(Instant since) const {
  return first(What::Removed, nullptr, since);
}
std::optional<Instant> KernelWatch::route_moved(const std::string& name, Instant since) const {
  return first(What::Moved, &name, since);
}

}  // namespace mwan::vm
