// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/service.hpp"

#include <iterator>
#include <utility>

namespace mwan::sim::qmi {

std::optional<Reply> Service::handle(const Request& request) {
  const auto entry = messages_.find(request.route.message);
  if (entry == messages_.end()) return failure(ProtocolError::InvalidQmiCommand);
  return entry->second(request);
}

void Service::answer(std::uint16_t message, Handler handler) {
  messages_.emplace(message, std::move(handler));
}

void Service::answer_supported_messages() {
  constexpr std::uint16_t kGetSupportedMessages = 0x001E;
  answer(kGetSupportedMessages, [this](const Request&) {
    // The ids beyond are vendors' own, which modems keep to themselves.
    constexpr std::uint16_t kVendors = 0x1000;
    const auto last = std::prev(messages_.lower_bound(kVendors));
    Bytes bits(last->first / 8 + 1);
    for (const auto& [id, handler] : messages_) {
      if (id >= kVendors) break;
      bits[id / 8] = static_cast<std::uint8_t>(bits[id / 8] | (1U << (id % 8)));
    }
    Reply reply;
    reply.tlvs.add(0x10).u16(static_cast<std::uint16_t>(bits.size())).bytes(bits);
    return reply;
  });
}

std::optional<Reply> problem(const Arguments& arguments) {
  switch (arguments.problem()) {
    case Arguments::Problem::None:
      return std::nullopt;
    case Arguments::Problem::Missing:
      return failure(ProtocolError::MissingArgument);
    case Arguments::Problem::Malformed:
      return failure(ProtocolError::MalformedMessage);
  }
  return std::nullopt;
}

}  // namespace mwan::sim::qmi
