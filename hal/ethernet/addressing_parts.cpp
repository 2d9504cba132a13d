// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ethernet/addressing_parts.hpp"

#include <algorithm>
#include <utility>

namespace mwan {

void AddressingParts::set(IpFamily family, std::optional<IpConfig> leased) {
  if (family == IpFamily::V4) {
    had_v4_ = had_v4_ || leased.has_value();
    v4_ = std::move(leased);
  } else {
    v6_ = std::move(leased);
  }
}

void AddressingParts::drop_leases() {
  v4_.reset();
  v6_.reset();
  ipv4_late_ = false;
}

void AddressingParts::clear() {
  drop_leases();
  had_v4_ = false;
}

IpConfig AddressingParts::all() const {
  IpConfig out = given_;
  if (!out.v4 && v4_) out.v4 = v4_->v4;
  if (!out.v6 && v6_) out.v6 = v6_->v6;
  if (given_.mtu) return out;
  for (const auto& leased : {v4_, v6_}) {
    // The device has one for both.
    if (leased && leased->mtu) out.mtu = std::min(out.mtu.value_or(*leased->mtu), *leased->mtu);
  }
  return out;
}

bool AddressingParts::waits_for_ipv4() const {
  return !apart_ && asked_v4_ && !v4_ && !had_v4_ && !ipv4_late_;
}

std::optional<IpConfig> AddressingParts::whole() const {
  IpConfig out = all();
  if (!out.v4 && !out.v6) return std::nullopt;
  if (apart_ || out.v4 || !asked_v4_) return out;
  if (had_v4_ || !ipv4_late_) return std::nullopt;
  return out;
}

}  // namespace mwan
