// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/netns.hpp"

#include <fstream>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "tests/lab/lab_error.hpp"

namespace mwan::lab {

Result<NetNs> NetNs::create(std::string label) {
  // Unsharing is per thread: a short-lived one makes the namespace, its descriptor keeps it.
  UniqueFd fd;
  int error = 0;
  std::thread([&] {
    if (::unshare(CLONE_NEWNET) != 0) {
      error = errno;
      return;
    }
    fd = UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    if (!fd) error = errno;
  }).join();
  if (!fd) {
    auto failure = system_failure("making the network namespace '" + label + "'", error);
    if (error == EPERM) failure.value().message += " (run it as root)";
    return failure;
  }
  NetNs made(std::move(label), std::move(fd));
  // 1 = IN6_ADDR_GEN_MODE_NONE. A kernel without IPv6 has neither the file nor the addresses.
  for (const char* which : {"default", "all"}) {
    const auto quiet = made.sysctl(fmt::format("net/ipv6/conf/{}/addr_gen_mode", which), "1");
    static_cast<void>(quiet);
  }
  if (auto up = made.set_link("lo", true); !up) return failed(up.error());
  return made;
}

std::string NetNs::path() const { return fmt::format("/proc/{}/fd/{}", ::getpid(), fd_.get()); }

Status NetNs::inside(const std::function<Status()>& call) const {
  Status outcome;
  std::thread([&] {
    if (::setns(fd_.get(), CLONE_NEWNET) != 0) {
      outcome = system_failure("entering the network namespace '" + label_ + "'");
      return;
    }
    outcome = call();
  }).join();
  return outcome;
}

Status NetNs::sysctl(const std::string& name, const std::string& value) const {
  return inside([&]() -> Status {
    std::ofstream file("/proc/sys/" + name);
    file << value << std::flush;
    if (!file) return system_failure(fmt::format("{}: writing '{}' to {}", label_, value, name));
    return {};
  });
}

Status NetNs::set_link(const std::string& device, bool up) const {
  return inside([&]() -> Status {
    const auto where = [&] {
      return fmt::format("{}: setting {} {}", label_, device, up ? "up" : "down");
    };
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    if (device.size() >= sizeof request.ifr_name) return system_failure(where(), ENAMETOOLONG);
    device.copy(request.ifr_name, sizeof request.ifr_name - 1);
    if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return system_failure(where());
    const int flags = request.ifr_flags;
    request.ifr_flags = static_cast<short>(up ? flags | IFF_UP : flags & ~IFF_UP);
    if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return system_failure(where());
    return {};
  });
}

}  // namespace mwan::lab
