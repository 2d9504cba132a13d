// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/session_core.hpp"

#include <algorithm>
#include <utility>

namespace mwan::qmi {
namespace {

ClientId id_of(QmiClient* client) {
  return {static_cast<Service>(qmi_client_get_service(client)), qmi_client_get_cid(client)};
}

}  // namespace

Session::Core::~Core() {
  over();
  g_object_unref(end);
}

void Session::Core::opened(QmiDevice* opened_device) {
  device.reset(QMI_DEVICE(g_object_ref(opened_device)));
  const auto indication = +[](QmiDevice*, QmiMessage* message, gpointer self) {
    static_cast<Core*>(self)->indicate(message);
  };
  const auto hang_up = +[](QmiDevice*, gpointer self) { static_cast<Core*>(self)->removed(); };
  g_signal_connect(device.get(), QMI_DEVICE_SIGNAL_INDICATION, G_CALLBACK(indication), this);
  g_signal_connect(device.get(), QMI_DEVICE_SIGNAL_REMOVED, G_CALLBACK(hang_up), this);
}

void Session::Core::over() {
  if (phase == Phase::Over) return;
  phase = Phase::Over;
  on_indication = nullptr;
  on_gone = nullptr;
  queue_.clear();
  g_cancellable_cancel(end);
  if (!device) return;
  g_signal_handlers_disconnect_by_data(device.get(), this);
  for (const Slot slot : kAllSlots) let_go(slot);
  qmi_device_close_async(device.get(), 1, nullptr, nullptr, nullptr);
  device.reset();
}

void Session::Core::linger() {
  on_indication = nullptr;
  on_gone = nullptr;
  if (gone || acquiring == 0) {
    over();
    return;
  }
  phase = Phase::Farewell;
  give_back();
}

// Without this libqmi complains about a client that was never released.
void Session::Core::let_go(Slot slot) {
  const ClientRef client = std::move(clients[slot]);
  if (!client) return;
  unconfirmed.push_back(id_of(client.get()));
  qmi_device_release_client(device.get(), client.get(), QMI_DEVICE_RELEASE_CLIENT_FLAGS_NONE, 1,
                            nullptr, nullptr, nullptr);
}

MessageRef Session::Core::encode(Slot slot, const Request& request) {
  QmiClient* client = clients[slot].get();
  MessageRef message(qmi_message_new(static_cast<QmiService>(request.service),
                                     qmi_client_get_cid(client),
                                     qmi_client_get_next_transaction_id(client), request.message));
  for (const Tlv& tlv : request.tlvs) {
    qmi_message_add_raw_tlv(message.get(), tlv.type, tlv.value.data(), tlv.value.size(), nullptr);
  }
  return message;
}

void Session::Core::send(Slot slot, const Request& request) {
  if (!device || gone || !clients[slot]) return;
  const MessageRef message = encode(slot, request);
  qmi_device_command_full(device.get(), message.get(), nullptr, kReleaseSeconds, end, nullptr,
                          nullptr);
}

void Session::Core::release(Slot slot) {
  const ClientRef client = std::move(clients[slot]);
  if (!client) return;
  struct Release {
    std::shared_ptr<Core> core;
    ClientId id;
  };
  const auto answered = [](GObject* source, GAsyncResult* result, gpointer data) {
    const std::unique_ptr<Release> done(static_cast<Release*>(data));
    Core& core = *done->core;
    GError* error = nullptr;
    const bool heard =
        qmi_device_release_client_finish(QMI_DEVICE(source), result, &error) != FALSE;
    // Also an error of the modem is an answer: it does not know this id.
    if (heard || error->domain == QMI_PROTOCOL_ERROR) std::erase(core.unconfirmed, done->id);
    g_clear_error(&error);
    --core.releasing;
    core.settled.notify();
  };
  ++releasing;
  const ClientId id = id_of(client.get());
  unconfirmed.push_back(id);
  qmi_device_release_client(device.get(), client.get(), QMI_DEVICE_RELEASE_CLIENT_FLAGS_RELEASE_CID,
                            kReleaseSeconds, end, answered, new Release{shared_from_this(), id});
}

void Session::Core::forget_start(Slot slot) {
  if (!std::exchange(starting[slot], std::nullopt)) return;
  ++forgotten[slot];
  --acquiring;
}

void Session::Core::settle() {
  --acquiring;
  settled.notify();
  if (phase != Phase::Farewell) return;
  give_back();
  if (acquiring == 0) over();
}

// A bearer is stopped before the client id that holds it goes, and an id whose start is not
// answered yet stays until it is.
void Session::Core::give_back() {
  for (const IpFamily family : kFamilies) {
    const Slot slot = wds_slot(family);
    if (const auto handle = std::exchange(handles[slot], std::nullopt)) {
      send(slot, qmi::stop_network(*handle, family));
    }
  }
  for (const Slot slot : kAllSlots) {
    if (!starting[slot]) release(slot);
  }
}

void Session::Core::indicate(QmiMessage* message) {
  unanswered = 0;
  Indication out;
  out.service = static_cast<Service>(qmi_message_get_service(message));
  out.message = qmi_message_get_message_id(message);
  const guint8 cid = qmi_message_get_client_id(message);
  if (cid != QMI_CID_BROADCAST) {
    const auto* const mine = std::ranges::find_if(kAllSlots, [&](Slot slot) {
      const ClientRef& client = clients[slot];
      return client && service_of(slot) == out.service && qmi_client_get_cid(client.get()) == cid;
    });
    if (mine == kAllSlots.end()) return;  // for another user of the proxy
    out.slot = *mine;
  }
  out.tlvs = tlv_bytes(message);
  // libqmi is in the middle of its buffer: hand it on from the loop.
  queue_.push_back(std::move(out));
  if (queue_.size() > 1) return;
  delivery_ = loop.soon([this] {
    while (!queue_.empty()) {
      const Indication next = std::move(queue_.front());
      queue_.pop_front();
      if (on_indication) on_indication(next);
    }
  });
}

void Session::Core::removed() {
  gone = true;
  settled.notify();
  telling_gone_ = loop.soon([this] {
    const auto tell = on_gone;
    if (tell) tell();
  });
}

}  // namespace mwan::qmi
