// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/found_state.hpp"

#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <nlohmann/json.hpp>

#include "hal/number.hpp"
#include "netlink/codec.hpp"

namespace mwan::netlink {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRouteBytes = 4096;

std::string hex(const std::vector<std::uint8_t>& bytes) {
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0 || text.size() > 2 * kMaxRouteBytes) return std::nullopt;
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto value = whole_number<std::uint8_t>(text.substr(i, 2), 16);
    if (!value) return std::nullopt;
    out.push_back(*value);
  }
  return out;
}

// Thrown and caught in this file only: it keeps the reading below in one piece.
struct Bad {
  std::string what;
};

FoundRoute route_from(const json& item) {
  FoundRoute out;
  const auto payload = from_hex(item.at("message").get<std::string>());
  if (!payload || payload->size() < sizeof(rtmsg)) throw Bad{"a route's message is damaged"};
  const Message message(RTM_NEWROUTE, 0, std::span(*payload));
  const auto route = parse_route(message.header());
  if (!route || !route->is_default()) throw Bad{"a route's message is no default route"};
  out.raw = {*route, *payload};
  for (const auto& device : item.at("devices")) {
    const auto name = device.at("netdev").get<std::string>();
    if (!valid_netdev_name(name)) throw Bad{"a route names an impossible network device"};
    out.devices[device.at("ifindex").get<std::uint32_t>()] = name;
  }
  return out;
}

std::vector<IpPrefix> addresses_from(const json& list, const std::string& netdev) {
  std::vector<IpPrefix> out;
  for (const auto& address : list) {
    const auto prefix = IpPrefix::parse(address.get<std::string>());
    if (!prefix) throw Bad{"an address of " + netdev + " is damaged"};
    out.push_back(*prefix);
  }
  return out;
}

json texts_of(const std::vector<IpPrefix>& addresses) {
  json out = json::array();
  for (const IpPrefix& prefix : addresses) out.push_back(prefix.text());
  return out;
}

FoundLink link_from(const json& item) {
  FoundLink out;
  out.netdev = item.at("netdev").get<std::string>();
  if (!valid_netdev_name(out.netdev)) throw Bad{"a link names an impossible network device"};
  out.ifindex = item.at("ifindex").get<std::uint32_t>();
  out.admin_up = item.at("admin_up").get<bool>();
  out.mtu = item.at("mtu").get<std::uint32_t>();
  out.added = addresses_from(item.at("added"), out.netdev);
  if (const auto autoconf = item.find("autoconf"); autoconf != item.end()) {
    out.autoconf =
        FoundAutoconf{.accept_ra = autoconf->at("accept_ra").get<int>(),
                      .addr_gen_mode = autoconf->at("addr_gen_mode").get<int>(),
                      .link_local = addresses_from(autoconf->at("link_local"), out.netdev)};
  }
  return out;
}

}  // namespace

std::string FoundState::to_json() const {
  json routes = json::array();
  for (const FoundRoute& found : defaults) {
    json devices = json::array();
    std::string first;
    for (const auto& [index, name] : found.devices) {
      devices.push_back({{"ifindex", index}, {"netdev", name}});
      if (first.empty()) first = name;
    }
    routes.push_back({{"text", text(found.raw.route, first)},  // for people; not read back
                      {"message", hex(found.raw.payload)},
                      {"devices", std::move(devices)}});
  }
  json devices = json::array();
  for (const FoundLink& link : links) {
    json device = {{"netdev", link.netdev},
                   {"ifindex", link.ifindex},
                   {"admin_up", link.admin_up},
                   {"mtu", link.mtu},
                   {"added", texts_of(link.added)}};
    if (link.autoconf) {
      device["autoconf"] = {{"accept_ra", link.autoconf->accept_ra},
                            {"addr_gen_mode", link.autoconf->addr_gen_mode},
                            {"link_local", texts_of(link.autoconf->link_local)}};
    }
    devices.push_back(std::move(device));
  }
  return json{{"boot", boot},
              {"defaults_known", defaults_known},
              {"defaults", std::move(routes)},
              {"links", std::move(devices)}}
      .dump(2);
}

Result<FoundState> FoundState::parse(std::string_view text) {
  const auto refuse = [](const std::string& why) {
    return failed(FailureClass::Permanent, "saved state of the system", why);
  };
  try {
    const json root = json::parse(text);
    FoundState out;
    out.boot = root.value("boot", "");
    out.defaults_known = root.at("defaults_known").get<bool>();
    for (const auto& item : root.at("defaults")) out.defaults.push_back(route_from(item));
    for (const auto& item : root.at("links")) out.links.push_back(link_from(item));
    return out;
  } catch (const json::exception& error) {
    return refuse(error.what());
  } catch (const Bad& bad) {
    return refuse(bad.what);
  }
}

}  // namespace mwan::netlink
