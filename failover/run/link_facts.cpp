// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/run/link_facts.hpp"

#include <type_traits>
#include <utility>

namespace mwan::failover {

void LinkFacts::remember(const Fact& fact) {
  std::visit(
      [this](const auto& f) {
        using F = std::decay_t<decltype(f)>;
        if constexpr (std::is_same_v<F, fact::Device>) {
          if (!f.present) *this = LinkFacts{};
          device_ = f;
        } else if constexpr (std::is_same_v<F, fact::Carrier>) {
          carrier_ = f;
        } else if constexpr (std::is_same_v<F, SignalSample>) {
          signal_[f.rat] = f;
        } else if constexpr (std::is_same_v<F, CellReport>) {
          cells_ = f;
        } else if constexpr (std::is_same_v<F, Registration>) {
          registration_ = f;
        } else if constexpr (std::is_same_v<F, PacketService>) {
          packet_service_ = f;
        } else if constexpr (std::is_same_v<F, Bearer>) {
          bearers_.at(f.family == IpFamily::V4 ? 0 : 1) = f;
        } else if constexpr (std::is_same_v<F, fact::Addressing>) {
          addressing_ = f;
        } else if constexpr (std::is_same_v<F, fact::AddressingLost>) {
          addressing_.reset();
        } else if constexpr (std::is_same_v<F, fact::Gateway>) {
          gateways_.at(f.address.family() == IpFamily::V4 ? 0 : 1) = f;
        } else if constexpr (std::is_same_v<F, fact::Errors>) {
          errors_ = f;
        } else if constexpr (std::is_same_v<F, fact::Speed>) {
          speed_ = f;
        } else {
          static_assert(std::is_same_v<F, fact::Probe> || std::is_same_v<F, fact::Portal> ||
                        std::is_same_v<F, fact::ProbeBudget> || std::is_same_v<F, fact::Trouble> ||
                        std::is_same_v<F, fact::Traffic>);
        }
      },
      fact);
}

std::vector<Fact> LinkFacts::all() const {
  std::vector<Fact> out;
  const auto add = [&out](const auto& known) {
    if (known) out.emplace_back(*known);
  };
  add(device_);
  add(carrier_);
  add(registration_);
  add(packet_service_);
  for (const auto& bearer : bearers_) add(bearer);
  for (const auto& [rat, sample] : signal_) out.emplace_back(sample);
  add(cells_);
  add(addressing_);
  for (const auto& gateway : gateways_) add(gateway);
  add(errors_);
  add(speed_);
  return out;
}

}  // namespace mwan::failover
