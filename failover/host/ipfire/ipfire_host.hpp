// SPDX-License-Identifier: LGPL-2.1-or-later
// IPFire: a backup takes RED over and gives it back, in the order of the architecture document.
//
// Each step can be done again: a run that was killed anywhere is continued by the next one, which
// the journal tells what was under way (docs/ipfire.md has the steps and what follows a kill).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "failover/host/host.hpp"
#include "failover/host/ipfire/journal.hpp"
#include "failover/host/ipfire/link_book.hpp"
#include "failover/host/ipfire/paths.hpp"
#include "failover/host/ipfire/primary_backup.hpp"
#include "failover/host/ipfire/red_link.hpp"
#include "failover/host/ipfire/scripts.hpp"
#include "failover/host/ipfire/seams.hpp"
#include "failover/state/state_store.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/time.hpp"
#include "hal/wait.hpp"

namespace mwan::failover::ipfire {

// What of the kernel only this host asks for.
struct RedRoutes {
  std::function<Status()> step_back;               // as LinkTables'
  std::function<Status(bool)> yield_default;       // as LinkTables'
  std::function<void(const std::string&)> disown;  // as LinkTables'
  std::function<void()> keep_default;              // puts ours back, should it be gone
  // Makes the default route of pppd's device where pppd has not: it does not as long as there is
  // any other by a gateway, whatever its metric ("not replacing default route").
  std::function<Status(const std::string&)> default_of_session;
  // The addresses of a device lose their lifetimes: whoever renewed them has ended.
  std::function<Status(const std::string&)> hold_addresses;
  // Forgets what conntrack knows of flows that began without their translation.
  std::function<Status()> forget_untranslated;
  // Whether the device is up and has the address.
  std::function<bool(const std::string&, const IpAddress&)> has_address;
  std::function<bool(const std::string&)> has_carrier;
};

struct IpfireHostOptions {
  Paths paths;
  bool full = false;
  bool flush_left_flows = true;
  std::function<std::int64_t()> wall_clock;  // seconds since 1970
  // Called at each of kill_points.hpp; may be empty.
  std::function<void(std::string_view)> at_point;
};

class IpfireHost final : public Host {
 public:
  // All of them outlive the host; guard and services may be null. state is the one of this daemon.
  IpfireHost(Loop& loop, IpfireHostOptions options, LinkBook& links, RedOwner& red,
             StateStore& state, RedRoutes routes, Guard* guard, Services* services);

  // Before anything else: what RED is. In `interrupted`, the backup that was in its place when the
  // last run was killed and that has to be gone on with; empty: none, or one that is being given
  // back.
  struct Found {
    Primary primary;
    std::string interrupted;
  };
  Result<Found> look();
  // The engine will not go on with Found::interrupted: that link is in no profile any more.
  void abandon_interrupted();

  void set_flush_left_flows(bool on) { options_.flush_left_flows = on; }
  void run(const HostStep& step, Done done) override;
  // An administrator acts on RED while a backup is in its place: from here on nothing of RED is
  // changed, by steps neither, also in the next run.
  void stand_aside();
  // They have done: the backup is in RED's place again, and RED's settings are what they are now.
  void take_up_again();
  [[nodiscard]] bool aside() const { return takeover_ && takeover_->aside; }
  // The daemon ends: RED is the primary's again, or IPFire is on its way to that.
  Task<void> end();

 private:
  void at(std::string_view point) const {
    if (options_.at_point) options_.at_point(point);
  }
  Task<void> do_step(HostStep step, Done done);
  Task<Status> begin();
  Task<Status> stop_services(HostStep step);
  Task<Status> end_primary();
  Task<Status> stop_primary();
  Task<Status> activate(HostStep step);
  Task<Status> put_backup_in_place(PlumbingSlot to);
  Task<Status> update_state(HostStep step);
  Task<Status> tell_ipfire();
  Task<Status> give_back();
  Task<Status> restore_in_place();
  Task<Status> start_primary();
  Task<bool> red_comes_up();
  Task<void> script_ends();
  Task<void> take_again(std::string link);
  Task<void> resume();
  void resume_later(Duration delay);
  Task<Status> reclaim();
  Result<bool> adopt_settings();
  Task<Status> leave();
  void backup_changed(const BookedLink& link);
  Status swap_settings();
  Status write_journal(Phase phase);
  void start_guard();
  void left(const HostStep& step);
  void run_services(bool to_primary, bool hooks_ran);
  void note_backup(const std::string& link);
  void note_primary();
  [[nodiscard]] bool keeps_addresses() const;
  [[nodiscard]] Result<RedState> red_of(const std::string& link) const;

  Loop& loop_;
  IpfireHostOptions options_;
  LinkBook& links_;
  RedOwner& red_;
  StateStore& state_;
  RedRoutes routes_;
  Guard* guard_;
  Services* services_;
  PrimaryBackup backup_;
  Journal journal_;
  Primary primary_;
  std::optional<JournalEntry> takeover_;  // as the journal has it
  std::optional<RedState> ours_;          // RED while it is ours
  RedState before_;                       // and while it was IPFire's
  bool resuming_ = false;  // the backup of an earlier run has to be put in its place again
  bool reclaim_ = false;   // the primary's programs may run again
  bool begun_ = false;
  bool ending_ = false;
  std::optional<Error> refusal_;  // why RED is not taken over
  RedStart red_start_;
  SourceHandle resume_soon_;
  Job firewall_job_;
  Job actors_job_;
  Job job_;
};

}  // namespace mwan::failover::ipfire
