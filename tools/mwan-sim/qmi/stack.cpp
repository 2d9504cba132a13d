// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/stack.hpp"

#include <memory>
#include <utility>

#include "tools/mwan-sim/qmi/dms.hpp"
#include "tools/mwan-sim/qmi/dsd.hpp"
#include "tools/mwan-sim/qmi/garble.hpp"
#include "tools/mwan-sim/qmi/nas.hpp"
#include "tools/mwan-sim/qmi/uim.hpp"
#include "tools/mwan-sim/qmi/wda.hpp"
#include "tools/mwan-sim/qmi/wds.hpp"

namespace mwan::sim::qmi {
namespace {

constexpr std::uint16_t kProxyOpen = 0xFF00;
constexpr std::uint16_t kRelease = 0x0023;
constexpr std::uint8_t kResultTlv = 0x02;

}  // namespace

Stack::Stack(Timers& timers, Modem& modem, Duration reply_latency, Outputs outputs)
    : timers_(timers),
      modem_(modem),
      reply_latency_(reply_latency),
      outputs_(std::move(outputs)),
      clients_(modem.settings().client_ids_max) {
  const auto add = [this](std::unique_ptr<Service> service) {
    services_.emplace(service->id(), std::move(service));
  };
  add(std::make_unique<Wds>(*this));
  add(std::make_unique<Dms>(*this));
  add(std::make_unique<Nas>(*this));
  add(std::make_unique<Uim>(*this));
  add(std::make_unique<Wda>(*this));
  add(std::make_unique<Dsd>(*this));
  modem_.subscribe([this](const Change& change) {
    for (const auto& [id, service] : services_) service->changed(change);
    outputs_.books_changed();
  });
}

Stack::~Stack() = default;

void Stack::receive(Connection connection, std::span<const std::uint8_t> bytes) {
  auto frame = parse_frame(bytes);
  if (!frame || frame->message.kind != MessageKind::Request) {
    ++books_.malformed;
    outputs_.books_changed();
    return;
  }
  QmiMessage& message = frame->message;
  if (outputs_.trace) outputs_.trace(connection, message, true);
  ++books_.requests;
  outputs_.books_changed();
  const Route route{connection, static_cast<ServiceId>(message.service), message.client,
                    message.transaction, message.message};
  const MessageRef ref{route.service, route.message};
  if (faults_.die_on.contains(ref)) {
    outputs_.die();
    return;
  }
  const bool for_modem = ref != MessageRef{ServiceId::Ctl, kProxyOpen};
  if (for_modem && modem_.faults().swallows(message_name(message.service, message.message))) {
    ++books_.swallowed;
    return;
  }
  if (faults_.hung || faults_.hang_on.contains(ref)) {
    ++books_.swallowed;
    return;
  }
  if (const auto fail = faults_.fail_on.find(ref); fail != faults_.fail_on.end()) {
    const auto error = static_cast<ProtocolError>(fail->second.error);
    if (fail->second.times != 0 && --fail->second.times == 0) faults_.fail_on.erase(fail);
    respond(route, failure(error));
    return;
  }
  if (!frame->intact) {
    ++books_.malformed;
    respond(route, failure(ProtocolError::MalformedMessage));
    return;
  }
  if (!for_modem) {
    proxy_open(route, message.tlvs);
    return;
  }
  if (!opened_.contains(connection)) {  // nothing reaches the modem before the proxy opened it
    ++books_.swallowed;
    return;
  }
  Duration latency = reply_latency_ + modem_.faults().answer_delay();
  const bool release = ref == MessageRef{ServiceId::Ctl, kRelease};
  if (release) latency += modem_.faults().release_delay().value_or(Duration(0));
  if (latency <= Duration(0)) {
    process(route, message.tlvs);
    return;
  }
  const std::uint64_t id = next_pending_++;
  auto tlvs = std::make_shared<TlvList>(std::move(message.tlvs));
  pending_[id] = timers_.after(latency, [this, id, release, route, tlvs] {
    const Timer done = std::move(pending_.extract(id).mapped());
    if (release && modem_.faults().release_delay() && !opened_.contains(route.connection)) {
      ++books_.swallowed;
      return;
    }
    process(route, *tlvs);
  });
}

void Stack::process(const Route& route, const TlvList& tlvs) {
  if (!modem_.powered()) return;
  if (route.service == ServiceId::Ctl) {
    respond(route, control(route, tlvs));
    return;
  }
  const auto service = services_.find(route.service);
  if (modem_.faults().ignores_old_clients() && !clients_.exists(route.service, route.client)) {
    ++books_.swallowed;
    return;
  }
  if (service == services_.end() || !clients_.exists(route.service, route.client)) {
    respond(route, failure(ProtocolError::InvalidClientId));
    return;
  }
  clients_.used_by(route.connection, route.service, route.client);
  const Request request{route, tlvs};
  if (auto reply = service->second->handle(request)) respond(route, std::move(*reply));
}

void Stack::respond(const Route& route, Reply reply) {
  if (faults_.hung || modem_.faults().silent()) return;
  QmiMessage message;
  message.kind = MessageKind::Response;
  message.service = static_cast<std::uint8_t>(route.service);
  message.client = route.client;
  message.transaction = route.transaction;
  message.message = route.message;
  const bool failed = reply.error != ProtocolError::None;
  message.tlvs = std::move(reply.tlvs);
  message.tlvs.add(kResultTlv)
      .u16(static_cast<std::uint16_t>(failed))
      .u16(static_cast<std::uint16_t>(reply.error));
  const bool from_modem = !(route.service == ServiceId::Ctl && route.message == kProxyOpen);
  if (from_modem && modem_.faults().steals_message()) return;
  if (outputs_.trace) outputs_.trace(route.connection, message, false);
  Bytes frame = build_frame(message);
  const auto lie = from_modem ? modem_.faults().garbles_answer() : std::nullopt;
  if (lie) garble(frame, *lie);
  outputs_.send(route.connection, frame);
}

void Stack::indicate(ServiceId service, ClientId client, std::uint16_t message, TlvList tlvs) {
  if (faults_.hung || modem_.faults().silent() || modem_.faults().steals_message()) return;
  QmiMessage indication;
  indication.kind = MessageKind::Indication;
  indication.service = static_cast<std::uint8_t>(service);
  indication.client = client;
  indication.message = message;
  indication.tlvs = std::move(tlvs);
  const Bytes frame = build_frame(indication);
  ++books_.indications;
  for (const Connection connection : clients_.owners(service, client)) {
    if (outputs_.trace) outputs_.trace(connection, indication, false);
    outputs_.send(connection, frame);
  }
  outputs_.books_changed();
}

void Stack::closed(Connection connection) {
  opened_.erase(connection);
  clients_.closed(connection);
  outputs_.books_changed();
}

void Stack::wipe() {
  pending_.clear();
  for (const auto& [service, client] : clients_.lose_all()) {
    services_.at(service)->client_removed(client);
  }
  outputs_.books_changed();
}

void Stack::forget_subscriptions() {
  for (const auto& [service, client] : clients_.all()) {
    services_.at(service)->client_removed(client);
    services_.at(service)->client_added(client);
  }
}

// A proxy that cannot open the device hangs up on the client that asked for it.
void Stack::proxy_open(const Route& route, const TlvList& tlvs) {
  constexpr std::uint8_t kDevicePath = 0x01;
  if (!modem_.powered()) {
    outputs_.hang_up(route.connection);
    return;
  }
  if (tlvs.find(kDevicePath) == nullptr) return;
  opened_.insert(route.connection);
  respond(route, {});
}

}  // namespace mwan::sim::qmi
