// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/ethtool.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "hal/unique_fd.hpp"
#include "netlink/types.hpp"

namespace mwan::netlink {
namespace {

// The settings, and behind them three masks of link modes of at most 127 words each (their count is
// a signed byte).
using Buffer = std::array<std::uint32_t, sizeof(ethtool_link_settings) / 4 + std::size_t{3} * 127>;

bool ask(int fd, const std::string& netdev, int words, ethtool_link_settings& settings) {
  settings = {};
  settings.cmd = ETHTOOL_GLINKSETTINGS;
  settings.link_mode_masks_nwords = static_cast<std::int8_t>(words);
  Buffer buffer{};
  std::memcpy(buffer.data(), &settings, sizeof settings);
  ifreq request{};
  std::memcpy(request.ifr_name, netdev.data(), netdev.size());
  request.ifr_data = reinterpret_cast<char*>(buffer.data());
  if (::ioctl(fd, SIOCETHTOOL, &request) != 0) return false;
  std::memcpy(&settings, buffer.data(), sizeof settings);
  return true;
}

}  // namespace

std::optional<fact::Speed> read_speed(const std::string& netdev) {
  if (!valid_netdev_name(netdev)) return std::nullopt;
  const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return std::nullopt;
  // Asked with no room for masks, the kernel answers how many words it wants, as a negative number.
  ethtool_link_settings settings;
  if (!ask(fd.get(), netdev, 0, settings)) return std::nullopt;
  const int words = -settings.link_mode_masks_nwords;
  if (words <= 0 || words > 127) return std::nullopt;
  if (!ask(fd.get(), netdev, words, settings)) return std::nullopt;
  const std::uint32_t speed = settings.speed;
  if (speed == 0 || speed == static_cast<std::uint32_t>(SPEED_UNKNOWN)) return std::nullopt;
  return fact::Speed{.mbps = speed, .full_duplex = settings.duplex != DUPLEX_HALF};
}

}  // namespace mwan::netlink
