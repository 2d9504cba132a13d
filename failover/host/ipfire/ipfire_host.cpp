// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/ipfire_host.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "failover/host/ipfire/ipfire_host_parts.hpp"
#include "failover/host/ipfire/red_state.hpp"
#include "hal/process/boot_id.hpp"

namespace mwan::failover::ipfire {

IpfireHost::IpfireHost(Loop& loop, IpfireHostOptions options, LinkBook& links, RedOwner& red,
                       StateStore& state, RedRoutes routes, Guard* guard, Services* services)
    : loop_(loop),
      options_(std::move(options)),
      links_(links),
      red_(red),
      state_(state),
      routes_(std::move(routes)),
      guard_(guard),
      services_(services),
      backup_(options_.paths, state.path()),
      journal_(state) {
  links_.on_applied([this](const BookedLink& link) { backup_changed(link); });
}

Result<IpfireHost::Found> IpfireHost::look() {
  auto entry = journal_.read();
  if (!entry) return failed(entry.error());
  takeover_ = std::move(*entry);
  auto primary = takeover_ ? backup_.primary() : primary_of(options_.paths);
  if (!primary) return failed(primary.error());
  primary_ = std::move(*primary);
  before_ = read_red_state(options_.paths).value_or(RedState{});
  Found found{.primary = primary_, .interrupted = {}};
  if (!takeover_) return found;
  if (takeover_->boot != boot_id()) {
    spdlog::info("RED: the system was started anew while {} was in its place", takeover_->link);
    takeover_->phase = Phase::Giving;
    takeover_->aside = false;
  }
  if (takeover_->phase != Phase::Giving) {
    resuming_ = !takeover_->aside;
    red_.take(primary_, keeps_addresses());
    found.interrupted = takeover_->link;
  }
  return found;
}

void IpfireHost::abandon_interrupted() {
  if (!takeover_) return;
  spdlog::info("RED: {} is in no profile any more; the primary is put back", takeover_->link);
  takeover_->phase = Phase::Giving;
  takeover_->aside = false;
  resuming_ = false;
}

// Whether taking RED over leaves its addresses in the kernel.
bool IpfireHost::keeps_addresses() const {
  return !options_.full &&
         (primary_.type == PrimaryType::Static || primary_.type == PrimaryType::Dhcp);
}

void IpfireHost::run(const HostStep& step, Done done) {
  if (ending_) return;  // nobody waits for the answer
  resume_soon_.reset();
  job_.start(do_step(step, std::move(done)));
}

Task<void> IpfireHost::do_step(HostStep step, Done done) {
  Status status;
  const bool looks = step.step == Step::DetectPrimary || step.step == Step::BackupPrimary;
  if (aside() && !looks) {
    spdlog::info("RED: left alone, for an administrator acts on it");
    loop_.post([done = std::move(done)] { done(std::nullopt); });
    co_return;
  }
  switch (step.step) {
    case Step::DetectPrimary:
      spdlog::info("RED is {} on {}", connection_type(primary_), primary_.device);
      break;
    case Step::BackupPrimary:
      status = co_await begin();
      break;
    case Step::StopServices:
      status = co_await stop_services(step);
      break;
    case Step::ActivateLink:
      status = co_await activate(step);
      break;
    case Step::UpdateState:
      status = co_await update_state(step);
      break;
    case Step::StartInterferencePrevention:
      start_guard();
      break;
    case Step::StopInterferencePrevention:
      if (guard_ != nullptr) guard_->stop();
      break;
    case Step::StartServices:
      if (takeover_) {
        start_guard();  // the primary did not come up: the backup stays
      } else {
        left(step);
        note_primary();
        run_services(true, !keeps_addresses() || primary_.type != PrimaryType::Static);
      }
      break;
  }
  // From the loop: what follows is another step, in this job.
  loop_.post([done = std::move(done), status = std::move(status)] {
    done(status ? std::nullopt : std::optional(status.error()));
  });
}

Status IpfireHost::write_journal(Phase phase) {
  takeover_->phase = phase;
  return journal_.write(*takeover_);
}

// ---------------------------------------------------------------- before anything is touched

Task<Status> IpfireHost::begin() {
  if (auto begun = links_.begin(); !begun) co_return begun;
  const bool again = std::exchange(begun_, true);
  if (again && takeover_) {
    // The configuration was read again; what was under way has to be done from the beginning.
    resuming_ = takeover_->phase != Phase::Taken && !takeover_->aside;
    co_return Status{};
  }
  if (!takeover_) {
    auto made = backup_.make(connection_type(primary_));
    co_return made;
  }
  if (aside()) {
    spdlog::warn(
        "RED: an administrator acted on it while {} was in its place; it is left alone "
        "until `mwan-config resume`",
        takeover_->link);
    co_return Status{};
  }
  if (resuming_) {
    spdlog::info("RED: going on with {} in its place", takeover_->link);
    auto ended = co_await end_primary();
    co_return ended;
  }
  if (takeover_->boot != boot_id() && !takeover_->settings) {
    // IPFire has brought RED up by itself, and with it everything of ours went.
    warn_of(routes_.yield_default(false));
    note_primary();
    auto cleared = journal_.clear();
    takeover_.reset();
    co_return cleared;
  }
  spdlog::info("RED: an earlier run was giving it back; going on with that");
  // Up as the backup since the boot, or half up as the primary: both would be in the way.
  if (takeover_->settings) warn_of(co_await stop_red(loop_, options_.paths));
  warn_of(co_await end_primary());
  auto given = co_await give_back();
  if (given) note_primary();
  co_return given;
}

// ---------------------------------------------------------------- what happens in between

// The link in RED's place has other addresses, or has come up again after this daemon was killed.
void IpfireHost::backup_changed(const BookedLink& link) {
  if (ending_ || !takeover_ || takeover_->aside || link.slot.name != takeover_->link ||
      takeover_->phase == Phase::Giving)
    return;
  const auto red = red_of(link.slot.name);
  if (!red || (!resuming_ && (!ours_ || *red == *ours_))) return;
  resume_later({});
}

void IpfireHost::resume_later(Duration delay) {
  resume_soon_ = loop_.after(delay, [this] {
    if (!job_.running()) job_.start(resume());
  });
}

Task<void> IpfireHost::resume() {
  resuming_ = false;
  if (reclaim_) warn_of(co_await reclaim());
  const auto booked = links_.find(takeover_->link);
  resuming_ = !booked;
  if (!booked) co_return;
  const auto placed = co_await put_backup_in_place(booked->slot);
  warn_of(placed);
  if (!placed) co_return;
  warn_of(co_await tell_ipfire());
  start_guard();
}

Task<void> IpfireHost::end() {
  ending_ = true;
  resume_soon_.reset();
  job_.reset();
  if (guard_ != nullptr) guard_->stop();
  Status given;
  if (aside()) {
    given = co_await leave();
  } else if (takeover_) {
    given = co_await give_back();
  }
  warn_of(given);
  note_primary();
}

void IpfireHost::start_guard() {
  if (guard_ == nullptr || !takeover_ || !ours_) return;
  Repairs repairs{.files =
                      [this] {
                        if (ours_) warn_of(write_red_state(options_.paths, *ours_));
                      },
                  .route = [this] { routes_.keep_default(); },
                  .firewall =
                      [this] {
                        if (firewall_job_.running()) return;
                        firewall_job_.start([](Loop& loop, Paths paths) -> Task<void> {
                          warn_of(co_await load_firewall(loop, paths));
                        }(loop_, options_.paths));
                      },
                  .actors =
                      [this] {
                        if (actors_job_.running()) return;
                        actors_job_.start([](IpfireHost& host) -> Task<void> {
                          warn_of(co_await host.end_primary());
                        }(*this));
                      }};
  guard_->start({.red = *ours_,
                 .link = takeover_->link,
                 .primary_device = primary_.device,
                 .full = takeover_->full},
                std::move(repairs));
}

void IpfireHost::run_services(bool to_primary, bool hooks_ran) {
  if (services_ == nullptr) return;
  const RedState red = read_red_state(options_.paths).value_or(before_);
  RedChange change{.from = before_, .to = ours_.value_or(RedState{})};
  if (to_primary) change = {.from = ours_.value_or(RedState{}), .to = red};
  change.to_primary = to_primary;
  change.hooks_ran = hooks_ran;
  services_->run(change, [] { spdlog::info("RED: the services know"); });
}

// After the route has moved, so that the next packet of a flow is translated for the new link.
void IpfireHost::left(const HostStep& step) {
  if (!step.from || !step.to || step.from->number == step.to->number) return;
  if (options_.flush_left_flows) warn_of(links_.flush_flows(*step.from));
}

void IpfireHost::note_backup(const std::string& link) {
  warn_of(state_.put(state_file::current_profile, link + "\n"));
  warn_of(state_.put(state_file::failover_time, std::to_string(options_.wall_clock()) + "\n"));
}

void IpfireHost::note_primary() {
  ours_.reset();
  warn_of(state_.remove(state_file::current_profile));
  warn_of(state_.remove(state_file::failover_time));
}

}  // namespace mwan::failover::ipfire
