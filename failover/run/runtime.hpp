// SPDX-License-Identifier: LGPL-2.1-or-later
// The engine's hands and eyes: takes facts from drivers and probers to the engine, carries out what
// it wants, in order, and writes everything to the decision log.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "failover/config/configuration.hpp"
#include "failover/core/engine.hpp"
#include "failover/host/host.hpp"
#include "failover/probe/paced_prober.hpp"
#include "failover/probe/prober.hpp"
#include "failover/record/decision_log.hpp"
#include "failover/run/link_facts.hpp"
#include "failover/run/named_manual.hpp"
#include "failover/run/plumbing.hpp"
#include "failover/run/runtime_status.hpp"
#include "hal/link_driver.hpp"
#include "hal/loop.hpp"
#include "hal/traffic/traffic_watch.hpp"

namespace mwan::failover {

// What the daemon's main program provides: how to make the parts that depend on hardware.
struct Workshop {
  std::function<std::unique_ptr<LinkDriver>(const Profile&)> driver;
  // Probes through netdev from the addresses of config; reports each round.
  std::function<std::unique_ptr<Prober>(const Profile&, const std::string& netdev,
                                        const IpConfig& config, Prober::Report report)>
      prober;
  // Looks at the counters of netdev. May be empty: nothing is known of the traffic then.
  std::function<std::unique_ptr<TrafficWatch>(const std::string& netdev, TrafficWatch::Calls)>
      traffic;
};

// Looks on, step by step.
class RuntimeObserver {
 public:
  RuntimeObserver() = default;
  RuntimeObserver(const RuntimeObserver&) = delete;
  RuntimeObserver& operator=(const RuntimeObserver&) = delete;
  virtual ~RuntimeObserver() = default;
  // A new engine, at the start and after a reload.
  virtual void begun(Instant now, const Policy& policy) = 0;
  // After the actions were carried out. active: the link that carries the traffic now.
  virtual void stepped(Instant now, const Event& event, const std::vector<Action>& actions,
                       std::optional<LinkId> active) = 0;
};

// NOTE Ownership: the references outlive the Runtime. Destroying it without stop() leaves devices
// as they are; the plumbing is the owner's to restore.
class Runtime {
 public:
  Runtime(Loop& loop, Workshop workshop, Plumbing& plumbing, Host& host, DecisionLog& log);
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  ~Runtime();

  // resume: the profile that carried the traffic when the last run ended by force; penalty: what
  // penalty() said then.
  void start(const Configuration& configuration, const std::string& resume, double penalty = 0);
  // Links whose profile is unchanged go on without a break.
  void reload(const Configuration& configuration);
  // Null: nobody. It outlives this; to be set before start().
  void set_observer(RuntimeObserver* observer) { observer_ = observer; }

  // What people have decided, and who keeps it for the next run; to be set before start().
  void set_manual(NamedManual manual, std::function<void(const NamedManual&)> keep);
  // link: empty where the command takes none. Answered when everything it causes has been begun.
  CommandAnswer command(CommandKind kind, const std::string& link);
  [[nodiscard]] RuntimeStatus status() const;

  // Of a link of the policy in force, as of now.
  [[nodiscard]] double risk(LinkId id) const;
  [[nodiscard]] std::vector<RiskPart> risk_parts(LinkId id) const;
  // Engine::penalty(), zero before start().
  [[nodiscard]] double penalty() const { return engine_ ? engine_->penalty() : 0; }
  [[nodiscard]] Prober::Counts probe_counts(LinkId id) const;

  // Stop all drivers, all at once, each within its own bounded time.
  Task<void> stop();

 private:
  struct Link;  // runtime_link.hpp

  void begin(const Configuration& configuration, const std::optional<LinkId>& resume,
             double penalty);
  void feed(Event event);
  void drain();
  void carry_out(const Action& action);
  void apply(const ApplyConfig& wanted);
  void run_step(const RunStep& wanted);
  void route_family(const RouteFamily& wanted);
  void set_probing(const SetProbing& wanted);
  void tell_probers();
  void spare(Link& link, LinkId id);
  std::unique_ptr<PacedProber> make_prober(const Link& l);
  void watch_traffic(Link& l);
  void heard(const Link* from, const Fact& fact);
  void prepare(Link& l);
  void prepare_waiting();
  void release(Link& l);
  void note_device(const Link& l, const std::string& netdev);
  void release_devices(const Link& l);
  Task<void> stop_driver(Link& l);
  void retire(std::unique_ptr<Link> link);
  [[nodiscard]] std::string words_of(const Action& action) const;
  void keep_manual(const ManualChange& change);
  [[nodiscard]] std::vector<std::string> names() const;
  void arm_timer();
  void from_driver(const Link* link, const Fact& fact);
  [[nodiscard]] std::optional<LinkId> id_of(const Link* link) const;
  [[nodiscard]] std::uint16_t free_slot() const;
  Link& link(LinkId id) { return *links_.at(id.index); }

  Loop& loop_;
  Workshop workshop_;
  Plumbing& plumbing_;
  Host& host_;
  DecisionLog& log_;

  RuntimeObserver* observer_ = nullptr;
  NamedManual manual_;
  std::function<void(const NamedManual&)> keep_;
  bool unkept_ = false;                  // manual_ changed
  std::optional<CommandAnswer> answer_;  // to the command that is being taken
  std::unique_ptr<Engine> engine_;
  std::vector<std::unique_ptr<Link>> links_;    // by LinkId
  std::vector<std::unique_ptr<Link>> retired_;  // being stopped
  // What one step of the engine's took and gave.
  struct Turn {
    Instant at;
    Event event;
    std::vector<Action> actions;
    std::vector<std::string> words;
    std::optional<LinkId> active;
  };
  std::deque<Event> queue_;
  std::optional<LinkId> carries_;  // as the probers were told
  unsigned generation_ = 0;        // of engines: answers to an earlier one are not for this one
  bool draining_ = false;
  bool stopping_ = false;
  SourceHandle timer_;
  SourceHandle prepare_soon_;
};

}  // namespace mwan::failover
