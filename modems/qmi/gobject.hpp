// SPDX-License-Identifier: LGPL-2.1-or-later
// libqmi's objects with owners. Internal to the session: nothing else includes libqmi.
#pragma once

#include <memory>
#include <string>

#include <libqmi-glib.h>

#include "hal/error.hpp"
#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
  void operator()(QmiMessage* message) const { qmi_message_unref(message); }
};
using DeviceRef = std::unique_ptr<QmiDevice, Unref>;
using ClientRef = std::unique_ptr<QmiClient, Unref>;
using MessageRef = std::unique_ptr<QmiMessage, Unref>;

// The elements of a message.
Bytes tlv_bytes(QmiMessage* message);

// A failure of libqmi or of the modem, with its class; frees the error.
Error take_error(GError* error, std::string where);

}  // namespace mwan::qmi
