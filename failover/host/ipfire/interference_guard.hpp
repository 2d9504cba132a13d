// SPDX-License-Identifier: LGPL-2.1-or-later
// Interference prevention: sees what others do to RED while a backup carries it, and has it put
// right, or keeps out of the way (interference_rules.hpp).
//
//   RED's files, name servers, settings   inotify; who: fanotify
//   default route                         rtnetlink
//   programs                              the connector's process events; without them those that
//                                         run at the moment when something else is seen
//   firewall                              the lock that iptables takes, and the end of a firewall
//                                         script; then iptables-save is read
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "failover/host/ipfire/interference_rules.hpp"
#include "failover/host/ipfire/paths.hpp"
#include "failover/host/ipfire/process_book.hpp"
#include "failover/host/ipfire/process_events.hpp"
#include "failover/host/ipfire/red_watch.hpp"
#include "failover/host/ipfire/seams.hpp"
#include "failover/state/state_writer.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"
#include "netlink/monitor.hpp"

namespace mwan::failover::ipfire {

// The daemon's own process while it guards.
inline constexpr std::string_view kInterferencePid = "interference-prevention.pid";

// What was seen and made of it, in words.
struct InterferenceReport {
  Verdict verdict = Verdict::Ignore;
  std::string seen_by;    // "process events", "inotify", "rtnetlink", "the lock of iptables"
  std::string what;       // what had changed
  std::string who;        // empty: not known
  Duration within{};      // from the first sign to the repair
  bool for_good = false;  // StandAside: an administrator wants it so; otherwise it looks again
};

struct GuardConfig {
  Paths paths;
  InterferenceLimits limits;
  bool process_events = true;  // where the kernel gives them
  pid_t ourselves = 0;         // 0: this process
  // The first of these that there is.
  std::vector<std::string> iptables_save = {"/usr/sbin/iptables-legacy-save",
                                            "/sbin/iptables-legacy-save", "/usr/sbin/iptables-save",
                                            "/sbin/iptables-save"};
  // Over our own, for iptables_save.
  std::vector<std::string> environment;
};

// NOTE Threading: on the loop's thread.
class InterferenceGuard final : public Guard {
 public:
  // monitor and state outlive this; state may be null (dry run). report: after each verdict that is
  // not Ignore; a StandAside lasts until start(), or as long as its words say. Neither report nor
  // the repairs call start() or stop(). Process events belong to the first network namespace: this
  // is made there.
  InterferenceGuard(Loop& loop, netlink::Monitor& monitor, StateWriter* state, GuardConfig config,
                    std::function<void(const InterferenceReport&)> report);

  InterferenceGuard(const InterferenceGuard&) = delete;
  InterferenceGuard& operator=(const InterferenceGuard&) = delete;
  ~InterferenceGuard() override { stop(); }

  void start(const Takeover& expected, Repairs repairs) override;
  void stop() final;

  // What it cannot see here, and why; empty when it sees all.
  [[nodiscard]] std::vector<std::string> blind_spots() const;

 private:
  enum class Sense { Processes, Files, Routes, FirewallLock };
  static std::string_view word(Sense sense);
  struct Suspicion {
    Instant first;
    Sense sense = Sense::Files;
    bool firewall = false;
    std::vector<Doer> doers;  // seen running at the first sign
  };

  void process_started(pid_t pid);
  void process_ended(pid_t pid);
  void file_changed(Place place, const std::string& name);
  void settings_changed(Place place);
  void keepconnected_changed();
  void suspect(Sense sense, bool firewall);
  void check_later(Duration quiet, Duration at_most);
  void check();
  [[nodiscard]] std::vector<Doer> doers(const std::vector<pid_t>& writers,
                                        const std::vector<Act>& acts) const;
  [[nodiscard]] bool at_work(Act act) const;  // somebody else
  Task<void> check_firewall();
  Task<Result<FoundFirewall>> read_firewall();
  void act(const InterferenceRules::Decision& decision, Sense sense, const std::string& what,
           const std::vector<Doer>& who, const std::vector<Part>& parts, Instant first);
  [[nodiscard]] std::optional<std::string> default_route_device() const;

  Loop& loop_;
  netlink::Monitor& monitor_;
  StateWriter* state_;
  GuardConfig config_;
  std::function<void(const InterferenceReport&)> report_;
  pid_t ourselves_;
  std::optional<std::string> no_processes_;  // why
  ProcessBook book_;
  std::unique_ptr<ProcessEvents> processes_;  // calls book_

  // From here on: only between start() and stop().
  std::optional<Takeover> expected_;
  Repairs repairs_;
  InterferenceRules rules_;
  std::unique_ptr<RedWatch> files_;
  LinkMonitor::Watch routes_;
  std::string ethernet_settings_;  // fingerprints
  std::string ppp_settings_;
  std::optional<Suspicion> suspicion_;
  std::optional<Suspicion> firewall_suspicion_;
  bool firewall_again_ = false;
  SourceHandle check_;
  SourceHandle look_again_;
  Cancel cancel_;
  Job firewall_job_;
};

}  // namespace mwan::failover::ipfire
