// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/gobject.hpp"

#include "modems/mbim/status.hpp"

namespace mwan::mbim {
namespace {

MbimService library_service(Service service) {
  switch (service) {
    case Service::BasicConnect:
      return MBIM_SERVICE_BASIC_CONNECT;
    case Service::Extensions:
      return MBIM_SERVICE_MS_BASIC_CONNECT_EXTENSIONS;
    case Service::Atds:
      return MBIM_SERVICE_ATDS;
    case Service::Qmi:
      return MBIM_SERVICE_QMI;
    case Service::IntelFirmware:
      return MBIM_SERVICE_INTEL_FIRMWARE_UPDATE;
    case Service::Quectel:
      return MBIM_SERVICE_QUECTEL;
  }
  return MBIM_SERVICE_INVALID;
}

}  // namespace

MessageRef encode(const Request& request) {
  // Transaction 0: the device gives it one.
  MessageRef message(mbim_message_command_new(0, library_service(request.service), request.cid,
                                              request.command == Command::Set
                                                  ? MBIM_MESSAGE_COMMAND_TYPE_SET
                                                  : MBIM_MESSAGE_COMMAND_TYPE_QUERY));
  if (!request.buffer.empty()) {
    mbim_message_command_append(message.get(), request.buffer.data(),
                                static_cast<guint32>(request.buffer.size()));
  }
  return message;
}

Error take_error(GError* error, std::string where) {
  if (error == nullptr)
    return {FailureClass::Transient, std::move(where), "failed without a reason"};
  Error out{FailureClass::Transient, std::move(where), error->message};
  if (error->domain == MBIM_STATUS_ERROR) {
    const auto code = static_cast<std::uint32_t>(error->code);
    out.failure = status_class(code);
    out.message = status_text(code);
  } else if (g_error_matches(error, MBIM_PROTOCOL_ERROR, MBIM_PROTOCOL_ERROR_NOT_OPENED) != FALSE) {
    out.failure = FailureClass::Gone;
    out.message = "the modem was reset: it knows nothing of this connection any more";
  } else if (g_error_matches(error, MBIM_CORE_ERROR, MBIM_CORE_ERROR_UNSUPPORTED) != FALSE) {
    out.failure = FailureClass::Permanent;
  } else if (g_error_matches(error, MBIM_CORE_ERROR, MBIM_CORE_ERROR_TIMEOUT) != FALSE) {
    out.message = "the modem did not answer";
  }
  g_error_free(error);
  return out;
}

}  // namespace mwan::mbim
