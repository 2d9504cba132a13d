// SPDX-License-Identifier: LGPL-2.1-or-later
// What an event costs the engine, by the number of links; and how long an hour of mixed faults on
// four links takes. Needs no root: nothing but the engine runs.
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "failover/core/engine_world.hpp"

namespace mwan {
namespace {

using namespace failover;
using failover::testing::World;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using Clock = std::chrono::steady_clock;

Policy policy_of(std::size_t links) {
  Policy out;
  for (std::size_t i = 0; i < links; ++i) {
    LinkPolicy link;
    link.name = "link" + std::to_string(i);
    link.kind = i % 2 == 0 ? LinkKind::Modem : LinkKind::Ethernet;
    link.priority = static_cast<int>(i) + 1;
    out.links.push_back(std::move(link));
  }
  return out;
}

fact::Probe good_round() { return {.sent = 2, .answered = 2, .ok = true, .rtt = 20ms}; }

void come_up(World& world) {
  world.start();
  const auto count = static_cast<std::uint16_t>(world.engine.policy().links.size());
  for (std::uint16_t i = 0; i < count; ++i) {
    world.address(LinkId{i});
    for (int k = 0; k < 3; ++k) world.see(LinkId{i}, good_round());
  }
  world.advance(30s);
}

class Mixed {
 public:
  explicit Mixed(std::uint16_t links) : links_(links) {}
  Observation next() {
    const LinkId link{static_cast<std::uint16_t>(random_() % links_)};
    const auto pick = random_() % 100;
    if (pick < 60) {
      fact::Probe round = good_round();
      if (random_() % 20 == 0) round = {.sent = 2, .answered = 0, .ok = false, .rtt = {}};
      return {link, round};
    }
    if (pick < 85) {
      return {link, SignalSample{.rat = Rat::Lte,
                                 .rssi_dbm = {},
                                 .rsrp_dbm = -120.0 + static_cast<double>(random_() % 50),
                                 .rsrq_db = -20.0 + static_cast<double>(random_() % 12),
                                 .sinr_db = -5.0 + static_cast<double>(random_() % 25)}};
    }
    if (pick < 97) {
      return {
          link,
          CellReport{
              .serving = Cell{Rat::Lte, static_cast<std::uint16_t>(random_() % 4), {}, -100, -12},
              .neighbours = {Cell{Rat::Lte, 9, {}, -103, -13}}}};
    }
    return {link, fact::Carrier{random_() % 4 != 0}};
  }

 private:
  std::mt19937 random_{1};
  std::uint16_t links_;
};

double microseconds_per_event(std::uint16_t links) {
  World world(policy_of(links));
  come_up(world);
  Mixed mixed(links);
  constexpr int rounds = 200'000;
  const std::uint64_t before = world.events;
  const auto begin = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    world.now += 5ms;
    world.feed(mixed.next());
  }
  const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
  return took.count() / static_cast<double>(world.events - before);
}

struct Hour {
  double seconds = 0;
  std::uint64_t events = 0;
  std::uint64_t switches = 0;
};

// Every link is heard of ten times a second.
Hour an_hour_on_four_links() {
  World world(policy_of(4));
  come_up(world);
  Mixed mixed(4);
  const auto begin = Clock::now();
  for (int i = 0; i < 3600 * 40; ++i) {
    world.advance(25ms);
    world.feed(mixed.next());
  }
  return {std::chrono::duration<double>(Clock::now() - begin).count(), world.events,
          world.activations};
}

int run(bool json) {
  nlohmann::ordered_json out;
  for (const std::uint16_t links : {2, 16, 64, 256, 1024}) {
    const double us = microseconds_per_event(links);
    if (json) {
      out["us_per_event"][std::to_string(links)] = us;
    } else {
      fmt::print("{:4} links: {:.2f} us an event\n", links, us);
      (void)std::fflush(stdout);
    }
  }
  const Hour hour = an_hour_on_four_links();
  if (json) {
    out["hour"] = {{"seconds", hour.seconds}, {"events", hour.events}, {"switches", hour.switches}};
    fmt::print("{}\n", out.dump(2));
  } else {
    fmt::print("an hour of mixed faults on four links: {:.2f} s, {} events, {} switches\n",
               hour.seconds, hour.events, hour.switches);
  }
  return 0;
}

}  // namespace
}  // namespace mwan

int main(int argc, char** argv) {
  try {
    CLI::App app{"What an event costs the engine"};
    bool json = false;
    app.add_flag("--json", json, "Write JSON");
    CLI11_PARSE(app, argc, argv);
    return mwan::run(json);
  } catch (const std::exception& error) {
    (void)std::fputs(error.what(), stderr);
    return 1;
  }
}
