// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/profile/device_notes.hpp"

#include <array>
#include <bit>
#include <memory>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include "failover/host/ipfire/paths.hpp"
#include "failover/host/ipfire/settings_file.hpp"
#include "tools/mwan-config/edit/words.hpp"
#include "tools/mwan-config/read_files.hpp"

namespace mwan::config_tool {
namespace {

void add(std::string& note, const std::string& words) {
  note += (note.empty() ? "" : ", ") + words;
}

// IPv4 only: link-local addresses say nothing about which card it is.
std::map<std::string, std::vector<std::string>> addresses_here() {
  std::map<std::string, std::vector<std::string>> out;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return out;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_netmask == nullptr) continue;
    if (at->ifa_addr->sa_family != AF_INET) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    const auto* address = reinterpret_cast<const sockaddr_in*>(at->ifa_addr);
    const auto* mask = reinterpret_cast<const sockaddr_in*>(at->ifa_netmask);
    ::inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
    out[at->ifa_name].push_back(
        fmt::format("{}/{}", text.data(), std::popcount(mask->sin_addr.s_addr)));
  }
  return out;
}

std::map<std::string, std::string> profiles_there(const std::string& config_dir) {
  std::map<std::string, std::string> out;
  const auto names = profile_names(config_dir);
  if (!names) return out;
  for (const std::string& name : *names) {
    const auto file = read_shown(config_dir, file_of(name));
    if (!file) continue;
    for (const auto& entry : file->text.entries) {
      if (entry.key == "NETDEV") out[entry.value] = name;
    }
  }
  return out;
}

std::map<std::string, std::string> colours_here() {
  std::map<std::string, std::string> out;
  const auto settings =
      failover::ipfire::read_settings(failover::ipfire::Paths().ethernet_settings());
  if (!settings) return out;
  for (const char* colour : {"RED", "GREEN", "BLUE", "ORANGE"}) {
    const std::string device = settings->get(std::string(colour) + "_DEV");
    if (!device.empty()) out[device] = colour;
  }
  return out;
}

}  // namespace

std::map<std::string, std::string> device_notes(const NotedDevices& noted) {
  std::map<std::string, std::string> out;
  for (const auto& [device, colour] : noted.colours) add(out[device], "IPFire's " + colour);
  for (const auto& [device, all] : noted.addresses) {
    for (const std::string& address : all) add(out[device], address);
  }
  for (const auto& [device, profile] : noted.profiles) {
    add(out[device], "used by profile " + profile);
  }
  return out;
}

NotedDevices look_at_devices(const std::string& config_dir) {
  return {.addresses = addresses_here(),
          .profiles = profiles_there(config_dir),
          .colours = colours_here()};
}

}  // namespace mwan::config_tool
