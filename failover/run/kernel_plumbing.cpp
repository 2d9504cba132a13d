// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/run/kernel_plumbing.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "hal/process/boot_id.hpp"
#include "netlink/conntrack.hpp"
#include "netlink/tcp_nudge.hpp"

namespace mwan::failover {
namespace {

constexpr const char* found_state_file = "found-state.json";

LinkId table_link(const PlumbingSlot& slot) { return LinkId{slot.number}; }

}  // namespace

KernelPlumbing::KernelPlumbing(Loop& loop, netlink::Netlink& netlink, StateStore& store,
                               const DaemonSettings& settings, std::unique_ptr<netlink::Nat> nat,
                               Duration reset_time)
    : loop_(loop),
      store_(store),
      tables_(netlink,
              netlink::LinkTablesConfig{
                  .table_base = settings.table_base,
                  .rule_priority = settings.rule_priority,
                  .metric = settings.route_metric,
                  .fallbacks = settings.fallback_routes,
                  .before_change = [this](const netlink::FoundState& f) { keep_found(f); }}),
      nat_(std::move(nat)),
      first_zone_(settings.table_base),
      reset_time_(reset_time) {}

void KernelPlumbing::keep_found(const netlink::FoundState& found) {
  netlink::FoundState noted = found;
  noted.boot = boot_id();
  if (const auto status = store_.put(found_state_file, noted.to_json()); !status) {
    spdlog::error("what was found cannot be kept, a crash now would leave the system changed: {}",
                  status.error().text());
  }
}

Status KernelPlumbing::begin() {
  if (std::exchange(begun_, true)) return {};
  const auto text = store_.get(found_state_file);
  if (!text) return failed(text.error());
  if (!*text) return {};
  auto found = netlink::FoundState::parse(**text);
  if (!found) return failed(found.error());
  if (!found->boot.empty() && found->boot != boot_id()) {
    // Nothing of ours is there any more, and what is there is its owner's.
    spdlog::info("the system was started anew since the last run; nothing of it has to be undone");
    return store_.remove(found_state_file);
  }
  spdlog::info("the last run was ended by force; what it had found will be given back at the end");
  tables_.adopt(std::move(*found));
  return {};
}

Status KernelPlumbing::apply(const PlumbingSlot& slot, const std::string& netdev,
                             const IpConfig& config) {
  const auto before = wired_.find(slot.number);
  if (before != wired_.end() && before->second.config != config) {
    // The flows of addresses that are going can never be answered again.
    if (const auto status = flush_flows(slot); !status) {
      spdlog::warn("{}: {}", slot.name, status.error().text());
    }
  }
  if (auto status = tables_.apply(table_link(slot), netdev, config); !status) return status;
  wired_[slot.number] = Wired{netdev, config};
  return refresh_nat();
}

Status KernelPlumbing::withdraw(const PlumbingSlot& slot) {
  const auto status = tables_.withdraw(table_link(slot));
  wired_.erase(slot.number);
  const auto nat = refresh_nat();
  return status ? nat : status;
}

Status KernelPlumbing::refresh_nat() {
  if (!nat_) return {};
  std::vector<netlink::NatLink> links;
  links.reserve(wired_.size());
  for (const auto& [number, wired] : wired_) {
    links.push_back(
        {.netdev = wired.netdev, .zone = static_cast<std::uint16_t>(first_zone_ + number)});
  }
  if (links == translated_) return {};
  auto status = nat_->apply(links);
  if (!status) return status;
  translated_ = std::move(links);
  if (translated_.empty()) resets_end_.reset();  // they are gone with the others
  return {};
}

Status KernelPlumbing::make_default(const PlumbingSlot& slot) {
  return tables_.make_default(table_link(slot));
}

Status KernelPlumbing::route_family(IpFamily family, const PlumbingSlot* by) {
  return tables_.route_family(family,
                              by == nullptr ? std::nullopt : std::optional(table_link(*by)));
}

Status KernelPlumbing::flush_flows(const PlumbingSlot& slot) {
  // Flows in the link's own zone are out of the others' way already; what is still on its way back
  // finds them there.
  if (nat_) return {};
  const auto wired = wired_.find(slot.number);
  if (wired == wired_.end()) return {};  // withdrawn: the kernel dropped them with the address
  Status status;
  for (const auto& family : {wired->second.config.v4, wired->second.config.v6}) {
    if (!family) continue;
    const auto count = netlink::delete_flows_of(family->address.address);
    if (!count) {
      status = failed(count.error());
    } else if (*count > 0) {
      spdlog::info("{}: {} flows will take the new way", slot.name, *count);
    }
  }
  return status;
}

void KernelPlumbing::keep_default() {
  const auto missing = tables_.keep_default();
  if (!missing) {
    spdlog::warn("{}", missing.error().text());
  } else if (*missing) {
    spdlog::warn("somebody else removed or replaced the default route; it is put back");
  }
}

// Hosts that send are answered by the rule. Those that only wait are made to say something first.
Status KernelPlumbing::reset_flows(const PlumbingSlot& left, const PlumbingSlot& now) {
  // More would keep the loop from its work; they notice by themselves when they send.
  constexpr std::size_t most = 1024;
  const auto taker = wired_.find(now.number);
  if (!nat_ || taker == wired_.end()) return {};
  if (auto status = nat_->reset_strangers(taker->second.netdev, reset_time_); !status) {
    return status;
  }
  resets_end_ = loop_.after(reset_time_, [this] {
    resets_end_.reset();
    if (const auto status = nat_->stop_resets(); !status) {
      spdlog::warn("rules that reset nobody any more stay: {}", status.error().text());
    }
  });
  const auto flows =
      netlink::take_translated_tcp(static_cast<std::uint16_t>(first_zone_ + left.number), most);
  if (!flows) return failed(flows.error());
  if (flows->empty()) return {};
  const auto nudged = netlink::nudge(*flows);
  if (!nudged) return failed(nudged.error());
  spdlog::info("{}: {} TCP connections of the LAN are reset, to begin again on {}", left.name,
               flows->size(), now.name);
  return {};
}

Status KernelPlumbing::restore() {
  auto tables = tables_.restore();
  wired_.clear();
  translated_.clear();
  resets_end_.reset();
  Status nat = nat_ ? nat_->remove() : Status{};
  if (!tables) return tables;
  if (auto removed = store_.remove(found_state_file); !removed) return removed;
  return nat;
}

}  // namespace mwan::failover
