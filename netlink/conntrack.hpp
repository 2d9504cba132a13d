// SPDX-License-Identifier: LGPL-2.1-or-later
// Connection tracking: forgetting the flows of one link, and of no other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hal/error.hpp"
#include "hal/ip.hpp"

namespace mwan::netlink {

// Deletes the flows whose answers come to this address of ours: those that were translated to it,
// and the router's own. Returns how many. The next packet of such a flow is translated anew.
Result<std::size_t> delete_flows_of(const IpAddress& local);

// Deletes the flows of other hosts (whose address is none of ours) that nobody has answered and
// whose source address was not translated: those that began while the rules that translate were for
// another device, and would stay untranslated for as long as somebody asks again. For a flow that
// is to stay as it is, the next packet makes the same entry. Returns how many.
Result<std::size_t> delete_untranslated_flows(const std::vector<IpAddress>& ours);

// A TCP connection as the host that opened it knows it.
struct TcpFlow {
  IpAddress host;
  std::uint16_t host_port = 0;
  IpAddress server;
  std::uint16_t server_port = 0;
  bool operator==(const TcpFlow&) const = default;
};

// Takes the open TCP connections of a conntrack zone whose source address was translated out of
// the table, and returns them; the router's own, and those that were not open yet, stay. At most
// that many.
Result<std::vector<TcpFlow>> take_translated_tcp(std::uint16_t zone, std::size_t most);

}  // namespace mwan::netlink
