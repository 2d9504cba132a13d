// SPDX-License-Identifier: LGPL-2.1-or-later
// A host for the engine in tests and benchmarks: answers what the engine asks for, at once and in
// virtual time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "failover/core/engine.hpp"

namespace mwan::failover::testing {

inline IpConfig some_config(int link) {
  const auto text = "192.0.2." + std::to_string(link % 250 + 1) + "/24";
  return IpConfig{.v4 = IpFamilyConfig{.address = *IpPrefix::parse(text), .gateway = {}, .dns = {}},
                  .v6 = {},
                  .mtu = {}};
}

inline constexpr LinkId lte{0};
inline constexpr LinkId wire{1};
inline constexpr LinkId third{2};

inline Policy two_links(Standby backup = Standby::Hot) {
  Policy policy;
  policy.links = {LinkPolicy{.name = "lte", .kind = LinkKind::Modem, .priority = 10},
                  LinkPolicy{.name = "wire", .priority = 20, .standby = backup}};
  return policy;
}

inline Policy three_links() {
  Policy policy = two_links();
  policy.links.push_back(LinkPolicy{.name = "third", .priority = 30});
  return policy;
}

inline Registration searching() {
  return Registration{.state = RegistrationState::Searching, .rat = Rat::Lte};
}
inline Registration home() {
  return Registration{.state = RegistrationState::Home, .rat = Rat::Lte};
}

struct World {
  explicit World(Policy policy) : engine(std::move(policy)) {}

  Engine engine;
  Instant now{};
  std::vector<Action> actions;               // of the last feed(), answers included
  std::map<LinkId, SetProbing> pace;         // as last asked for
  std::vector<std::string> states;           // every state entered since the beginning
  std::set<Step> failing;                    // steps that answer with an error
  std::set<Step> silent;                     // steps that never answer
  std::set<LinkId> refusing;                 // links whose activation fails
  std::function<void(const Action&)> watch;  // told of every action; may be empty
  std::uint64_t events = 0;                  // the engine took, answers included
  std::uint64_t activations = 0;             // of links, asked for

  void feed(const Event& event) {
    actions.clear();
    run(event);
  }
  void see(LinkId link, const Fact& fact) { feed(Observation{link, fact}); }
  void start(std::optional<LinkId> resume = {}) { feed(Start{resume}); }

  void advance(Duration d) {
    const Instant end = now + d;
    while (const auto at = engine.deadline()) {
      if (*at > end) break;
      now = *at;
      feed(TimerFired{});
    }
    now = end;
  }
  void address(LinkId link) { see(link, fact::Addressing{some_config(link.index)}); }
  void answer(LinkId link, bool ok, int rounds = 3) {
    for (int i = 0; i < rounds; ++i) {
      advance(150ms);
      see(link,
          fact::Probe{.sent = 2, .answered = static_cast<std::uint16_t>(ok ? 2 : 0), .ok = ok});
    }
  }
  // Started, all links up and proven, the primary active.
  void settle() {
    start();
    for (std::size_t i = 0; i < engine.policy().links.size(); ++i) {
      if (engine.policy().links[i].standby == Standby::Cold) continue;
      const LinkId link{static_cast<std::uint16_t>(i)};
      address(link);
      answer(link, true);
    }
    advance(6s);
  }

  template <class A>
  [[nodiscard]] std::vector<A> all() const {
    std::vector<A> out;
    for (const Action& action : actions) {
      if (const auto* a = std::get_if<A>(&action)) out.push_back(*a);
    }
    return out;
  }
  [[nodiscard]] std::string last_reason() const {
    const auto changes = all<StateChange>();
    return changes.empty() ? "" : changes.front().reason;
  }

 private:
  void run(const Event& event) {
    ++events;
    for (const Action& action : engine.step(now, event)) {
      actions.push_back(action);
      if (watch) watch(action);
      if (const auto* change = std::get_if<StateChange>(&action)) {
        states.emplace_back(name(change->to));
      } else if (const auto* probing = std::get_if<SetProbing>(&action)) {
        pace[probing->link] = *probing;
      } else if (const auto* apply = std::get_if<ApplyConfig>(&action)) {
        run(ConfigApplied{apply->link, std::nullopt});
      } else if (const auto* step = std::get_if<RunStep>(&action)) {
        if (step->step == Step::ActivateLink) ++activations;
        if (silent.contains(step->step)) continue;
        const bool refused = failing.contains(step->step) ||
                             (step->step == Step::ActivateLink && refusing.contains(*step->to));
        std::optional<Error> error;
        if (refused) error = Error{FailureClass::Transient, "test", "refused"};
        run(StepResult{step->step, error});
      }
    }
  }
};

}  // namespace mwan::failover::testing
