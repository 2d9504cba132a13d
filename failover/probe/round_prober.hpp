// SPDX-License-Identifier: LGPL-2.1-or-later
// Rounds of questions to all targets of a link in parallel: pace, quorum, figures over a window,
// captive portals, and what it may cost.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "failover/probe/asker.hpp"
#include "failover/probe/family_watch.hpp"
#include "failover/probe/in_order.hpp"
#include "failover/probe/link_binding.hpp"
#include "failover/probe/path_window.hpp"
#include "failover/probe/probe_budget.hpp"
#include "failover/probe/probe_round.hpp"
#include "failover/probe/probe_target.hpp"
#include "failover/probe/prober.hpp"
#include "failover/probe/resolver.hpp"
#include "hal/loop.hpp"

namespace mwan::failover {

struct ProberConfig {
  LinkBinding link;
  std::optional<IpAddress> gateway_v4;
  std::optional<IpAddress> gateway_v6;
  std::vector<IpAddress> name_servers;  // the link's own
  std::vector<ProbeTarget> targets;
  std::uint16_t quorum =
      1;  // answers that make a round good; at most as many as can be asked count
  Duration timeout = std::chrono::seconds(1);  // a round without its quorum by then is lost
  Duration patience{};  // until then late answers make it good after all; at least `timeout` counts
  Duration window = std::chrono::seconds(10);
  Duration http_interval = std::chrono::seconds(30);  // where other targets answer
  std::string ca_file;                                // for https; empty: the system's
  // Rounds in a row that make one family silent, and heard again, while the other one answers.
  int family_down = 3;
  int family_up = 3;
  std::int64_t budget_bytes = 0;  // in 30 days, while it does not carry the traffic; 0: no limit
};

// The targets that one round asks:
// - All that are cheap, each time.
// - HTTP ones at their own pace; each time when there is no cheap one, or the last round was lost;
//   and when half of a round's time is over without its quorum. Their answer counts for every round
//   that is open then: the link is there.
// - The gateway each time. That it answers says nothing of the internet, so it only counts where it
//   is the only target; otherwise it tells where the fault is, and is what is left to ask when the
//   budget is spent: then only that it is silent is reported.
// Targets that this link cannot ask (another address family, no gateway, no name server) are left
// out.
//
// NOTE Threading: on the loop's thread.
class RoundProber final : public Prober {
 public:
  RoundProber(Loop& loop, ProberConfig config, Report report);

  void set_interval(Duration interval) override;
  void round() override;
  void set_carrying(bool carries) override { carries_ = carries; }
  [[nodiscard]] Counts counts() const override;
  [[nodiscard]] bool undecided() const override { return failover::undecided(windows_); }
  [[nodiscard]] const std::string& last_failure() const override { return last_failure_; }

 private:
  struct Target {
    ProbeTarget target;
    std::unique_ptr<Asker> asker;
    InOrder questions;  // for its window
    std::uint64_t asked = 0;
    std::uint64_t answered = 0;
  };
  struct Round {
    ProbeRound tally;
    Instant begun;
    std::vector<std::size_t> asked;  // indexes of targets; for messages
    std::size_t open = 0;            // questions
    bool judged = false;
    bool good = false;  // as judged
    bool late = false;  // its time is over; what comes now comes late
    // Whether anybody answered; for the windows, which may outlive the round.
    std::shared_ptr<bool> heard = std::make_shared<bool>(false);
    bool only_bad_news = false;
    std::array<FamilyWatch::Round, 2> families;  // IPv4, IPv6
    bool gateway_answered = false;
    std::optional<Duration> rtt;
    std::string failure;          // of sending
    std::string said;             // what targets answered instead
    std::set<std::size_t> pages;  // HTTP targets that answered while it was open
    SourceHandle doubt;
    SourceHandle limit;
  };
  struct Question {
    std::uint32_t round;  // 0: its round is over
    std::size_t target;
  };

  void add_target(const ProbeTarget& target);
  std::unique_ptr<Asker> make_asker(const ProbeTarget& target, Asker::Heard heard);
  [[nodiscard]] std::vector<NameServer> servers_of(const ProbeTarget& target) const;
  [[nodiscard]] std::optional<IpAddress> gateway() const;

  void tick();
  [[nodiscard]] bool counts(const Target& target) const;
  // What the round knows of the family that the target is asked by; null: the target may be asked
  // by either, or is on the link.
  static FamilyWatch::Round* family_of(const Target& target, Round& round);
  [[nodiscard]] bool has_turn(const Target& target, bool broke) const;
  void ask(std::uint32_t number, Round& round, std::size_t index);
  void heard(std::uint32_t question, const Outcome& outcome);
  void enter(std::size_t index, std::uint32_t question, std::optional<Duration> answered);
  void hear_http(std::size_t index, const Outcome& outcome);
  void doubt(std::uint32_t number);
  void credit(std::size_t index);
  void time_is_over(std::uint32_t number);
  void give_up(std::uint32_t number);
  [[nodiscard]] bool certain(const Round& round) const;
  void judge(Round& round);
  void end(std::uint32_t number);
  [[nodiscard]] std::string failure_of(const Round& round) const;
  [[nodiscard]] bool broke();
  void tell(Fact fact);
  void deliver();
  [[nodiscard]] std::uint64_t bytes() const;

  Loop& loop_;
  ProberConfig config_;
  Report report_;
  std::vector<Target> targets_;
  std::vector<TargetWindow> windows_;  // of the targets; those that do not count stay empty
  bool cheap_ones_ = false;            // there are others than HTTP and the gateway
  bool gateway_only_ = false;
  bool http_ones_ = false;
  std::string left_out_;

  Duration interval_{0};
  Instant due_;
  SourceHandle pace_;
  std::uint32_t last_round_ = 0;
  std::uint32_t last_question_ = 0;
  std::map<std::uint32_t, Round> rounds_;
  std::map<std::uint32_t, Question> questions_;
  std::deque<Fact> facts_;
  SourceHandle delivery_;
  std::string last_failure_;

  FamilyWatch families_;
  bool last_lost_ = false;
  std::optional<Instant> http_asked_;  // any of them
  PortalWatch portal_;
  std::optional<fact::Portal> told_portal_;
  int http_silent_ = 0;  // in a row

  bool carries_ = false;
  std::optional<ProbeBudget> budget_;
  std::uint64_t paid_ = 0;
  bool told_spent_ = false;
};

}  // namespace mwan::failover
