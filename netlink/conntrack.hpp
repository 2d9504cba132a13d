// SPDX-License-Identifier: LGPL-2.1-or-later
// Connection tracking: forgetting the flows of one link, and of no other.
#pragma once

#include <cstddef>

#include "hal/error.hpp"
#include "hal/ip.hpp"

namespace mwan::netlink {

// Deletes the flows whose answers come to this address of ours: those that were translated to it,
// and the router's own. Returns how many. The next packet of such a flow is translated anew.
Result<std::size_t> delete_flows_of(const IpAddress& local);

}  // namespace mwan::netlink
