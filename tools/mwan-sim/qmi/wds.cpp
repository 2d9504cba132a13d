// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/wds.hpp"

#include <utility>

#include "tools/mwan-sim/qmi/wds_values.hpp"

namespace mwan::sim::qmi {
namespace {

constexpr std::uint16_t kWdsEventReport = 0x0001;
constexpr std::uint16_t kStatusIndication = 0x0022;
constexpr std::uint16_t kIpConfigIndication = 0x008C;
constexpr Bearers::Handle kEveryHandle = 0xFFFFFFFF;

}  // namespace

Wds::Wds(ServiceHost& host) : Service(host, ServiceId::Wds, 1, 67) {
  answer_supported_messages();
  answer(0x0000, [this](const Request& request) {
    clients_.reset(request.route.client);
    return Reply{};
  });
  answer(kWdsEventReport, [this](const Request& request) { return set_event_report(request); });
  answer(0x0002, [this](const Request& request) { return abort(request); });
  answer(0x0003, [this](const Request& request) { return indication_register(request); });
  answer(0x0020, [this](const Request& request) { return start_network(request); });
  answer(0x0021, [this](const Request& request) { return stop_network(request); });
  answer(0x0022, [this](const Request& request) { return status(request); });
  answer(0x0024, [this](const Request& request) { return statistics(request); });
  answer(0x002D, [this](const Request& request) -> std::optional<Reply> {
    return current_settings(request);
  });
  answer(0x0034, [this](const Request&) {
    Reply reply;
    reply.tlvs.add(0x01).u8(static_cast<std::uint8_t>(modem().autoconnect()));
    reply.tlvs.add(0x10).u8(0);  // also while roaming
    return reply;
  });
  answer(0x0037, [this](const Request& request) {
    if (modem().bearers().find(clients_[request.route.client].family) == nullptr) {
      return failure(ProtocolError::OutOfCall);
    }
    Reply reply;
    reply.tlvs.add(0x01).u8(bearer_technology(modem().radio().serving));
    return reply;
  });
  const auto bind = [this](const Request&) {
    return modem().faults().on(Fault::BindDataPortBroken) ? failure(ProtocolError::Internal)
                                                          : Reply{};
  };
  answer(0x0089, bind);
  answer(0x00A2, bind);
  answer(0x004D, [this](const Request& request) { return set_ip_family(request); });
  answer(0x0051, [this](const Request& request) { return set_autoconnect(request); });
}

void Wds::client_added(ClientId client) { clients_.reset(client); }

void Wds::client_removed(ClientId client) {
  // A modem ends the calls of a client that goes.
  clients_.erase(client);
  std::erase_if(attempts_, [client](const auto& item) { return item.first.first == client; });
  modem().bearers().forget(client);
}

std::optional<Reply> Wds::start_network(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto apn = arguments.text(0x14);
  const auto family_number = arguments.u8(0x19);
  if (auto bad = problem(arguments)) return bad;
  Client& client = clients_[request.route.client];
  IpFamily family = client.family;
  if (family_number) {
    const auto wanted = family_of(*family_number);
    if (!wanted) return failure(ProtocolError::InvalidIpFamilyPreference);
    family = *wanted;
  }
  const Route route = request.route;
  const auto key = std::pair(route.client, route.transaction);
  const std::uint32_t attempt = modem().bearers().start(
      route.client, family, apn.value_or(""),
      [this, route, family](const Bearers::Started& outcome) { started(route, family, outcome); });
  if (attempt != 0) attempts_[key] = attempt;
  return std::nullopt;
}

void Wds::started(const Route& route, IpFamily family, const Bearers::Started& outcome) {
  attempts_.erase({route.client, route.transaction});
  Reply reply;
  switch (outcome.result) {
    case Bearers::StartResult::Connected:
      clients_[route.client].family = family;
      if (modem().faults().aborts_start()) {
        reply = failure(ProtocolError::Aborted);
        break;
      }
      reply.tlvs.add(0x01).u32(outcome.handle);
      break;
    case Bearers::StartResult::AlreadyStarted:
      reply = failure(ProtocolError::NoEffect);
      break;
    case Bearers::StartResult::Aborted:
      reply = failure(ProtocolError::Aborted);
      break;
    case Bearers::StartResult::Failed:
      reply = failure(ProtocolError::CallFailed);
      write_end(reply.tlvs, outcome.why);
      break;
  }
  host().respond(route, std::move(reply));
}

Reply Wds::abort(const Request& request) {
  Arguments arguments(request.tlvs);
  const std::uint16_t transaction = arguments.need_u16(0x01);
  if (auto bad = problem(arguments)) return std::move(*bad);
  const auto attempt = attempts_.find({request.route.client, transaction});
  if (attempt == attempts_.end() || !modem().bearers().abort(attempt->second)) {
    return failure(ProtocolError::InvalidTransactionId);
  }
  return {};
}

Reply Wds::stop_network(const Request& request) {
  Arguments arguments(request.tlvs);
  const Bearers::Handle handle = arguments.need_u32(0x01);
  const bool disable_autoconnect = arguments.flag(0x10).value_or(false);
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (disable_autoconnect) modem().set_autoconnect(false);
  Bearers& bearers = modem().bearers();
  if (handle == kEveryHandle) {
    if (!disable_autoconnect) bearers.forget(request.route.client);
    return {};
  }
  if (bearers.find(IpFamily::V4) == nullptr && bearers.find(IpFamily::V6) == nullptr) {
    return failure(ProtocolError::NoEffect);
  }
  if (!bearers.stop(request.route.client, handle)) return failure(ProtocolError::InvalidHandle);
  return {};
}

Reply Wds::status(const Request& request) {
  const bool up = modem().bearers().find(clients_[request.route.client].family) != nullptr;
  Reply reply;
  reply.tlvs.add(0x01).u8(up ? kConnected : kDisconnected);
  return reply;
}

Reply Wds::statistics(const Request& request) {
  Arguments arguments(request.tlvs);
  const std::uint32_t mask = arguments.need_u32(0x01);
  if (auto bad = problem(arguments)) return std::move(*bad);
  const IpFamily family = clients_[request.route.client].family;
  const BearerState* bearer = modem().bearers().find(family);
  Reply reply;
  if (bearer != nullptr) {
    write_traffic(reply.tlvs, bearer->traffic, mask);
  } else {
    reply = failure(ProtocolError::OutOfCall);
    const Traffic last = modem().bearers().last_traffic(family);
    reply.tlvs.add(0x1B).u64(last.tx_bytes);
    reply.tlvs.add(0x1C).u64(last.rx_bytes);
  }
  return reply;
}

std::optional<Reply> Wds::current_settings(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto mask = arguments.u32(0x10);
  if (auto bad = problem(arguments)) return bad;
  if ((mask.value_or(0) & kPcoSettings) != 0 && modem().faults().dies_of_pco()) return std::nullopt;
  const IpFamily family = clients_[request.route.client].family;
  const BearerState* bearer = modem().bearers().find(family);
  if (bearer == nullptr) return failure(ProtocolError::OutOfCall);
  Reply reply;
  write_settings(reply.tlvs, *bearer, family, modem().settings().mtu, mask.value_or(kAllSettings));
  return reply;
}

Reply Wds::set_ip_family(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto family = family_of(arguments.need_u8(0x01));
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (!family) return failure(ProtocolError::InvalidIpFamilyPreference);
  clients_[request.route.client].family = *family;
  return {};
}

Reply Wds::set_autoconnect(const Request& request) {
  Arguments arguments(request.tlvs);
  const std::uint8_t wanted = arguments.need_u8(0x01);
  if (auto bad = problem(arguments)) return std::move(*bad);
  constexpr std::uint8_t kEnabled = 1;  // 0 disabled, 2 paused
  if (wanted > 2) return failure(ProtocolError::InvalidArgument);
  modem().set_autoconnect(wanted == kEnabled);
  return {};
}

Reply Wds::set_event_report(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto call_status = arguments.flag(0x17);
  if (auto bad = problem(arguments)) return std::move(*bad);
  Client& client = clients_[request.route.client];
  client.wants_call_status = call_status.value_or(client.wants_call_status);
  return {};
}

Reply Wds::indication_register(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto ip_config = arguments.flag(0x12);
  if (auto bad = problem(arguments)) return std::move(*bad);
  Client& client = clients_[request.route.client];
  client.wants_ip_config = ip_config.value_or(client.wants_ip_config);
  return {};
}

void Wds::changed(const Change& change) {
  if (const auto* session = std::get_if<change::Session>(&change)) session_changed(*session);
  if (const auto* renumbered = std::get_if<change::Renumbered>(&change)) {
    for (auto& [id, client] : clients_) {
      if (!client.wants_ip_config || client.family != renumbered->family) continue;
      TlvList tlvs;
      tlvs.add(0x10).u32(kAddressSettings);
      indicate(id, kIpConfigIndication, std::move(tlvs));
    }
  }
}

// Packet service status goes to every client of that family without registration (libqmi: "Packet
// Service Status" needs none).
void Wds::session_changed(const change::Session& change) {
  for (auto& [id, client] : clients_) {
    if (client.family != change.family) continue;
    TlvList tlvs;
    constexpr std::uint8_t kNoReconfiguration = 0;
    tlvs.add(0x01).u8(change.ended ? kDisconnected : kConnected).u8(kNoReconfiguration);
    if (change.ended) write_end(tlvs, *change.ended);
    tlvs.add(0x12).u8(family_number(change.family));
    indicate(id, kStatusIndication, std::move(tlvs));
    if (client.wants_call_status) {
      TlvList report;
      report.add(0x1F).u8(change.ended ? 2 : 1);  // QmiWdsDataCallStatus: terminated, activated
      indicate(id, kWdsEventReport, std::move(report));
    }
  }
}

}  // namespace mwan::sim::qmi
