// SPDX-License-Identifier: LGPL-2.1-or-later
// IpfireHost: the primary gets RED back.
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "failover/host/ipfire/files.hpp"
#include "failover/host/ipfire/ipfire_host.hpp"
#include "failover/host/ipfire/ipfire_host_parts.hpp"
#include "failover/host/ipfire/red_state.hpp"

namespace mwan::failover::ipfire {
namespace {

using namespace std::chrono_literals;

// With a primary that answers; connectd looks every 5 s.
constexpr Duration script_patience = 20s;

}  // namespace

Task<Status> IpfireHost::give_back() {
  resuming_ = false;
  if (guard_ != nullptr) guard_->stop();
  actors_job_.reset();
  firewall_job_.reset();
  const std::string link = takeover_->link;
  if (auto written = write_journal(Phase::Giving); !written) co_return written;
  at("giving");
  if (auto adopted = adopt_settings(); !adopted) warn_of(failed(adopted.error()));
  if (takeover_->settings) {
    if (auto restored = backup_.restore_ethernet_settings(); !restored) co_return restored;
    takeover_->settings = false;
    if (auto written = write_journal(Phase::Giving); !written) co_return written;
    at("settings-restored");
  }
  Status status;
  const bool in_place = !takeover_->full && primary_.type == PrimaryType::Static &&
                        backup_.has_red_state() &&
                        routes_.has_address(primary_.device, primary_.address->address);
  if (in_place) {
    status = co_await restore_in_place();
  } else {
    status = co_await start_primary();
  }
  if (!status && !ending_) {
    co_await take_again(link);
    co_return status;
  }
  if (ours_) warn_of(co_await bridge_nat(loop_, ours_->iface, false));
  warn_of(routes_.forget_untranslated());
  takeover_.reset();
  if (auto cleared = journal_.clear(); !cleared) co_return cleared;
  warn_of(state_.remove(backup_settings));
  at("given");
  co_return status;
}

// Everything of it is still there: its address, its device. Nothing of IPFire's has to run but the
// firewall.
Task<Status> IpfireHost::restore_in_place() {
  co_await red_.give_back(true);
  at("test-ended");
  if (auto restored = backup_.restore_red_state(); !restored) co_return restored;
  at("files-restored");
  const std::string device = primary_.device;
  warn_of(co_await bridge_nat(loop_, device, true));
  if (auto yielded = routes_.yield_default(true); !yielded) co_return yielded;
  at("route-yielded");
  auto loaded = co_await load_firewall(loop_, options_.paths);
  at("firewall-restored");
  warn_of(co_await bridge_nat(loop_, device, false));
  co_return loaded;
}

// By IPFire's own script. The backup carries the traffic until RED is active again.
Task<Status> IpfireHost::start_primary() {
  co_await red_.give_back(false);
  at("test-ended");
  if (const auto booked = links_.find(red_link_name)) warn_of(links_.withdraw(booked->slot));
  routes_.disown(primary_.device);
  // dhcpcd makes its route beside ours; the others do so only where there is none of that metric.
  if (!primary_.by_dhcpcd()) warn_of(routes_.step_back());
  if (auto gone = remove_file(options_.paths.red() + "/active"); !gone) co_return gone;
  warn_of(backup_.restore_dns());  // with fixed addresses, IPFire's script leaves them alone
  // Its route comes before its rules. The first session that is dialled gets that name.
  const std::string expected = primary_.by_pppd() ? "ppp0" : primary_.device;
  warn_of(co_await bridge_nat(loop_, expected, true));
  at("files-restored");
  const bool up = co_await red_comes_up();
  if (!up) warn_of(co_await bridge_nat(loop_, expected, false));
  if (!up) {
    co_return failed(FailureClass::Transient, "RED",
                     "IPFire's `networking/red start` did not bring it up");
  }
  if (primary_.by_pppd()) {
    const auto red = read_red_state(options_.paths);
    if (red) warn_of(routes_.default_of_session(red->iface));
  }
  auto yielded = routes_.yield_default(false);
  at("route-yielded");
  // Its rules for RED come with the last of what it runs.
  co_await script_ends();
  at("firewall-restored");
  warn_of(co_await bridge_nat(loop_, expected, false));
  co_return yielded;
}

Task<void> IpfireHost::script_ends() {
  const Cancel never;
  Notification changed;
  const ForgottenAfter forgotten(red_start_);
  red_start_.on_end([&](int) { changed.notify(); });
  const Instant limit = Loop::now() + script_patience;
  while (red_start_.running() && Loop::now() < limit) {
    co_await changed.wait(loop_, never, limit - Loop::now());
  }
}

Task<bool> IpfireHost::red_comes_up() {
  bool over = false;
  Notification changed;
  auto watch = FolderWatch::open(loop_, options_.paths.red(), [&] { changed.notify(); });
  if (!watch) {
    warn_of(failed(watch.error()));
    co_return false;
  }
  const ForgottenAfter forgotten(red_start_);
  const auto begun = red_start_.begin(loop_, options_.paths, [&](int exit_code) {
    // Without a lease it ends well, and dhcpcd goes on asking.
    over = over || exit_code != 0;
    changed.notify();
  });
  if (!begun) {
    warn_of(begun);
    co_return false;
  }
  const Cancel never;
  // At its end nobody waits for a primary that may be dead: IPFire goes on by itself.
  const Instant limit = Loop::now() + (ending_ ? 15s : 75s);
  while (!over && !read_red_state(options_.paths) && Loop::now() < limit) {
    co_await changed.wait(loop_, never, limit - Loop::now());
  }
  co_return read_red_state(options_.paths).has_value();
}

// It did not come up: back to what carried the traffic, as if nothing had been tried.
Task<void> IpfireHost::take_again(std::string link) {
  spdlog::warn("RED: the primary did not come up; {} stays in its place", link);
  takeover_->link = link;
  red_start_.cancel();
  warn_of(write_journal(Phase::Taking));
  warn_of(co_await end_primary());
  red_.take(primary_, keeps_addresses());
  const auto booked = links_.find(link);
  if (!booked) co_return;
  warn_of(co_await put_backup_in_place(booked->slot));
  if (ours_) warn_of(co_await tell_ipfire());
}

}  // namespace mwan::failover::ipfire
