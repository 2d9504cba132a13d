// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/driver/modem_state.hpp"

#include <algorithm>
#include <utility>

namespace mwan::modem {

void ModemState::device(bool present, const std::string& netdev) {
  const fact::Device now{.present = present, .netdev = present ? netdev : std::string()};
  if (told_device_ == now) return;
  told_device_ = now;
  tell_(now);
}

void ModemState::apply(const Registration& report) {
  if (registration_ != report) {
    registration_ = report;
    tell_(registration_);
  }
  settle_packet_service();
}

void ModemState::apply(const PacketService& report) {
  said_packet_service_ = report;
  settle_packet_service();
}

void ModemState::settle_packet_service() {
  if (!trust_packet_service_) return;
  PacketService now;
  if (registration_.registered()) {
    now.state = said_packet_service_.state;
    if (now.state == PacketServiceState::Attached) {
      const bool named = said_packet_service_.rat != Rat::Unknown;
      now.rat = named ? said_packet_service_.rat : registration_.rat;
    }
  } else if (registration_.state != RegistrationState::Unknown) {
    now.state = PacketServiceState::Detached;
  }
  if (now == packet_service_) return;
  packet_service_ = now;
  tell_(now);
}

void ModemState::apply(const SignalSample& report) {
  std::erase_if(samples_, [&](const SignalSample& known) { return known.rat == report.rat; });
  if (!report.empty()) samples_.push_back(report);
  tell_(report);
}

void ModemState::apply(const CellReport& report) { tell_(report); }

std::optional<SignalSample> ModemState::signal() const {
  for (const Rat rat : {Rat::Lte, Rat::NrSa, Rat::NrNsa, Rat::Umts, Rat::Gsm, Rat::Unknown}) {
    const auto found = std::ranges::find(samples_, rat, &SignalSample::rat);
    if (found != samples_.end()) return *found;
  }
  return std::nullopt;
}

void ModemState::bearer(IpFamily family, BearerState state, std::optional<Error> why) {
  const Bearer now{.family = family, .state = state, .end_reason = std::move(why)};
  Bearer& known = bearers_[index(family)];
  if (known == now) return;
  known = now;
  tell_(now);
}

void ModemState::addressing(IpFamily family, const IpConfig& config, const std::string& why_lost) {
  configs_[index(family)] = config;
  settle_addressing(why_lost);
}

void ModemState::settle_addressing(const std::string& why_lost) {
  IpConfig now{.v4 = configs_[0].v4, .v6 = configs_[1].v6, .mtu = configs_[0].mtu};
  // Both families share the device: the smaller MTU holds for both.
  if (const auto& other = configs_[1].mtu; other && (!now.mtu || *other < *now.mtu))
    now.mtu = other;
  if (!now.v4 && !now.v6) {
    if (!std::exchange(told_addressing_, std::nullopt)) return;
    tell_(fact::AddressingLost{why_lost});
    return;
  }
  if (told_addressing_ == now) return;
  told_addressing_ = now;
  tell_(fact::Addressing{now});
}

void ModemState::lost(const Error& why, bool device_gone) {
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    if (bearer(family) != BearerState::Disconnected) {
      bearer(family, BearerState::Disconnected, why);
    }
  }
  configs_ = {};
  settle_addressing(why.message);
  said_packet_service_ = {};
  apply(Registration());
  for (const SignalSample& sample : std::exchange(samples_, {})) {
    tell_(SignalSample{.rat = sample.rat});
  }
  if (device_gone) device(false, {});
}

}  // namespace mwan::modem
