// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/state.hpp"

#include <algorithm>
#include <utility>

namespace mwan::qmi {

void ModemState::device(bool present, const std::string& netdev) {
  const fact::Device now{.present = present, .netdev = present ? netdev : std::string()};
  if (told_device_ == now) return;
  told_device_ = now;
  tell_(now);
}

void ModemState::apply(const ServingSystem& report) {
  registration_.apply(report);
  serving_system_ = report.packet_service;
  settle_registration();
}

void ModemState::apply(const SystemInfo& report) {
  registration_.apply(report);
  settle_registration();
}

void ModemState::apply(const NetworkReject& report) {
  registration_.apply(report);
  settle_registration();
}

void ModemState::apply(const PacketService& data_system) {
  data_system_ = data_system;
  settle_packet_service();
}

void ModemState::apply(const SignalInfo& report) {
  const bool nr_with_lte = report.lte.has_value() || registration_.known().rat == Rat::Lte;
  for (const SignalSample& sample : signal_.apply(report, nr_with_lte)) tell_(sample);
}

void ModemState::apply(const CellReport& report) { tell_(report); }

void ModemState::settle_registration() {
  if (told_registration_ != registration_.known()) {
    told_registration_ = registration_.known();
    tell_(told_registration_);
  }
  settle_packet_service();
}

bool ModemState::packet_service_disputed() const {
  return use_packet_service_ && data_system_ && serving_system_ != PacketServiceState::Unknown &&
         data_system_->state != serving_system_;
}

void ModemState::settle_packet_service() {
  if (!use_packet_service_) return;
  PacketService now;
  const Registration& registration = registration_.known();
  if (registration.registered()) {
    now.state = data_system_ ? data_system_->state : serving_system_;
    if (now.state == PacketServiceState::Attached) {
      const bool named = data_system_ && data_system_->rat != Rat::Unknown;
      now.rat = named ? data_system_->rat : registration.rat;
    }
  } else if (registration.state != RegistrationState::Unknown) {
    now.state = PacketServiceState::Detached;
  }
  if (now == packet_service_) return;
  packet_service_ = now;
  tell_(now);
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
  registration_ = RegistrationCache();
  serving_system_ = PacketServiceState::Unknown;
  data_system_.reset();
  settle_registration();
  for (const SignalSample& sample : signal_.clear()) tell_(sample);
  if (device_gone) device(false, {});
}

}  // namespace mwan::qmi
