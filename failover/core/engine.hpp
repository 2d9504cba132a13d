// SPDX-License-Identifier: LGPL-2.1-or-later
// The failover core: facts in, actions out. Pure and deterministic: the same policy and the same
// events at the same times give the same actions, in the daemon, in a test and in a replay.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "failover/core/action.hpp"
#include "failover/core/event.hpp"
#include "failover/core/link_health.hpp"
#include "failover/core/policy.hpp"

namespace mwan::failover {

class Engine {
 public:
  // policy.links must not be empty (the configuration reader sees to it).
  explicit Engine(Policy policy);

  // now never goes back. Actions are to be carried out in their order.
  std::vector<Action> step(Instant now, const Event& event);

  // When TimerFired is wanted next; nothing = only when something happens.
  [[nodiscard]] std::optional<Instant> deadline() const;

  [[nodiscard]] State state() const { return state_; }
  // The link that carries the default route.
  [[nodiscard]] std::optional<LinkId> active() const { return active_; }
  [[nodiscard]] LinkId primary() const { return primary_; }
  [[nodiscard]] const LinkHealth& health(LinkId link) const { return links_.at(link.index).health; }
  [[nodiscard]] const Policy& policy() const { return policy_; }
  // The moves of traffic that count against the next one, fading; to be kept for the next run.
  [[nodiscard]] double penalty() const { return flaps(); }
  [[nodiscard]] Manual manual() const;
  // What a link is taken for, as of the last step.
  struct Standing {
    LinkVerdict verdict = LinkVerdict::Down;
    std::string words;
    double risk = 0;
    bool maintenance = false;
  };
  [[nodiscard]] Standing standing(LinkId link) const;

 private:
  struct LinkSlot {
    explicit LinkSlot(LinkHealth h) : health(std::move(h)) {}
    LinkHealth health;
    Assessment now;                        // after the last event
    LinkVerdict told = LinkVerdict::Down;  // the last VerdictChange
    Cause told_cause = Cause::NoAddressing;
    SetProbing pace;  // the last one
    std::optional<LinkLevel> prepared;
    bool applied = false;   // asked for, and not withdrawn: also half of it may be in the kernel
    bool gone = false;      // with its device
    bool unrouted = false;  // withdrawn while it carried the default route
    bool maintenance = false;
    std::optional<Instant> good_since;
    std::optional<Instant> avoid_until;  // activation failed: not a target before
    std::optional<Instant> due;          // its entry in due_
    std::optional<IpFamily> silent;      // after the last event
  };

  [[nodiscard]] std::uint16_t count() const { return static_cast<std::uint16_t>(links_.size()); }
  LinkSlot& slot(LinkId link) { return links_.at(link.index); }
  [[nodiscard]] const LinkSlot& slot(LinkId link) const { return links_.at(link.index); }
  [[nodiscard]] const LinkPolicy& link_policy(LinkId link) const {
    return policy_.links.at(link.index);
  }
  [[nodiscard]] const std::string& name_of(LinkId link) const { return link_policy(link).name; }
  [[nodiscard]] bool watching() const;

  // Taking facts in.
  void take(const Start& start);
  void take(const Observation& seen);
  void take(const ConfigApplied& applied);
  void take(const StepResult& result);
  void take(const TimerFired&) {}
  void take(const Command& command);
  void backed_up(const std::string& said);
  void reassess(LinkId link);
  void changed(LinkId link);
  void note_due(LinkId link);
  void take_due();
  void judge_soon(const Fact& fact);

  // Deciding, in the states that watch (engine_decide.cpp, engine_risk.cpp).
  void decide();
  void decide_on_primary();
  void decide_on_backup();
  void activate_in_place(LinkId link);
  [[nodiscard]] bool at_risk(LinkId active, std::optional<LinkId>& target) const;
  [[nodiscard]] std::optional<LinkId> cheapest_target(LinkId leaving) const;
  [[nodiscard]] double price() const;
  [[nodiscard]] double flaps() const;
  [[nodiscard]] std::optional<LinkId> best_target(std::optional<LinkId> leaving, bool proven) const;
  [[nodiscard]] std::optional<LinkId> best_target(std::optional<LinkId> leaving) const;
  [[nodiscard]] bool resuming() const;
  [[nodiscard]] bool well_for_long(LinkId link) const;
  [[nodiscard]] bool avoided(LinkId link) const;
  [[nodiscard]] bool within_dwell() const;

  // Going through a sequence (engine_sequence.cpp).
  void go(Trigger on, const std::string& reason);
  void enter(State state);
  void start_sequence(Trigger on, LinkId target, const std::string& reason);
  [[nodiscard]] bool target_still_lives();
  void activation_ended(bool ok);
  void abandon_or_retry();

  // Families that do not go with the others (engine_families.cpp).
  void tend_families(LinkId carrier);
  [[nodiscard]] std::optional<LinkId> family_carrier(IpFamily family, LinkId active) const;
  [[nodiscard]] bool may_carry(LinkId link, IpFamily family) const;
  [[nodiscard]] std::string why_family(IpFamily family, LinkId active) const;
  [[nodiscard]] bool carries_a_family(LinkId link) const;

  // What people decide (engine_manual.cpp).
  using Answered = std::pair<bool, std::string>;  // accepted, in words
  [[nodiscard]] Answered failover(std::optional<LinkId> link);
  [[nodiscard]] Answered failback();
  [[nodiscard]] Answered pause(bool on);
  [[nodiscard]] Answered maintain(std::optional<LinkId> link, bool on);
  [[nodiscard]] std::optional<LinkId> best_other() const;
  [[nodiscard]] bool startable(LinkId link) const;
  [[nodiscard]] bool carries_now(LinkId link) const;
  void restore_manual(const Manual& manual);
  void release_hold(const std::string& why);
  void tell_manual(const std::string& reason);
  bool decide_by_hand();
  bool keep_hold();

  // Keeping the links as the policy wants them (engine_standby.cpp, engine_pace.cpp).
  void tend_standbys();
  void tend_pace(LinkId link);
  void tend_metered();
  [[nodiscard]] bool thrifty(LinkId link) const;
  [[nodiscard]] bool on_trial(LinkId link) const;
  void probe_ended_flow(LinkId link, const Fact& fact);
  void prepare(LinkId link, LinkLevel level);
  void relax(LinkId link);
  void withdraw_stale();
  void set_stale(LinkId link, bool on);

  [[nodiscard]] std::string why(LinkId link) const;

  Policy policy_;
  LinkId primary_;
  State state_ = State::Initializing;
  std::vector<LinkSlot> links_;
  std::optional<LinkId> active_;
  // Families that are not routed as the active link's others: by which link, if any. As the host
  // keeps it, action by action.
  std::array<std::optional<std::optional<LinkId>>, 2> exceptions_;
  std::optional<LinkId> resume_;
  std::optional<LinkId> leaving_;  // of the sequence under way
  std::optional<LinkId> target_;   // of the sequence, or of a first activation, under way
  bool by_hand_ = false;           // the sequence under way was asked for by a person
  bool paused_ = false;
  std::optional<LinkId> held_;         // Manual::held
  std::optional<Instant> held_until_;  // by then it must carry the traffic
  bool return_ = false;                // failback was asked for, and not looked at yet
  std::optional<Step> running_;        // the step that has not been answered yet
  Instant running_since_;
  std::optional<Instant> started_;
  std::optional<Instant> switched_;  // when the route was last moved from one link to another
  double flaps_ = 0;                 // moves, each fading, as of flapped_
  // More of them make no difference any more.
  static constexpr double most_flaps = 100;
  Instant flapped_;
  Instant now_;
  std::optional<Instant> judge_at_;  // when the links' risks are compared next
  std::optional<Instant> judged_;    // and when they were
  bool judging_ = false;             // in the step() under way
  bool look_around_ = true;          // at all links, in this step or the next one
  std::vector<LinkId> aged_;         // time alone changed something for them, in this step
  std::set<LinkId> stale_;           // addressing was lost while it could not be withdrawn
  std::set<std::pair<Instant, LinkId>> due_;
  // best_target() as it was found last, by `proven`; nothing when it may be another one now.
  struct Best {
    std::optional<LinkId> leaving;
    std::optional<LinkId> link;
  };
  mutable std::array<std::optional<Best>, 2> best_;
  std::vector<Action> out_;  // of the step() under way
};

}  // namespace mwan::failover
