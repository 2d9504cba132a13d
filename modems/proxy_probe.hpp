// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a QMI proxy listens, found out before libqmi connects: libqmi connects synchronously
// and, finding nobody, starts its own proxy, which then holds the name.
#pragma once

#include <string>

namespace mwan {

enum class ProxyState {
  Listening,
  Absent,
  Busy,         // it listens but takes no more connections
  Unreachable,  // not allowed, or the name is too long for a socket
};

// name is that of an abstract unix socket, without the leading NUL. Never blocks.
ProxyState probe_proxy(const std::string& name);

}  // namespace mwan
