// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/scenario.hpp"

#include <csignal>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"

namespace mwan::lab {

namespace {

using namespace std::chrono_literals;

constexpr Duration before_cause = 500ms;  // counted traffic of the steady state
constexpr Duration after_move = 1s;       // and of the new one
constexpr Duration in_flight = 500ms;     // until a packet that has not arrived is lost
constexpr Duration move_limit = 30s;

struct Staging {
  ScenarioText text;
  std::string_view cause;
};
constexpr std::array<Staging, all_scenarios.size()> stagings = {{
    {{"fade", "the modem is primary, fades and loses its registration"},
     "the radio starts to fade"},
    {{"cable", "the wired line is primary and its cable is pulled"}, "the cable is pulled"},
    {{"dead-upstream", "the wired line is primary and dies upstream with its carrier up"},
     "the provider stops forwarding"},
    {{"return", "the wired line, the primary, comes back"}, "the cable is plugged in"},
}};

const Staging& staging(Scenario scenario) {
  return stagings.at(static_cast<std::size_t>(scenario));
}

Status fire(Lab& lab, Scenario scenario) {
  switch (scenario) {
    case Scenario::Fade:
      lab.simulator().signal(SIGUSR1);
      return {};
    case Scenario::Cable:
      return lab.topology().plug_cable(false);
    case Scenario::DeadUpstream:
      return lab.topology().isp_upstream(false);
    case Scenario::Return:
      return lab.topology().plug_cable(true);
  }
  return {};
}

void add_losses(std::vector<TimelineEntry>& timeline, const PacketCount& packets) {
  if (!packets.first_lost || !packets.last_lost) return;
  timeline.push_back({*packets.first_lost, Witness::Packets, "first lost packet is sent", ""});
  timeline.push_back({*packets.last_lost, Witness::Packets,
                      fmt::format("last of {} lost packets is sent", packets.lost), ""});
}

}  // namespace

const ScenarioText& text_of(Scenario scenario) { return staging(scenario).text; }

Primary primary_of(Scenario scenario) {
  return scenario == Scenario::Fade ? Primary::Modem : Primary::Wired;
}

Outcome play(Lab& lab, Scenario scenario, Mode mode) {
  Outcome outcome;
  outcome.row.scenario = text_of(scenario).name;
  outcome.row.mode = mode;
  const char* target = scenario == Scenario::Return ? lab.primary_device() : lab.backup_device();

  const Instant from = now();
  sleep_for(before_cause);
  outcome.cause = now();
  if (auto fired = fire(lab, scenario); !fired) outcome.problem = fired.error().text();

  std::optional<Instant> moved;
  // A fading modem loses packets up to the end of its story, however early the route moved.
  const auto story_over = [&] { return scenario != Scenario::Fade || lab.modem_lost(); };
  const bool done = !outcome.problem && wait_until(move_limit, [&] {
    if (lab.broken()) return true;
    if (!moved) moved = lab.routes().moved_to(target, outcome.cause);
    return moved && story_over();
  });
  if (done) sleep_for(after_move);
  const Instant to = now();
  sleep_for(in_flight);

  outcome.row.packets = lab.traffic().count(from, to);
  if (moved) outcome.row.cause_to_route = *moved - outcome.cause;
  outcome.timeline = lab.story();
  outcome.timeline.push_back(
      {outcome.cause, Witness::Cause, std::string(staging(scenario).cause), ""});
  add_losses(outcome.timeline, outcome.row.packets);
  outcome.timeline = tidy(std::move(outcome.timeline), outcome.cause, to);

  if (outcome.problem) return outcome;
  if (interrupted()) {
    outcome.problem = "interrupted";
  } else if (auto broken = lab.broken()) {
    outcome.problem = std::move(broken);
  } else if (!moved) {
    outcome.problem =
        fmt::format("the default route did not move to {} within {} s", target, move_limit / 1s);
  } else if (!done) {
    outcome.problem =
        fmt::format("the modem did not lose its registration within {} s", move_limit / 1s);
  }
  return outcome;
}

}  // namespace mwan::lab
