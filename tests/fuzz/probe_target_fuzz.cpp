// SPDX-License-Identifier: LGPL-2.1-or-later
// The setting PROBE_TARGETS, what a web server or a captive portal says, and answers of neighbours.
#include "failover/probe/neighbour_packet.hpp"
#include "failover/probe/portal_watch.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {

void take(ByteView input) {
  using namespace mwan::failover;
  static_cast<void>(parse_arp_reply(input));
  static_cast<void>(parse_advertisement(input));

  const std::string_view text = text_of(input);
  const auto end = std::min(text.size(), text.find('\n'));
  const auto targets = parse_probe_targets(text.substr(0, end), 8);
  if (!targets) {
    require(!targets.error().empty(), "an error says why");
    require(targets.error().size() < 1000, "an error is short");
    return;
  }
  for (const ProbeTarget& target : *targets) {
    const auto again = parse_probe_target(target.text());
    require(again && *again == target, "a target is read as it was written");
    HttpReply reply;
    reply.status = static_cast<int>(text.size() % 600);
    reply.location = text.substr(end);
    reply.body = text.substr(end);
    static_cast<void>(judge(target, reply));
    const auto words = portal_words(target, reply);
    require(no_control(words), "what a portal says drives no terminal");
    require(words.size() < 700, "words are short");
  }
}

}  // namespace mwan::fuzz
