// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/net/tun.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>

namespace mwan::sim {

Result<UniqueFd> open_tun(const std::string& name, TunPackets packets) {
  const std::string where = fmt::format("network device {}", name);
  if (name.empty() || name.size() >= IFNAMSIZ) {
    return failed(FailureClass::Permanent, where, "the name must have 1 to 15 bytes");
  }
  UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd) {
    return failed(FailureClass::Permanent, where,
                  fmt::format("/dev/net/tun: {}", std::strerror(errno)));
  }
  ifreq request{};
  std::copy(name.begin(), name.end(), request.ifr_name);
  const int kind = packets == TunPackets::Ip ? IFF_TUN : IFF_TAP;
  request.ifr_flags = static_cast<short>(kind | IFF_NO_PI);
  if (::ioctl(fd.get(), TUNSETIFF, &request) != 0) {
    const char* hint = errno == EPERM   ? "; run as root or in your own network namespace"
                       : errno == EBUSY ? "; it exists already"
                                        : "";
    return failed(FailureClass::Permanent, where,
                  fmt::format("cannot create: {}{}", std::strerror(errno), hint));
  }
  return fd;
}

Result<UniqueFd> open_tun_in(const std::string& name, const std::string& netns,
                             TunPackets packets) {
  const bool is_pid = !netns.empty() && std::all_of(netns.begin(), netns.end(),
                                                    [](char c) { return c >= '0' && c <= '9'; });
  const std::string path = is_pid ? fmt::format("/proc/{}/ns/net", netns) : netns;
  const UniqueFd there(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const UniqueFd here(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!there || !here) {
    return failed(FailureClass::Permanent, fmt::format("network namespace {}", path),
                  std::strerror(errno));
  }
  if (::setns(there.get(), CLONE_NEWNET) != 0) {
    return failed(FailureClass::Permanent, fmt::format("network namespace {}", path),
                  fmt::format("cannot enter: {}", std::strerror(errno)));
  }
  auto tun = open_tun(name, packets);
  if (::setns(here.get(), CLONE_NEWNET) != 0) {
    return failed(FailureClass::Permanent, "network namespace",
                  fmt::format("cannot come back: {}", std::strerror(errno)));
  }
  return tun;
}

}  // namespace mwan::sim
