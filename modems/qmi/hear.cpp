// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/hear.hpp"

#include <utility>

#include <fmt/format.h>

#include "modems/qmi/causes.hpp"
#include "modems/qmi/decode_sim.hpp"
#include "modems/qmi/decode_status.hpp"
#include "modems/qmi/requests.hpp"

namespace mwan::qmi {

void Hearing::hear(const Indication& indication, const Tell& tell) {
  const TlvView view = indication.view();
  switch (indication.service) {
    case Service::Nas:
      nas(indication, tell);
      break;
    case Service::Wds:
      wds(indication, tell);
      break;
    case Service::Dsd:
      if (indication.message != msg::kDsdSystemStatusIndication) break;
      if (const auto status = decode_system_status(view)) {
        view_.apply(*status);
        tell_network(tell);
      }
      break;
    case Service::Uim:
      if (indication.message != msg::kUimCardStatusIndication) break;
      if (const auto sim = decode_card_status(view)) tell(*sim);
      break;
    case Service::Dms:
      if (indication.message != msg::kDmsSetEventReport) break;
      if (const auto mode = decode_mode_report(view)) {
        tell(*mode == kModeOnline ? RadioPower::On : RadioPower::Off);
      }
      break;
    default:
      break;
  }
  // Where one source begins to deny what the other says, ask.
  const bool disputed = view_.packet_service_disputed();
  if (disputed && !std::exchange(disputed_, disputed)) tell(report::Doubt());
  disputed_ = disputed;
}

void Hearing::tell_network(const Tell& tell) {
  tell(view_.registration());
  tell(view_.packet_service());
}

void Hearing::nas(const Indication& indication, const Tell& tell) {
  const TlvView view = indication.view();
  const auto signal = [&](const SignalInfo& info) {
    for (const SignalSample& sample : view_.apply(info)) tell(sample);
  };
  switch (indication.message) {
    case msg::kNasServingSystem:
      if (const auto r = decode_serving_system(view, Kind::Indication)) {
        view_.apply(*r);
        tell_network(tell);
      }
      break;
    case msg::kNasSystemInfoIndication:
      if (const auto r = decode_system_info(view, Kind::Indication)) {
        view_.apply(*r);
        tell_network(tell);
      }
      break;
    case msg::kNasNetworkRejectIndication:
      if (const auto r = decode_network_reject(view)) {
        view_.apply(*r);
        tell_network(tell);
      }
      break;
    case msg::kNasSignalInfoIndication:
      if (const auto r = decode_signal_info(view)) signal(*r);
      break;
    case msg::kNasSetEventReport:
      if (const auto r = decode_event_report(view)) signal(*r);
      break;
    default:
      break;
  }
}

void Hearing::wds(const Indication& indication, const Tell& tell) const {
  std::optional<IpFamily> family;
  if (indication.slot) {
    family = *indication.slot == Slot::WdsV6 ? IpFamily::V6 : IpFamily::V4;
  }
  if (indication.message == msg::kWdsExtendedIpConfigIndication) {
    tell(report::AddressingChanged{family});
    return;
  }
  if (indication.message == msg::kWdsSetEventReport) {
    if (decode_call_terminated(indication.view())) tell(report::Doubt());
    return;
  }
  if (indication.message != msg::kWdsPacketServiceStatus) return;
  const auto status = decode_packet_service_status(indication.view());
  if (!status) return;
  // Some firmware tells every client about every family.
  if (status->family) family = status->family;
  if (status->reconfigure) tell(report::AddressingChanged{family});
  if (status->connection != Connection::Disconnected) return;
  const Explanation why = explain(status->end);
  for (const IpFamily one : {IpFamily::V4, IpFamily::V6}) {
    if (family && *family != one) continue;
    const Error error{why.failure, where_(fmt::format("bearer {}", family_name(one))),
                      fmt::format("disconnected: {}", why.text)};
    tell(report::BearerEnded{one, error});
  }
}

}  // namespace mwan::qmi
