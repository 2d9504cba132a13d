// SPDX-License-Identifier: LGPL-2.1-or-later
// What a raw socket gives: IPv4 packets, and echo replies of both families.
#include <algorithm>

#include "failover/probe/icmp_packet.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::failover;

void look(IpFamily family, ByteView message) {
  const auto echo = parse_reply(family, message);
  if (!echo) return;
  const EchoRequest request = encode_request(family, *echo);
  // Type and checksum differ between a request and its reply.
  require(std::equal(request.begin() + 4, request.end(), message.begin() + 4, message.end()),
          "a reply is read as it was asked");
}

}  // namespace

void take(ByteView input) {
  look(IpFamily::V4, input);
  look(IpFamily::V6, input);
  const auto inner = icmp_of_ipv4(input);
  if (!inner) return;
  require(inner->data() >= input.data() + 20 &&
              inner->data() + inner->size() <= input.data() + input.size(),
          "the payload lies in the packet");
  look(IpFamily::V4, *inner);
}

}  // namespace mwan::fuzz
