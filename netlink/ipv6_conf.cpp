// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/ipv6_conf.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"
#include "netlink/types.hpp"

namespace mwan::netlink {
namespace {

std::string path_of(const std::string& netdev, const char* name) {
  return "/proc/sys/net/ipv6/conf/" + netdev + "/" + name;
}

}  // namespace

std::optional<int> ipv6_conf(const std::string& netdev, const char* name) {
  if (!valid_netdev_name(netdev)) return std::nullopt;
  const UniqueFd file(::open(path_of(netdev, name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::array<char, 16> text{};
  const auto length = ::read(file.get(), text.data(), text.size());
  if (length <= 0) return std::nullopt;
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, out);
  if (error != std::errc()) return std::nullopt;
  return out;
}

Status set_ipv6_conf(const std::string& netdev, const char* name, int value) {
  const std::string path = path_of(netdev, name);
  const std::string text = std::to_string(value) + "\n";
  const UniqueFd file(valid_netdev_name(netdev) ? ::open(path.c_str(), O_WRONLY | O_CLOEXEC) : -1);
  if (file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) {
    return {};
  }
  return failed(errno == ENOENT ? FailureClass::Gone : FailureClass::Permanent, path,
                "setting it to " + std::to_string(value) + ": " + std::strerror(errno));
}

}  // namespace mwan::netlink
