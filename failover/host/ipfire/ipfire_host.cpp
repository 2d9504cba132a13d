// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/ipfire_host.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "failover/host/ipfire/actors.hpp"
#include "failover/host/ipfire/files.hpp"
#include "failover/host/ipfire/red_state.hpp"

namespace mwan::failover::ipfire {
namespace {

using namespace std::chrono_literals;

// Of connectd, which is a shell that sleeps, and of dhcpcd after `red stop`.
constexpr EndingPolicy soon{.grace = 2s};
// pppd says goodbye to its peer, and its script takes RED down.
constexpr EndingPolicy with_goodbye{.grace = 10s};
// What dhcpcd's script does when it is told to end is `red.down`, in the middle of the takeover.
constexpr EndingPolicy without_scripts{.at_once = true};

// With a primary that answers; connectd looks every 5 s.
constexpr Duration script_patience = 20s;

void warn(const Status& status) {
  if (!status) spdlog::warn("RED: {}", status.error().text());
}

// On a device that needs none, any address of the link does.
IpAddress neighbour_of(const IpPrefix& address) {
  std::array<std::uint8_t, 4> bytes{};
  std::ranges::copy(address.address.bytes(), bytes.begin());
  bytes[3] ^= address.length >= 31 ? 1U : (bytes[3] & 3U) == 1U || (bytes[3] & 3U) == 2U ? 3U : 1U;
  return *IpAddress::from_bytes(bytes);
}

// Whoever waited for the script may be gone before it is.
class ForgottenAfter {
 public:
  explicit ForgottenAfter(RedStart& start) : start_(start) {}
  ForgottenAfter(const ForgottenAfter&) = delete;
  ForgottenAfter& operator=(const ForgottenAfter&) = delete;
  ~ForgottenAfter() { start_.forget(); }

 private:
  RedStart& start_;
};

// "255.255.255.0" of a length, and the network of an address with it.
using Bytes = std::array<std::uint8_t, 4>;
Bytes mask_bytes(unsigned length) {
  Bytes out{};
  for (unsigned bit = 0; bit < std::min(length, 32U); ++bit) out.at(bit / 8) |= 0x80U >> (bit % 8);
  return out;
}
std::string mask_of(const IpPrefix& address) {
  return IpAddress::from_bytes(mask_bytes(address.length))->text();
}
std::string network_of(const IpPrefix& address) {
  Bytes out = mask_bytes(address.length);
  for (std::size_t i = 0; i < out.size(); ++i) out.at(i) &= address.address.bytes()[i];
  return IpAddress::from_bytes(out)->text();
}

}  // namespace

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
  }
  if (takeover_->phase != Phase::Giving) {
    resuming_ = true;
    red_.take(primary_, keeps_addresses());
    found.interrupted = takeover_->link;
  }
  return found;
}

void IpfireHost::abandon_interrupted() {
  if (!takeover_) return;
  spdlog::info("RED: {} is in no profile any more; the primary is put back", takeover_->link);
  takeover_->phase = Phase::Giving;
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
    resuming_ = takeover_->phase != Phase::Taken;
    co_return Status{};
  }
  if (!takeover_) {
    auto made = backup_.make(connection_type(primary_));
    co_return made;
  }
  if (resuming_) {
    spdlog::info("RED: going on with {} in its place", takeover_->link);
    auto ended = co_await end_primary();
    co_return ended;
  }
  if (takeover_->boot != boot_id() && !takeover_->settings) {
    // IPFire has brought RED up by itself, and with it everything of ours went.
    warn(routes_.yield_default(false));
    note_primary();
    auto cleared = journal_.clear();
    takeover_.reset();
    co_return cleared;
  }
  spdlog::info("RED: an earlier run was giving it back; going on with that");
  // Up as the backup since the boot, or half up as the primary: both would be in the way.
  if (takeover_->settings) warn(co_await stop_red(loop_, options_.paths));
  warn(co_await end_primary());
  auto given = co_await give_back();
  if (given) note_primary();
  co_return given;
}

// ---------------------------------------------------------------- the backup takes RED over

Task<Status> IpfireHost::stop_services(HostStep step) {
  refusal_.reset();
  resuming_ = false;
  if (!takeover_) {
    // The settings may be others than at the last look.
    auto primary = primary_of(options_.paths);
    if (primary) {
      primary_ = std::move(*primary);
    } else {
      spdlog::warn("RED: {}", primary.error().text());
    }
    before_ = read_red_state(options_.paths).value_or(before_);
    if (auto kept = backup_.make(connection_type(primary_)); !kept) {
      refusal_ = kept.error();
      co_return kept;
    }
    at("backup-made");
    takeover_ = JournalEntry{.full = options_.full, .boot = boot_id()};
  }
  takeover_->link = step.to->name;
  if (auto written = write_journal(Phase::Taking); !written) {
    refusal_ = written.error();
    co_return written;
  }
  at("taking");
  const bool first = !red_.ours();
  if (first) {
    auto ended = co_await end_primary();
    if (!ended) {
      refusal_ = ended.error();
      co_return ended;
    }
    red_.take(primary_, keeps_addresses());
  }
  co_return Status{};
}

// connectd first: it would restart RED, or run `network stop red` on what is RED by then.
Task<Status> IpfireHost::end_primary() {
  const std::string device = primary_.device;
  auto connectd = co_await end_actors(loop_, ActorKind::Connectd, device, soon);
  if (!connectd) co_return failed(connectd.error());
  if (auto gone = remove_file(options_.paths.red() + "/keepconnected"); !gone) co_return gone;
  at("connectd-ended");
  const bool by_script = takeover_->full || primary_.type == PrimaryType::Qmi;
  if (by_script && takeover_->phase == Phase::Taking && !takeover_->settings) {
    auto stopped = co_await stop_red(loop_, options_.paths);
    if (!stopped) co_return stopped;
  }
  if (primary_.by_pppd()) {
    auto ended = co_await end_actors(loop_, ActorKind::Pppd, device, with_goodbye);
    if (!ended) co_return failed(ended.error());
  } else if (primary_.type != PrimaryType::Static) {
    auto ended = co_await end_actors(loop_, ActorKind::Dhcpcd, device, without_scripts);
    if (!ended) co_return failed(ended.error());
    if (!by_script) warn(routes_.hold_addresses(device));
  }
  at("primary-ended");
  co_return Status{};
}

Task<Status> IpfireHost::activate(HostStep step) {
  if (step.to_primary) {
    if (!takeover_) co_return Status{};  // it is IPFire's already
    auto given = co_await give_back();
    co_return given;
  }
  if (!takeover_) warn(co_await stop_services(step));
  if (refusal_) co_return failed(*refusal_);
  auto placed = co_await put_backup_in_place(*step.to);
  if (!placed || step.from) co_return placed;
  // Outside the sequences: nothing follows this step.
  auto told = co_await tell_ipfire();
  start_guard();
  co_return told;
}

Result<RedState> IpfireHost::red_of(const std::string& link) const {
  const auto booked = links_.find(link);
  if (!booked || !booked->config.v4) {
    return failed(FailureClass::Transient, link,
                  "has no IPv4 address, and RED cannot be without one");
  }
  const IpFamilyConfig& v4 = *booked->config.v4;
  return RedState{.iface = booked->netdev,
                  .local = v4.address.address,
                  .remote = v4.gateway ? *v4.gateway : neighbour_of(v4.address),
                  .dns = v4.dns};
}

Task<Status> IpfireHost::put_backup_in_place(PlumbingSlot to) {
  auto red = red_of(to.name);
  if (!red) co_return failed(red.error());
  ours_ = std::move(*red);
  if (takeover_->full) {
    if (auto swapped = swap_settings(); !swapped) co_return swapped;
    at("settings-swapped");
  }
  warn(co_await bridge_nat(loop_, ours_->iface, true));
  auto moved = links_.make_default(to);
  at("route-moved");
  co_return moved;
}

// The backup as a RED of fixed addresses, whatever its own driver had them from: its device stays
// ours.
Status IpfireHost::swap_settings() {
  const auto booked = links_.find(takeover_->link);
  auto settings = read_settings(backup_.folder() + "/ethernet-settings");
  if (!settings) return failed(settings.error());
  const IpPrefix& address = booked->config.v4->address;
  for (const auto& [key, value] : {std::pair<const char*, std::string>{"RED_TYPE", "STATIC"},
                                   {"RED_DEV", ours_->iface},
                                   {"RED_ADDRESS", address.address.text()},
                                   {"RED_NETMASK", mask_of(address)},
                                   {"RED_NETADDRESS", network_of(address)},
                                   {"DEFAULT_GATEWAY", ours_->remote.text()}}) {
    if (auto set = settings->set(key, value); !set) return set;
  }
  takeover_->settings = true;
  if (auto written = write_journal(takeover_->phase); !written) return written;
  return put_text(options_.paths.ethernet_settings(), settings->text(), Durable::Yes);
}

Task<Status> IpfireHost::update_state(HostStep step) {
  auto told = co_await tell_ipfire();
  left(step);
  co_return told;
}

// RED's files and NAT; then, beside everything else, the services.
Task<Status> IpfireHost::tell_ipfire() {
  Status status;
  if (takeover_->full) {
    bool ended = false;
    Notification changed;
    const ForgottenAfter forgotten(red_start_);
    status = red_start_.begin(loop_, options_.paths, [&](int) {
      ended = true;
      changed.notify();
    });
    const Cancel never;
    const Instant limit = Loop::now() + 75s;
    while (status && !ended && Loop::now() < limit) {
      co_await changed.wait(loop_, never, limit - Loop::now());
    }
  }
  // After the script, which leaves the DNS files alone, and has written the others if it could.
  const bool by_script = takeover_->full && red_state_is(options_.paths, *ours_);
  if (auto written = write_red_state(options_.paths, *ours_); !written) status = written;
  at("files-written");
  if (!by_script) {
    auto loaded = co_await load_firewall(loop_, options_.paths);
    if (!loaded) status = loaded;
  }
  at("firewall-loaded");
  routes_.keep_default();
  warn(co_await bridge_nat(loop_, ours_->iface, false));
  warn(routes_.forget_untranslated());
  if (auto written = write_journal(Phase::Taken); !written) status = written;
  at("taken");
  note_backup(takeover_->link);
  run_services(false, takeover_->full);
  co_return status;
}

// ---------------------------------------------------------------- the primary gets it back

Task<Status> IpfireHost::give_back() {
  resuming_ = false;
  if (guard_ != nullptr) guard_->stop();
  actors_job_.reset();
  firewall_job_.reset();
  const std::string link = takeover_->link;
  if (auto written = write_journal(Phase::Giving); !written) co_return written;
  at("giving");
  if (takeover_->settings) {
    if (auto restored = backup_.restore_ethernet_settings(); !restored) co_return restored;
    takeover_->settings = false;
    if (auto written = write_journal(Phase::Giving); !written) co_return written;
    at("settings-restored");
  }
  Status status;
  const bool in_place = !takeover_->full && primary_.type == PrimaryType::Static &&
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
  if (ours_) warn(co_await bridge_nat(loop_, ours_->iface, false));
  warn(routes_.forget_untranslated());
  takeover_.reset();
  if (auto cleared = journal_.clear(); !cleared) co_return cleared;
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
  warn(co_await bridge_nat(loop_, device, true));
  if (auto yielded = routes_.yield_default(true); !yielded) co_return yielded;
  at("route-yielded");
  auto loaded = co_await load_firewall(loop_, options_.paths);
  at("firewall-restored");
  warn(co_await bridge_nat(loop_, device, false));
  co_return loaded;
}

// By IPFire's own script. The backup carries the traffic until RED is active again.
Task<Status> IpfireHost::start_primary() {
  co_await red_.give_back(false);
  at("test-ended");
  if (const auto booked = links_.find(red_link_name)) warn(links_.withdraw(booked->slot));
  routes_.disown(primary_.device);
  // dhcpcd makes its route beside ours; the others do so only where there is none of that metric.
  if (primary_.type != PrimaryType::Dhcp) warn(routes_.step_back());
  if (auto gone = remove_file(options_.paths.red() + "/active"); !gone) co_return gone;
  warn(backup_.restore_dns());  // with fixed addresses, IPFire's script leaves them alone
  // Its route comes before its rules. The first session that is dialled gets that name.
  const std::string expected = primary_.by_pppd() ? "ppp0" : primary_.device;
  warn(co_await bridge_nat(loop_, expected, true));
  at("files-restored");
  const bool up = co_await red_comes_up();
  if (!up) warn(co_await bridge_nat(loop_, expected, false));
  if (!up) {
    co_return failed(FailureClass::Transient, "RED",
                     "IPFire's `networking/red start` did not bring it up");
  }
  auto yielded = routes_.yield_default(false);
  at("route-yielded");
  // Its rules for RED come with the last of what it runs.
  co_await script_ends();
  at("firewall-restored");
  warn(co_await bridge_nat(loop_, expected, false));
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
    warn(failed(watch.error()));
    co_return false;
  }
  const ForgottenAfter forgotten(red_start_);
  const auto begun = red_start_.begin(loop_, options_.paths, [&](int exit_code) {
    // Without a lease it ends well, and dhcpcd goes on asking.
    over = over || exit_code != 0;
    changed.notify();
  });
  if (!begun) {
    warn(begun);
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
  warn(write_journal(Phase::Taking));
  warn(co_await end_primary());
  red_.take(primary_, keeps_addresses());
  const auto booked = links_.find(link);
  if (!booked) co_return;
  warn(co_await put_backup_in_place(booked->slot));
  if (ours_) warn(co_await tell_ipfire());
}

// ---------------------------------------------------------------- what happens in between

// The link in RED's place has other addresses, or has come up again after this daemon was killed.
void IpfireHost::backup_changed(const BookedLink& link) {
  if (ending_ || !takeover_ || link.slot.name != takeover_->link ||
      takeover_->phase == Phase::Giving)
    return;
  const auto red = red_of(link.slot.name);
  if (!red || (!resuming_ && (!ours_ || *red == *ours_))) return;
  resume_soon_ = loop_.soon([this] {
    if (!job_.running()) job_.start(resume());
  });
}

Task<void> IpfireHost::resume() {
  resuming_ = false;
  const auto booked = links_.find(takeover_->link);
  if (!booked) co_return;
  const auto placed = co_await put_backup_in_place(booked->slot);
  warn(placed);
  if (!placed) co_return;
  warn(co_await tell_ipfire());
  start_guard();
}

Task<void> IpfireHost::end() {
  ending_ = true;
  resume_soon_.reset();
  job_.reset();
  if (guard_ != nullptr) guard_->stop();
  if (takeover_) warn(co_await give_back());
  note_primary();
}

void IpfireHost::start_guard() {
  if (guard_ == nullptr || !takeover_ || !ours_) return;
  Repairs repairs{.files =
                      [this] {
                        if (ours_) warn(write_red_state(options_.paths, *ours_));
                      },
                  .route = [this] { routes_.keep_default(); },
                  .firewall =
                      [this] {
                        if (firewall_job_.running()) return;
                        firewall_job_.start([](Loop& loop, Paths paths) -> Task<void> {
                          warn(co_await load_firewall(loop, paths));
                        }(loop_, options_.paths));
                      },
                  .actors =
                      [this] {
                        if (actors_job_.running()) return;
                        actors_job_.start([](IpfireHost& host) -> Task<void> {
                          warn(co_await host.end_primary());
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
  if (options_.flush_left_flows) warn(links_.flush_flows(*step.from));
}

void IpfireHost::note_backup(const std::string& link) {
  warn(state_.put(state_file::current_profile, link + "\n"));
  warn(state_.put(state_file::failover_time, std::to_string(options_.wall_clock()) + "\n"));
}

void IpfireHost::note_primary() {
  ours_.reset();
  warn(state_.remove(state_file::current_profile));
  warn(state_.remove(state_file::failover_time));
}

}  // namespace mwan::failover::ipfire
