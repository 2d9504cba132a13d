// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/red_state.hpp"

#include <string>
#include <utility>
#include <vector>

#include "failover/host/ipfire/files.hpp"
#include "failover/host/ipfire/settings_file.hpp"

namespace mwan::failover::ipfire {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

// In the order in which they are to be written.
Files files_of(const Paths& paths, const RedState& red) {
  const auto dns = [&](std::size_t index) {
    return (index < red.dns.size() ? red.dns[index].text() : "") + "\n";
  };
  return {{paths.run() + "/dns1", dns(0)},
          {paths.run() + "/dns2", dns(1)},
          {paths.red() + "/iface", red.iface},
          {paths.red() + "/local-ipaddress", red.local.text()},
          {paths.red() + "/remote-ipaddress", red.remote.text()},
          {paths.red() + "/active", ""}};
}

bool says(const std::string& path, const std::string& text) {
  const auto found = read_plain_file(path);
  return found && *found == text;
}

// Without what shells leave around it.
std::string word_in(const std::string& path) {
  auto text = read_plain_file(path).value_or("");
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::optional<IpAddress> address_in(const std::string& path) {
  const auto address = IpAddress::parse(word_in(path));
  if (!address || address->family() != IpFamily::V4 || address->is_unspecified()) return {};
  return address;
}

}  // namespace

Status write_name_servers(const Paths& paths, const RedState& red) {
  for (const auto& [path, text] : files_of(paths, red)) {
    if (!path.starts_with(paths.run()) || says(path, text)) continue;
    if (auto put = put_text(path, text, Durable::No); !put) return put;
  }
  return {};
}

Status write_red_state(const Paths& paths, const RedState& red) {
  if (auto gone = remove_file(paths.red() + "/keepconnected"); !gone) return gone;
  for (const auto& [path, text] : files_of(paths, red)) {
    if (says(path, text)) continue;
    if (auto put = put_text(path, text, Durable::No); !put) return put;
  }
  return {};
}

bool red_state_is(const Paths& paths, const RedState& red) {
  for (const auto& [path, text] : files_of(paths, red)) {
    if (!says(path, text)) return false;
  }
  return true;
}

std::optional<RedState> read_red_state(const Paths& paths) {
  if (!read_plain_file(paths.red() + "/active")) return std::nullopt;
  RedState out{.iface = word_in(paths.red() + "/iface")};
  const auto local = address_in(paths.red() + "/local-ipaddress");
  const auto remote = address_in(paths.red() + "/remote-ipaddress");
  const bool named = !out.iface.empty() && out.iface.size() <= 15 &&
                     out.iface.find_first_of("/: \n\t") == std::string::npos;
  if (!named || !local || !remote) return std::nullopt;
  out.local = *local;
  out.remote = *remote;
  for (const auto name : dns_files) {
    const auto server = address_in(paths.run() + "/" + std::string(name));
    if (server) out.dns.push_back(*server);
  }
  return out;
}

}  // namespace mwan::failover::ipfire
