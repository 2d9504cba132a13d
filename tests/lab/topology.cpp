// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/topology.hpp"

#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "tests/lab/ip_steps.hpp"

namespace mwan::lab {

namespace {

void append_lines(std::vector<std::string>& lines, const std::string& title,
                  const std::string& text) {
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(fmt::format("{}: {}", title, line));
}

}  // namespace

Topology::Topology(NetNs client, NetNs router, NetNs isp, NetNs lte_operator, NetNs server)
    : client_(std::move(client)),
      router_(std::move(router)),
      isp_(std::move(isp)),
      operator_(std::move(lte_operator)),
      server_(std::move(server)) {}

Result<Topology> Topology::build() {
  std::vector<NetNs> made;
  for (const char* label : {"client", "router", "ISP", "operator", "server"}) {
    auto netns = NetNs::create(label);
    if (!netns) return failed(netns.error());
    made.push_back(std::move(*netns));
  }
  Topology topology(std::move(made[0]), std::move(made[1]), std::move(made[2]), std::move(made[3]),
                    std::move(made[4]));
  if (auto done = topology.set_up(); !done) return failed(done.error());
  return topology;
}

Status Topology::set_up() const {
  for (const NetNs* hop : {&router_, &isp_, &operator_}) {
    if (auto done = hop->sysctl("net/ipv4/conf/all/forwarding", "1"); !done) return done;
    if (auto done = hop->sysctl("net/ipv4/conf/all/rp_filter", "1"); !done) return done;
  }
  const auto cable = [](const char* name, const char* other_name, const NetNs& other) {
    return fmt::format("link add {} type veth peer name {} netns {}", name, other_name,
                       other.path());
  };
  return play({
      {&client_, cable("eth0", "lan0", router_)},
      {&router_, cable("eth1", "cpe0", isp_)},
      {&isp_, cable("up0", "isp0", server_)},
      {&operator_, cable("up0", "op0", server_)},

      {&client_, "addr add 192.168.1.2/24 dev eth0"},
      {&client_, "link set eth0 up"},
      {&router_, "addr add 192.168.1.1/24 dev lan0"},
      {&router_, "link set lan0 up"},
      {&client_, "route add default via 192.168.1.1"},

      {&isp_, fmt::format("addr add {}/30 dev cpe0", wired_gateway)},
      {&isp_, "link set cpe0 up"},
      {&isp_, "addr add 198.18.1.1/30 dev up0"},
      {&isp_, "link set up0 up"},
      {&isp_, "route add 198.51.100.0/24 via 198.18.1.2"},

      {&operator_, "addr add 198.18.2.1/30 dev up0"},
      {&operator_, "link set up0 up"},
      {&operator_, "route add 198.51.100.0/24 via 198.18.2.2"},

      {&server_, "addr add 198.18.1.2/30 dev isp0"},
      {&server_, "link set isp0 up"},
      {&server_, "addr add 198.18.2.2/30 dev op0"},
      {&server_, "link set op0 up"},
      {&server_, "addr add 198.51.100.10/32 dev lo"},
      {&server_, "addr add 198.51.100.11/32 dev lo"},
      {&server_, "addr add 198.51.100.12/32 dev lo"},
      {&server_, "route add 203.0.113.0/30 via 198.18.1.1"},
  });
}

Status Topology::serve_customer() const {
  return play({
      {&operator_, fmt::format("link set {} up", operator_device)},
      {&operator_, fmt::format("route replace {} dev {}", customer_address, operator_device)},
      {&server_, fmt::format("route replace {} via 198.18.2.1", customer_address)},
  });
}

Result<std::vector<std::string>> network_state(const NetNs& netns) {
  const std::vector<std::vector<std::string>> listings = {
      {"ip", "-o", "addr", "show"},
      {"ip", "-4", "route", "show", "table", "all"},
      {"ip", "-6", "route", "show", "table", "all"},
      {"ip", "-4", "rule", "show"},
      {"ip", "-6", "rule", "show"},
      {"nft", "list", "ruleset"},
  };
  std::vector<std::string> lines;
  for (const auto& argv : listings) {
    const auto text = run(&netns, argv);
    if (!text) return failed(text.error());
    append_lines(lines, Command{argv, nullptr, {}, {}}.text(), *text);
  }
  return lines;
}

}  // namespace mwan::lab
