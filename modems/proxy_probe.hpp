// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a proxy listens, found out before libqmi or libmbim connects: they connect synchronously
// and, finding nobody, start a proxy of their own, which then holds the name.
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
