// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/stack.hpp"

#include <algorithm>
#include <utility>

#include "tools/mwan-sim/mbim/cells.hpp"
#include "tools/mwan-sim/mbim/device.hpp"
#include "tools/mwan-sim/mbim/extensions.hpp"
#include "tools/mwan-sim/mbim/garble.hpp"
#include "tools/mwan-sim/mbim/network.hpp"
#include "tools/mwan-sim/mbim/sessions.hpp"
#include "tools/mwan-sim/mbim/signal_state.hpp"
#include "tools/mwan-sim/mbim/sim_card.hpp"
#include "tools/mwan-sim/mbim/vendor.hpp"

namespace mwan::sim::mbim {
namespace {

std::optional<MessageRef> ref_of(const Message& message) {
  if (message.type == MessageType::Open) return ref::kOpen;
  if (message.type == MessageType::Close) return ref::kClose;
  const auto service = service_by_uuid(message.service);
  if (!service) return std::nullopt;
  return MessageRef{*service, message.cid};
}

}  // namespace

Stack::Stack(Timers& timers, Modem& modem, Duration reply_latency, Outputs outputs)
    : timers_(timers), modem_(modem), reply_latency_(reply_latency), outputs_(std::move(outputs)) {
  auto sessions = std::make_unique<Sessions>(*this);
  sessions_ = sessions.get();
  modules_.push_back(std::make_unique<Device>(*this));
  modules_.push_back(std::make_unique<SimCard>(*this));
  modules_.push_back(std::make_unique<Network>(*this));
  modules_.push_back(std::make_unique<SignalState>(*this));
  modules_.push_back(std::move(sessions));
  modules_.push_back(std::make_unique<Extensions>(*this));
  modules_.push_back(std::make_unique<Cells>(*this));
  modules_.push_back(std::make_unique<Vendor>(*this));
  modem_.subscribe([this](const Change& change) {
    for (const auto& module : modules_) module->changed(change);
    outputs_.books_changed();
  });
}

Stack::~Stack() = default;

std::size_t Stack::clients_open() const {
  return static_cast<std::size_t>(std::count_if(clients_.begin(), clients_.end(),
                                                [](const auto& item) { return item.second.open; }));
}

void Stack::receive(Connection connection, std::span<const std::uint8_t> frame) {
  auto outcome = clients_[connection].reassembly.take(frame);
  std::optional<Message> message;
  if (outcome.message) {
    message = parse(*outcome.message);
    if (!message) outcome.error = ProtocolError::LengthMismatch;
  }
  if (outcome.error) {
    ++books_.malformed;
    const auto header = read_header(frame);
    if (!faults_.hung) refuse(connection, header ? header->transaction : 0, *outcome.error);
  }
  if (message) take(connection, *message);
  outputs_.books_changed();
}

void Stack::take(Connection connection, const Message& message) {
  if (outputs_.trace) outputs_.trace(connection, message, true);
  const bool request = message.type == MessageType::Open || message.type == MessageType::Close ||
                       message.type == MessageType::Command;
  if (!request) {
    // A host error gives up a transaction; anything else is not a host's to send.
    if (message.type != MessageType::HostError) ++books_.malformed;
    return;
  }
  ++books_.requests;
  const auto ref = ref_of(message);
  ++books_.by_name[ref ? message_name(*ref) : "mbim.unknown"];
  const Route route{connection, message.transaction, ref.value_or(MessageRef{})};
  if (ref && faulty(route)) return;
  Client& client = clients_[connection];
  if (ref && ref->service == ServiceId::ProxyControl) {
    configure(route, message);
    return;
  }
  if (!client.configured || (message.type == MessageType::Command && !client.open)) {
    if (faults_.hung || modem_.faults().ignores_old_clients()) {
      ++books_.swallowed;
    } else {
      refuse(connection, message.transaction, ProtocolError::NotOpened);
    }
    return;
  }
  if (message.type == MessageType::Open) {
    open(route, message.value);
    return;
  }
  if (message.type == MessageType::Close) {
    client.open = false;
    respond(route, {});
    return;
  }
  if (!ref) {
    Message answer;
    answer.type = MessageType::CommandDone;
    answer.transaction = message.transaction;
    answer.service = message.service;
    answer.cid = message.cid;
    answer.value = static_cast<std::uint32_t>(Status::NoDeviceSupport);
    if (!faults_.hung) send(connection, answer);
    return;
  }
  const Duration latency = reply_latency_ + modem_.faults().answer_delay();
  if (latency <= Duration(0)) {
    process(route, message.set, message.info);
    return;
  }
  const std::uint64_t id = next_pending_++;
  auto info = std::make_shared<Bytes>(message.info);
  pending_[id] = timers_.after(latency, [this, id, route, set = message.set, info] {
    const Timer done = std::move(pending_.extract(id).mapped());
    process(route, set, *info);
  });
}

bool Stack::faulty(const Route& route) {
  if (faults_.die_on.contains(route.ref)) {
    outputs_.die();
    return true;
  }
  // The proxy lives when the modem hangs: it still answers what is its own.
  const bool own = route.ref.service == ServiceId::ProxyControl;
  if (!own && modem_.faults().swallows(message_name(route.ref))) {
    ++books_.swallowed;
    return true;
  }
  if ((faults_.hung && !own) || faults_.hang_on.contains(route.ref)) {
    ++books_.swallowed;
    return true;
  }
  const auto fail = faults_.fail_on.find(route.ref);
  if (fail == faults_.fail_on.end()) return false;
  const auto status = static_cast<Status>(fail->second.status);
  if (fail->second.times != 0 && --fail->second.times == 0) faults_.fail_on.erase(fail);
  respond(route, failure(status));
  return true;
}

// What the proxy answers by itself. The device's path was looked at by whoever sent the connection
// here.
void Stack::configure(const Route& route, const Message& message) {
  if (route.ref != ref::kProxyConfiguration || !message.set) {
    respond(route, failure(Status::NoDeviceSupport));
    return;
  }
  InfoReader reader(message.info);
  const std::string path = reader.text();
  if (!reader.ok() || path.empty()) {
    respond(route, failure(Status::InvalidParameters));
    return;
  }
  if (!modem_.powered()) {  // cannot be opened
    respond(route, failure(Status::Failure));
    return;
  }
  clients_[route.connection].configured = true;
  respond(route, {});
  if (version_ != kVersion1) tell_version(route.connection);
}

void Stack::open(const Route& route, std::uint32_t max_transfer) {
  constexpr std::uint32_t kLeastTransfer = 64;
  if (!modem_.powered()) {
    outputs_.hang_up(route.connection);
    return;
  }
  Client& client = clients_[route.connection];
  client.open = true;
  client.max_transfer =
      std::clamp(max_transfer, kLeastTransfer, static_cast<std::uint32_t>(kMaxFrame));
  ++books_.opened;
  respond(route, {});
}

void Stack::process(const Route& route, bool set, const Bytes& info) {
  if (!modem_.powered()) return;
  const auto command = commands_.find(route.ref);
  const Handler* handler = nullptr;
  if (command != commands_.end()) handler = set ? &command->second.set : &command->second.query;
  if (handler == nullptr || !*handler) {
    respond(route, failure(Status::NoDeviceSupport));
    return;
  }
  const Request request{route, info};
  if (auto reply = (*handler)(request)) respond(route, std::move(*reply));
}

void Stack::respond(const Route& route, Reply reply) {
  const bool own = route.ref.service == ServiceId::ProxyControl;
  if (!own && (faults_.hung || modem_.faults().silent())) return;
  if (!own && modem_.faults().steals_message()) return;
  Message message;
  message.transaction = route.transaction;
  message.value = static_cast<std::uint32_t>(reply.status);
  if (route.ref == ref::kOpen) {
    message.type = MessageType::OpenDone;
  } else if (route.ref == ref::kClose) {
    message.type = MessageType::CloseDone;
  } else {
    message.type = MessageType::CommandDone;
    message.service = uuid_of(route.ref.service);
    message.cid = route.ref.cid;
    message.info = std::move(reply.info);
  }
  send(route.connection, message, own ? std::nullopt : modem_.faults().garbles_answer());
}

void Stack::indicate(const MessageRef& ref, const Bytes& info) {
  if (faults_.hung || modem_.faults().silent() || modem_.faults().steals_message()) return;
  Message message;
  message.type = MessageType::IndicateStatus;
  message.service = uuid_of(ref.service);
  message.cid = ref.cid;
  message.info = info;
  ++books_.indications;
  for (const auto& [connection, client] : clients_) {
    const auto wanted = client.wants.find(ref.service);
    if (!client.open || wanted == client.wants.end()) continue;
    if (wanted->second.empty() || wanted->second.contains(ref.cid)) send(connection, message);
  }
}

void Stack::send(Connection connection, const Message& message,
                 const std::optional<std::string>& lie) {
  const auto client = clients_.find(connection);
  if (client == clients_.end()) return;
  if (outputs_.trace) outputs_.trace(connection, message, false);
  auto frames = build(message, client->second.max_transfer);
  if (lie && !frames.empty()) garble(frames.front(), *lie);
  for (const Bytes& frame : frames) outputs_.send(connection, frame);
}

void Stack::refuse(Connection connection, std::uint32_t transaction, ProtocolError error) {
  Message message;
  message.type = MessageType::FunctionError;
  message.transaction = transaction;
  message.value = static_cast<std::uint32_t>(error);
  send(connection, message);
}

void Stack::tell_version(Connection connection) {
  Message message;
  message.type = MessageType::IndicateStatus;
  message.service = uuid_of(ServiceId::ProxyControl);
  message.cid = ref::kProxyVersion.cid;
  message.info = InfoWriter().u16(kVersion1).u16(version_).done();
  send(connection, message);
}

void Stack::agree(Connection with, Version version) {
  if (std::exchange(version_, version) == version) return;
  for (const auto& [connection, client] : clients_) {
    if (client.configured && connection != with) tell_version(connection);
  }
}

void Stack::subscribe(Connection connection, Subscriptions subscriptions) {
  const auto client = clients_.find(connection);
  if (client != clients_.end()) client->second.wants = std::move(subscriptions);
}

void Stack::closed(Connection connection) {
  clients_.erase(connection);
  for (const auto& module : modules_) module->closed(connection);
  outputs_.books_changed();
}

void Stack::forget_hosts() {
  auto clients = clients_;
  wipe();
  for (auto& [connection, client] : clients_) client.configured = clients[connection].configured;
}

void Stack::forget_subscriptions() {
  for (auto& [connection, client] : clients_) client.wants = Client{}.wants;
}

void Stack::wipe() {
  pending_.clear();
  version_ = kVersion1;
  for (auto& [connection, client] : clients_) client.open = client.configured = false;
  for (const auto& module : modules_) module->wiped();
  outputs_.books_changed();
}

}  // namespace mwan::sim::mbim
