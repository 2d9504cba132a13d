// SPDX-License-Identifier: LGPL-2.1-or-later
// libmbim's objects with owners. Internal to the session: nothing else includes libmbim.
#pragma once

#include <memory>
#include <string>

#include <libmbim-glib.h>

#include "hal/error.hpp"
#include "modems/mbim/requests.hpp"

namespace mwan::mbim {

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
  void operator()(MbimMessage* message) const { mbim_message_unref(message); }
};
using DeviceRef = std::unique_ptr<MbimDevice, Unref>;
using MessageRef = std::unique_ptr<MbimMessage, Unref>;

MessageRef encode(const Request& request);

// A failure of libmbim or of the modem, with its class; frees the error.
Error take_error(GError* error, std::string where);

}  // namespace mwan::mbim
