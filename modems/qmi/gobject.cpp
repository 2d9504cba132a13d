// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/gobject.hpp"

#include <fmt/format.h>

#include "modems/qmi/causes.hpp"

namespace mwan::qmi {

Bytes tlv_bytes(QmiMessage* message) {
  Bytes out;
  const auto add = [](guint8 type, const guint8* value, gsize length, gpointer data) {
    auto& bytes = *static_cast<Bytes*>(data);
    bytes.push_back(type);
    bytes.push_back(static_cast<std::uint8_t>(length));
    bytes.push_back(static_cast<std::uint8_t>(length >> 8U));
    bytes.insert(bytes.end(), value, value + length);
  };
  qmi_message_foreach_raw_tlv(message, add, &out);
  return out;
}

Error take_error(GError* error, std::string where) {
  if (error == nullptr)
    return {FailureClass::Transient, std::move(where), "failed without a reason"};
  Error out{FailureClass::Transient, std::move(where), error->message};
  if (error->domain == QMI_PROTOCOL_ERROR) {
    const auto code = static_cast<std::uint16_t>(error->code);
    out.failure = protocol_error_class(code);
    out.message = protocol_error_name(code);
  } else if (g_error_matches(error, QMI_CORE_ERROR, QMI_CORE_ERROR_UNSUPPORTED) != FALSE) {
    out.failure = FailureClass::Permanent;
  } else if (g_error_matches(error, QMI_CORE_ERROR, QMI_CORE_ERROR_TIMEOUT) != FALSE) {
    out.message = "the modem did not answer";
  }
  g_error_free(error);
  return out;
}

}  // namespace mwan::qmi
