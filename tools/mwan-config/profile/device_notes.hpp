// SPDX-License-Identifier: LGPL-2.1-or-later
// What tells several network cards apart for somebody who set them up: the addresses they have, the
// profile that uses them already, and on IPFire the colour of their network.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace mwan::config_tool {

struct NotedDevices {
  std::map<std::string, std::vector<std::string>> addresses;  // by network device, as 192.0.2.1/24
  std::map<std::string, std::string> profiles;                // the profile's name
  std::map<std::string, std::string> colours;                 // RED, GREEN, ...
};

// Pure. In words, by network device; those of which nothing is known are not in it.
std::map<std::string, std::string> device_notes(const NotedDevices& noted);

// What this host and the profiles say, as far as they can be read.
NotedDevices look_at_devices(const std::string& config_dir);

}  // namespace mwan::config_tool
