// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/two_lines.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tests/lab/ip_steps.hpp"

namespace mwan::bench {

namespace {

// A provider between the router and the server; line is 1 or 2.
Status add_provider(const lab::NetNs& provider, const lab::NetNs& router, const lab::NetNs& server,
                    int line) {
  const int router_end = 4 * line - 2;
  return lab::play({
      {&provider,
       fmt::format("link add cpe0 type veth peer name eth{} netns {}", line, router.path())},
      {&provider,
       fmt::format("link add up0 type veth peer name line{} netns {}", line, server.path())},
      {&provider, fmt::format("addr add 203.0.113.{}/30 dev cpe0", router_end - 1)},
      {&provider, fmt::format("addr add 198.18.{}.1/30 dev up0", line)},
      {&provider, "link set cpe0 up"},
      {&provider, "link set up0 up"},
      {&server, fmt::format("addr add 198.18.{0}.2/30 dev line{0}", line)},
      {&server, fmt::format("link set line{} up", line)},
      {&server, fmt::format("route add 203.0.113.{}/30 via 198.18.{}.1", router_end - 2, line)},
      {&provider, fmt::format("route add 198.51.100.0/24 via 198.18.{}.2", line)},
      {&router, fmt::format("link set eth{} up", line)},
  });
}

}  // namespace

Result<TwoLines> TwoLines::build() {
  std::vector<lab::NetNs> made;
  for (const char* label : {"client", "router", "first provider", "second provider", "server"}) {
    auto netns = lab::NetNs::create(label);
    if (!netns) return failed(netns.error());
    made.push_back(std::move(*netns));
  }
  TwoLines lines(std::move(made[0]), std::move(made[1]), std::move(made[2]), std::move(made[3]),
                 std::move(made[4]));
  if (auto done = lines.set_up(); !done) return failed(done.error());
  return lines;
}

TwoLines::TwoLines(lab::NetNs client, lab::NetNs router, lab::NetNs first, lab::NetNs second,
                   lab::NetNs server)
    : client_(std::move(client)),
      router_(std::move(router)),
      first_(std::move(first)),
      second_(std::move(second)),
      server_(std::move(server)) {}

Status TwoLines::set_up() const {
  for (const lab::NetNs* hop : {&router_, &first_, &second_}) {
    if (auto done = hop->sysctl("net/ipv4/conf/all/forwarding", "1"); !done) return done;
    if (auto done = hop->sysctl("net/ipv4/conf/all/rp_filter", "1"); !done) return done;
  }
  if (auto done = add_provider(first_, router_, server_, 1); !done) return done;
  if (auto done = add_provider(second_, router_, server_, 2); !done) return done;
  for (const char* last : {"10", "11", "12", "20"}) {
    if (auto done = ip(server_, fmt::format("addr add 198.51.100.{}/32 dev lo", last)); !done) {
      return done;
    }
  }
  return lab::play({
      {&client_, "link add eth0 type veth peer name lan0 netns " + router_.path()},
      {&client_, "addr add 192.168.1.2/24 dev eth0"},
      {&client_, "link set eth0 up"},
      {&router_, "addr add 192.168.1.1/24 dev lan0"},
      {&router_, "link set lan0 up"},
      {&client_, "route add default via 192.168.1.1"},
  });
}

Status TwoLines::plug_first() const {
  return lab::play({
      {&first_, "link add cpe0 type veth peer name eth1 netns " + router_.path()},
      {&first_, fmt::format("addr add {}/30 dev cpe0", first_gateway)},
      {&first_, "link set cpe0 up"},
      {&router_, "link set eth1 up"},
  });
}

Status TwoLines::masquerade() const {
  for (const char* command :
       {"add table ip bench", "add chain ip bench out { type nat hook postrouting priority 100; }",
        "add rule ip bench out oifname { eth1, eth2 } masquerade"}) {
    if (auto done = nft(router_, command); !done) return done;
  }
  return {};
}

Status TwoLines::give_addresses() const {
  return lab::play({
      {&router_, fmt::format("addr add {} dev {}", first_address, first_device)},
      {&router_, fmt::format("addr add {} dev {}", second_address, second_device)},
  });
}

Status nft(const lab::NetNs& netns, const std::string& command) {
  if (auto done = lab::run(&netns, {"nft", command}); !done) return failed(done.error());
  return {};
}

}  // namespace mwan::bench
