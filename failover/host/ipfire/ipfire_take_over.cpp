// SPDX-License-Identifier: LGPL-2.1-or-later
// IpfireHost: a backup takes RED over.
#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "failover/host/ipfire/files.hpp"
#include "failover/host/ipfire/ipfire_host.hpp"
#include "failover/host/ipfire/ipfire_host_parts.hpp"
#include "failover/host/ipfire/red_state.hpp"
#include "hal/process/boot_id.hpp"

namespace mwan::failover::ipfire {
namespace {

using namespace std::chrono_literals;

// pppd says goodbye to its peer at once, and waits seconds for an answer that a dead line does not
// give. Once there was one, its script takes RED down.
constexpr EndingPolicy with_goodbye{.grace = 300ms, .scripts = 10s};
// Nobody would hear it.
constexpr EndingPolicy without_goodbye{.at_once = true, .scripts = 10s};
// What dhcpcd's script does when it is told to end is `red.down`, in the middle of the takeover.
constexpr EndingPolicy without_scripts{.at_once = true};
// It takes a tenth of a second otherwise, and what red.down starts may take some more; that was
// started already where the carrier went.
constexpr Duration dhcpcd_patience = 3s;
constexpr Duration patience_without_carrier = 300ms;

// On a device that needs none, any address of the link does.
IpAddress neighbour_of(const IpPrefix& address) {
  std::array<std::uint8_t, 4> bytes{};
  std::ranges::copy(address.address.bytes(), bytes.begin());
  bytes[3] ^= address.length >= 31 ? 1U : (bytes[3] & 3U) == 1U || (bytes[3] & 3U) == 2U ? 3U : 1U;
  return *IpAddress::from_bytes(bytes);
}

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
  if (red_.ours() && !reclaim_) co_return Status{};
  auto ended = co_await reclaim();
  if (!ended) refusal_ = ended.error();
  co_return ended;
}

// Whatever of the primary's runs ends, and it is tested from here on.
Task<Status> IpfireHost::reclaim() {
  auto ended = co_await end_primary();
  if (!ended) co_return ended;
  reclaim_ = false;
  // The test of before may be of another primary, or have lost its device.
  const bool again = red_.ours();
  if (again) co_await red_.give_back(false);
  red_.take(primary_, !again && keeps_addresses());
  co_return ended;
}

// connectd first: it would restart RED, or run `network stop red` on what is RED by then.
Task<Status> IpfireHost::end_primary() {
  const std::string device = primary_.device;
  auto connectd = co_await end_actors(loop_, ActorKind::Connectd, device, soon);
  if (!connectd) co_return failed(connectd.error());
  if (auto gone = remove_file(options_.paths.red() + "/keepconnected"); !gone) co_return gone;
  at("connectd-ended");
  // Before the script, which waits for a goodbye that a dead line does not answer.
  if (primary_.by_pppd()) {
    const bool heard = routes_.has_carrier(device);
    auto ended =
        co_await end_actors(loop_, ActorKind::Pppd, device, heard ? with_goodbye : without_goodbye);
    if (!ended) co_return failed(ended.error());
  }
  const bool by_script = takeover_->full || primary_.type == PrimaryType::Qmi;
  if (by_script && takeover_->phase == Phase::Taking && !takeover_->settings) {
    auto stopped = co_await stop_primary();
    if (!stopped) co_return stopped;
  }
  if (primary_.by_dhcpcd()) {
    auto ended = co_await end_actors(loop_, ActorKind::Dhcpcd, device, without_scripts);
    if (!ended) co_return failed(ended.error());
    if (!by_script) warn_of(routes_.hold_addresses(device));
  }
  at("primary-ended");
  co_return Status{};
}

// By IPFire's own script, which asks dhcpcd to end and waits for that. One that has just lost its
// carrier may not hear it (dhcpcd 9.4), and the LAN would wait for the script's own limits.
Task<Status> IpfireHost::stop_primary() {
  std::optional<Status> stopped;
  Notification changed;
  Job script;
  script.start([](Loop& loop, Paths paths, std::optional<Status>& stopped,
                  Notification& changed) -> Task<void> {
    stopped = co_await stop_red(loop, std::move(paths));
    changed.notify();
  }(loop_, options_.paths, stopped, changed));
  const Cancel never;
  const bool carrier = routes_.has_carrier(primary_.device);
  const Instant limit = Loop::now() + (carrier ? dhcpcd_patience : patience_without_carrier);
  while (!stopped && Loop::now() < limit) {
    co_await changed.wait(loop_, never, limit - Loop::now());
  }
  if (!stopped && primary_.by_dhcpcd()) {
    spdlog::warn("RED: `networking/red stop` waits for a dhcpcd that does not end; it is killed");
    auto ended = co_await end_actors(loop_, ActorKind::Dhcpcd, primary_.device, without_scripts);
    if (!ended) warn_of(failed(ended.error()));
    // `dhcpcd -k` waits until the file is gone that a killed one leaves.
    for (const char* suffix : {"-4.pid", ".pid"}) {
      warn_of(remove_file(options_.paths.run() + "/dhcpcd/" + primary_.device + suffix));
    }
  }
  while (!stopped) co_await changed.wait(loop_, never, dhcpcd_patience);
  co_return *stopped;
}

Task<Status> IpfireHost::activate(HostStep step) {
  if (step.to_primary) {
    if (!takeover_) co_return Status{};  // it is IPFire's already
    auto given = co_await give_back();
    co_return given;
  }
  if (!takeover_) warn_of(co_await stop_services(step));
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
  warn_of(co_await bridge_nat(loop_, ours_->iface, true));
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
  if (auto kept = state_.put(backup_settings, settings->text()); !kept) return kept;
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
    // The script leaves these alone, and one of its hooks reads them.
    warn_of(write_name_servers(options_.paths, *ours_));
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
  warn_of(co_await bridge_nat(loop_, ours_->iface, false));
  warn_of(routes_.forget_untranslated());
  if (auto written = write_journal(Phase::Taken); !written) status = written;
  at("taken");
  note_backup(takeover_->link);
  run_services(false, takeover_->full);
  co_return status;
}

}  // namespace mwan::failover::ipfire
