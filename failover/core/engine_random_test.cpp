// SPDX-License-Identifier: LGPL-2.1-or-later
// Arbitrary facts in arbitrary order: whatever the hardware says, the engine keeps its promises.
// A million of them in all. More, or others, by the environment: MWAN_RANDOM_EVENTS (in each case;
// a hundred thousand unless said otherwise) and MWAN_RANDOM_SEED (added to each case's own).
#include <cstdio>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "failover/core/engine_storm.hpp"

namespace mwan::failover {
namespace {

using testing::SlowHost;
using testing::Storm;

long from_environment(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atol(text) : otherwise;
}

struct StormCase {
  unsigned seed;
  int links;
  Families families = Families::Together;
  Evidence evidence = Evidence::All;
  Duration dwell = 1s;
  Duration stable = 10s;
};

Policy policy_of(const StormCase& storm, int links) {
  Policy out;
  out.families = storm.families;
  out.evidence = storm.evidence;
  out.dwell = storm.dwell;
  out.failback_stable = storm.stable;
  for (int i = 0; i < links; ++i) {
    // Two of each priority; not the first is the primary.
    LinkPolicy link{.name = "link" + std::to_string(i), .priority = 10 + (i + 2) % links / 2};
    link.standby = i % 4 == 2 ? Standby::Cold : i % 4 == 3 ? Standby::Warm : Standby::Hot;
    link.metered = i % 3 == 1;
    out.links.push_back(link);
  }
  return out;
}

// The engine under a storm. Says of every step what it broke.
class Weathered {
 public:
  Weathered(const StormCase& of, unsigned seed)
      : case_(of), storm_(seed, of.links), host_(storm_), links_(of.links) {
    begin(std::nullopt);
  }

  void event() {
    wait(storm_.pause());
    if (storm_.one_in(25'000)) {
      reload();
    } else if (storm_.one_in(300)) {
      feed(StepResult{static_cast<Step>(storm_.pick(8)), std::nullopt});  // nobody asked
    } else if (storm_.one_in(300)) {
      feed(ConfigApplied{storm_.any_link(), Error{FailureClass::Gone, "storm", "gone"}});
    } else if (storm_.one_in(300)) {
      feed(TimerFired{});
    } else if (auto answer = host_.answer()) {
      feed(*answer);
    } else {
      feed(Observation{storm_.any_link(), storm_.fact()});
    }
  }

  [[nodiscard]] std::uint16_t count() const { return static_cast<std::uint16_t>(links_); }

  // Every link is well from now on: the engine must find its way back.
  void calm_down() {
    for (int second = 0; second < 150; ++second) {
      for (std::uint16_t i = 0; i < count(); ++i) heal(LinkId{i}, second == 0);
      while (auto answer = host_.answer()) feed(*answer);
      wait(1s);
    }
    const LinkId active = engine_->active().value_or(LinkId{999});
    if (verdict(engine_->primary()) != LinkVerdict::Good) broke("the primary is not well again");
    if (engine_->policy().links.at(active.index).priority !=
        engine_->policy().links.at(engine_->primary().index).priority) {
      broke("the traffic is not back on the preferred link but on link " +
            std::to_string(active.index));
    }
  }

  [[nodiscard]] const std::string& broken() const { return broken_; }
  [[nodiscard]] int switches() const { return switches_; }
  [[nodiscard]] int soon() const { return soon_; }

 private:
  void begin(std::optional<LinkId> resume) {
    const Policy policy = policy_of(case_, links_);
    engine_.emplace(policy);
    twin_.emplace(policy);
    storm_.set_links(links_);
    host_.forget();
    state_ = State::Initializing;
    switched_.reset();
    running_.reset();
    refused_.assign(static_cast<std::size_t>(links_), std::nullopt);
    feed(Start{resume});
  }
  // Links are added or removed: another engine goes on with what is left.
  void reload() {
    const auto active = engine_->active();
    links_ = 2 + storm_.pick(case_.links);
    begin(active && active->index < links_ ? active : std::nullopt);
  }

  void wait(Duration pause) {
    const Instant end = now_ + pause;
    while (const auto at = engine_->deadline()) {
      if (*at <= now_) return broke("a deadline that is not ahead");
      if (*at > end) break;
      now_ = *at;
      feed(TimerFired{});
    }
    now_ = end;
  }

  void feed(const Event& event) {
    const auto before = engine_->active();
    const auto* result = std::get_if<StepResult>(&event);
    const bool unasked = result != nullptr && result->step != running_;
    if (result != nullptr && !unasked) running_.reset();
    const std::vector<Action> actions = engine_->step(now_, event);
    if (actions != twin_->step(now_, event)) broke("another engine decides otherwise");
    if (result != nullptr && !unasked && result->step == Step::ActivateLink && target_) {
      refused_.at(target_->index) = result->error ? std::optional(now_) : std::nullopt;
    }
    for (const Action& action : actions) {
      if (const auto* change = std::get_if<StateChange>(&action)) {
        changed(*change, before);
        if (unasked && change->on == Trigger::StepDone) broke("a step done that nobody was at");
      } else if (const auto* step = std::get_if<RunStep>(&action)) {
        running_ = step->step;
        if (step->step == Step::ActivateLink) activating(*step->to, before);
      }
      host_.take(action);
    }
    if (engine_->state() != state_) broke("a state that nobody was told of");
    const auto after = engine_->active();
    if (before && after && before != after) {
      ++switches_;
      switched_ = now_;
    }
  }

  void changed(const StateChange& change, std::optional<LinkId> active) {
    if (change.from != state_) broke("a state left that it was not in");
    if (next(change.from, change.on) != change.to) {
      broke(std::string("a transition that is not in the table, from ") +
            std::string(name(change.from)));
    }
    state_ = change.to;
    const bool leaves =
        (state_ == State::InitiatingFailover || state_ == State::InitiatingFailback) &&
        change.on != Trigger::StepFailed;
    if (!leaves || !switched_ || now_ - *switched_ >= case_.dwell) return;
    ++soon_;
    if (active && verdict(*active) != LinkVerdict::Down) {
      broke("a second change of link within the dwell time, and nothing decisive: " +
            change.reason);
    }
  }

  void activating(LinkId to, std::optional<LinkId> from) {
    target_ = to;
    const auto refused_lately = refused_.at(to.index);
    if (refused_lately && now_ - *refused_lately < 5s &&
        engine_->state() != State::RestoringPrimary) {
      broke("link " + std::to_string(to.index) + " could not be activated a moment ago");
    }
    if (to == from || verdict(to) != LinkVerdict::Down) return;
    for (std::uint16_t i = 0; i < count(); ++i) {
      const LinkVerdict other = verdict(LinkId{i});
      // One that could not be activated is left alone for a while.
      const auto refused = refused_.at(i);
      if (other == LinkVerdict::Down || other == LinkVerdict::Ready ||
          (refused && now_ - *refused < 6s)) {
        continue;
      }
      broke("link " + std::to_string(to.index) + " is dead, and link " + std::to_string(i) +
            " is alive, in " + std::string(name(engine_->state())));
    }
  }

  [[nodiscard]] LinkVerdict verdict(LinkId link) const {
    return engine_->health(link).assess(now_, engine_->policy().risk).verdict;
  }

  void heal(LinkId link, bool first) {
    const auto see = [&](const Fact& fact) { feed(Observation{link, fact}); };
    if (first) {
      see(fact::Device{true, "net0"});
      see(fact::Carrier{true});
      see(Registration{.state = RegistrationState::Home, .rat = Rat::Lte});
      see(PacketService{.state = PacketServiceState::Attached, .rat = Rat::Lte});
      see(fact::Portal{});
      see(fact::Errors{});
      see(fact::ProbeBudget{});
      see(fact::Traffic{fact::Flow::Answered, 0, {}});
    }
    if (!engine_->health(link).addressed()) {
      see(fact::Addressing{IpConfig{
          .v4 =
              IpFamilyConfig{.address = *IpPrefix::parse("192.0.2.7/24"), .gateway = {}, .dns = {}},
          .v6 = {},
          .mtu = {}}});
    }
    if (first) see(Bearer{IpFamily::V4, BearerState::Connected, {}});
    see(SignalSample{
        .rat = Rat::Lte, .rssi_dbm = {}, .rsrp_dbm = -85, .rsrq_db = -8, .sinr_db = 20});
    see(fact::Probe{.sent = 2,
                    .answered = 2,
                    .ok = true,
                    .rtt = 20ms,
                    .loss_permille = 0,
                    .latency = 20ms,
                    .jitter = 1ms,
                    .complete = true});
  }

  void broke(const std::string& what) {
    if (broken_.empty()) broken_ = what;
  }

  StormCase case_;
  Storm storm_;
  SlowHost host_;
  int links_;
  std::optional<Engine> engine_;
  std::optional<Engine> twin_;
  Instant now_;
  State state_ = State::Initializing;
  std::optional<Instant> switched_;
  std::optional<LinkId> target_;
  std::optional<Step> running_;                  // asked for last and not answered
  std::vector<std::optional<Instant>> refused_;  // when its activation failed, by link
  int switches_ = 0;
  int soon_ = 0;  // changes within the dwell time
  std::string broken_;
};

class EngineRandom : public ::testing::TestWithParam<StormCase> {};

TEST_P(EngineRandom, KeepsItsPromises) {
  const StormCase& storm = GetParam();
  const auto seed = storm.seed + static_cast<unsigned>(from_environment("MWAN_RANDOM_SEED", 0));
  const long events = from_environment("MWAN_RANDOM_EVENTS", 100'000);
  std::printf("seed %u, %d links, %ld events\n", seed, storm.links, events);
  Weathered run(storm, seed);
  for (long i = 0; i < events; ++i) {
    run.event();
    ASSERT_EQ(run.broken(), "") << "seed " << seed << ", event " << i;
  }
  run.calm_down();
  ASSERT_EQ(run.broken(), "") << "seed " << seed << ", after the storm";
  EXPECT_GT(run.switches(), events / 2000) << "too mild to say anything";
  EXPECT_GT(run.soon(), 0) << "too mild to say anything";
}

INSTANTIATE_TEST_SUITE_P(
    Storms, EngineRandom,
    ::testing::Values(
        StormCase{.seed = 1, .links = 2}, StormCase{.seed = 2, .links = 3},
        StormCase{.seed = 3, .links = 5},
        StormCase{.seed = 4, .links = 5, .families = Families::Apart},
        StormCase{.seed = 5, .links = 4, .evidence = Evidence::Pings},
        // Time to dwell longer than that to come back, and one beside the other.
        StormCase{.seed = 6, .links = 3, .dwell = 20s, .stable = 2s},
        StormCase{.seed = 7, .links = 5, .dwell = 5s, .stable = 5s},
        StormCase{.seed = 8, .links = 16},
        StormCase{.seed = 9, .links = 3, .families = Families::Apart, .dwell = 20s, .stable = 2s},
        StormCase{.seed = 10, .links = 64}),
    [](const auto& tested) {
      return "Seed" + std::to_string(tested.param.seed) + "Links" +
             std::to_string(tested.param.links);
    });

}  // namespace
}  // namespace mwan::failover
