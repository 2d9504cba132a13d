// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/session_core.hpp"

#include <algorithm>
#include <utility>

namespace mwan::mbim {
namespace {

constexpr guint kSendSeconds = 10;

constexpr const char* kUnplugged =
    "the connection to the modem broke: it was unplugged, or the proxy ended";
constexpr const char* kForgotten =
    "the modem was reset: it knows nothing of this connection any more";

// What libmbim says is the information buffer, if it lies inside of the message.
Bytes copy_buffer(const MbimMessage* message, const guint8* data, guint32 size) {
  guint32 whole = 0;
  const guint8* raw = mbim_message_get_raw(message, &whole, nullptr);
  if (raw == nullptr || data == nullptr || data < raw || data > raw + whole) return {};
  if (size > static_cast<std::size_t>(raw + whole - data)) return {};
  return {data, data + size};
}

}  // namespace

Session::Core::~Core() {
  over();
  g_object_unref(end);
}

void Session::Core::created(MbimDevice* created_device) {
  device.reset(MBIM_DEVICE(g_object_ref(created_device)));
  const auto indication = +[](MbimDevice*, MbimMessage* message, gpointer self) {
    static_cast<Core*>(self)->indicate(message);
  };
  const auto function_error =
      +[](MbimDevice*, GError* error, gpointer self) { static_cast<Core*>(self)->complain(error); };
  const auto hang_up =
      +[](MbimDevice*, gpointer self) { static_cast<Core*>(self)->lost(kUnplugged); };
  MbimDevice* d = device.get();
  g_signal_connect(d, MBIM_DEVICE_SIGNAL_INDICATE_STATUS, G_CALLBACK(indication), this);
  g_signal_connect(d, MBIM_DEVICE_SIGNAL_ERROR, G_CALLBACK(function_error), this);
  g_signal_connect(d, MBIM_DEVICE_SIGNAL_REMOVED, G_CALLBACK(hang_up), this);
}

void Session::Core::over() {
  if (phase == Phase::Over) return;
  phase = Phase::Over;
  on_indication = nullptr;
  on_complaint = nullptr;
  on_gone = nullptr;
  queue_.clear();
  g_cancellable_cancel(end);
  if (!device) return;
  g_signal_handlers_disconnect_by_data(device.get(), this);
  mbim_device_close_force(device.get(), nullptr);
  device.reset();
}

void Session::Core::linger() {
  on_indication = nullptr;
  on_complaint = nullptr;
  on_gone = nullptr;
  if (gone || activating == 0) {
    over();
  } else {
    phase = Phase::Farewell;
  }
}

void Session::Core::send(const Request& request) {
  if (!device || gone || phase == Phase::Over) return;
  const MessageRef message = encode(request);
  mbim_device_command(device.get(), message.get(), kSendSeconds, end, nullptr, nullptr);
}

Mbimex Session::Core::version() const {
  if (!device) return Mbimex::None;
  const guint8 major = mbim_device_get_ms_mbimex_version(device.get(), nullptr);
  if (major >= 3) return Mbimex::V3;
  return major == 2 ? Mbimex::V2 : Mbimex::None;
}

Result<Reply> Session::Core::finish(GObject* source, GAsyncResult* result) {
  GError* error = nullptr;
  const MessageRef message(mbim_device_command_finish(MBIM_DEVICE(source), result, &error));
  if (!message) return failed(take_error(error, {}));
  unanswered = 0;
  if (mbim_message_get_message_type(message.get()) == MBIM_MESSAGE_TYPE_FUNCTION_ERROR) {
    return failed(take_error(mbim_message_error_get_error(message.get()), {}));
  }
  if (mbim_message_get_message_type(message.get()) != MBIM_MESSAGE_TYPE_COMMAND_DONE) {
    return failed(FailureClass::Transient, {}, "the modem answered with something else");
  }
  Reply reply;
  reply.status =
      static_cast<std::uint32_t>(mbim_message_command_done_get_status_code(message.get()));
  reply.version = version();
  guint32 size = 0;
  const guint8* data = mbim_message_command_done_get_raw_information_buffer(message.get(), &size);
  reply.buffer = copy_buffer(message.get(), data, size);
  return reply;
}

Result<Reply> Session::Core::finish_activation(GObject* source, GAsyncResult* result,
                                               bool given_up) {
  Result<Reply> reply = finish(source, result);
  --activating;
  // The deactivation that was sent when it was given up may have been here first.
  if (given_up && reply) send(mbim::deactivate(version()));
  settled.notify();
  if (phase == Phase::Farewell && activating == 0) over();
  return reply;
}

void Session::Core::indicate(const MbimMessage* message) {
  unanswered = 0;
  Uuid uuid{};
  const MbimUuid* id = mbim_message_indicate_status_get_service_id(message);
  static_assert(sizeof(MbimUuid) == sizeof(Uuid));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(id);
  std::copy(bytes, bytes + uuid.size(), uuid.begin());
  const auto service = service_of(uuid);
  if (!service) return;
  Indication out;
  out.service = *service;
  out.cid = mbim_message_indicate_status_get_cid(message);
  out.version = version();
  guint32 size = 0;
  const guint8* data = mbim_message_indicate_status_get_raw_information_buffer(message, &size);
  out.buffer = copy_buffer(message, data, size);
  // libmbim is in the middle of its buffer: hand it on from the loop.
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

void Session::Core::complain(const GError* error) {
  if (g_error_matches(error, MBIM_PROTOCOL_ERROR, MBIM_PROTOCOL_ERROR_NOT_OPENED) != FALSE) {
    lost(kForgotten);
    return;
  }
  complaint_ = loop.soon([this] {
    const auto tell = on_complaint;
    if (tell) tell();
  });
}

void Session::Core::lost(std::string why) {
  if (std::exchange(gone, true)) return;
  gone_why = std::move(why);
  settled.notify();
  broken.cancel();
  telling_gone_ = loop.soon([this] {
    const auto tell = on_gone;
    if (tell) tell();
  });
}

}  // namespace mwan::mbim
