// SPDX-License-Identifier: LGPL-2.1-or-later
// IpfireHost: an administrator acts on RED while a backup is in its place, and has it.
#include <utility>

#include <spdlog/spdlog.h>

#include "failover/host/ipfire/ipfire_host.hpp"
#include "failover/host/ipfire/ipfire_host_parts.hpp"
#include "failover/host/ipfire/red_state.hpp"

namespace mwan::failover::ipfire {

void IpfireHost::stand_aside() {
  if (ending_ || !takeover_ || takeover_->aside || takeover_->phase == Phase::Giving) return;
  takeover_->aside = true;
  resume_soon_.reset();
  warn_of(write_journal(takeover_->phase));
}

// From the beginning: whoever had RED may have started anything.
void IpfireHost::take_up_again() {
  if (ending_ || !aside()) return;
  spdlog::info("RED: taken up again, {} comes into its place", takeover_->link);
  takeover_->aside = false;
  reclaim_ = true;
  warn_of(backup_.forget_red_state());
  const auto adopted = adopt_settings();
  if (!adopted) warn_of(failed(adopted.error()));
  // With the full mode RED is stopped as it is set up now, and its settings make room again.
  if (adopted && *adopted) takeover_->settings = false;
  warn_of(write_journal(Phase::Taking));
  resume_later({});
}

// What somebody has set while a backup was in force is the primary's.
Result<bool> IpfireHost::adopt_settings() {
  std::string ours;
  if (takeover_->settings) {
    auto kept = state_.get(backup_settings);
    if (!kept) return failed(kept.error());
    ours = std::move(*kept).value_or("");
  }
  auto adopted = backup_.adopt(ours);
  if (!adopted || !*adopted) return adopted;
  auto primary = backup_.primary();
  if (!primary) return failed(primary.error());
  primary_ = std::move(*primary);
  spdlog::info("RED: its settings were changed meanwhile; it is {} on {} from now on",
               connection_type(primary_), primary_.device);
  return true;
}

// The daemon ends, and RED stays as its administrator has left it: down, or up by IPFire's own
// scripts. A backup that is in its place all the same would be without its route.
Task<Status> IpfireHost::leave() {
  const auto red = read_red_state(options_.paths);
  if (red && red->iface != primary_.device) {
    auto given = co_await give_back();
    co_return given;
  }
  spdlog::info("RED: left as its administrator has it");
  if (auto written = write_journal(Phase::Giving); !written) co_return written;
  if (auto adopted = adopt_settings(); !adopted) warn_of(failed(adopted.error()));
  if (takeover_->settings) {
    if (auto restored = backup_.restore_ethernet_settings(); !restored) co_return restored;
  }
  co_await red_.give_back(false);
  if (ours_) warn_of(co_await bridge_nat(loop_, ours_->iface, false));
  warn_of(backup_.restore_dns());
  routes_.disown(primary_.device);
  // A RED that is down takes no route, which is how it was left.
  static_cast<void>(routes_.yield_default(false));
  takeover_.reset();
  if (auto cleared = journal_.clear(); !cleared) co_return cleared;
  warn_of(state_.remove(backup_settings));
  co_return Status{};
}

}  // namespace mwan::failover::ipfire
