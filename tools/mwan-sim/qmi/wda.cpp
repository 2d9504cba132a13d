// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/wda.hpp"

#include <utility>

namespace mwan::sim::qmi {
namespace {

// QmiWdaLinkLayerProtocol
constexpr std::uint32_t kEthernet = 1;
constexpr std::uint32_t kRawIp = 2;

// QmiWdaDataAggregationProtocol
constexpr std::uint32_t kNoAggregation = 0;
constexpr std::uint32_t kQmap = 5;

}  // namespace

Wda::Wda(ServiceHost& host) : Service(host, ServiceId::Wda, 1, 16) {
  answer_supported_messages();
  answer(0x0020, [this](const Request& request) { return set_data_format(request); });
  answer(0x0021, [this](const Request&) { return data_format(); });
}

Reply Wda::set_data_format(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto protocol = arguments.u32(0x11);
  const auto uplink = arguments.u32(0x12);
  const auto downlink = arguments.u32(0x13);
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (modem().settings().wda_needs_endpoint && !arguments.has(0x17)) {
    return failure(ProtocolError::MissingArgument);
  }
  // No multiplexing here: a request for it is answered with the format that stays in force. A modem
  // whose multiplexing is broken says that it has it.
  const bool multiplexed =
      modem().faults().on(Fault::MuxBroken) && (uplink == kQmap || downlink == kQmap);
  if (protocol) {
    if (*protocol != kEthernet && *protocol != kRawIp) {
      return failure(ProtocolError::InvalidArgument);
    }
    modem().set_data_format(*protocol == kRawIp ? LinkLayer::RawIp : LinkLayer::Ethernet,
                            multiplexed);
  }
  return data_format();
}

Reply Wda::data_format() const {
  const std::uint32_t aggregation = modem().multiplexed() ? kQmap : kNoAggregation;
  Reply reply;
  reply.tlvs.add(0x10).u8(0);  // no QoS header
  reply.tlvs.add(0x11).u32(modem().data_format() == LinkLayer::RawIp ? kRawIp : kEthernet);
  reply.tlvs.add(0x12).u32(aggregation);  // uplink aggregation
  reply.tlvs.add(0x13).u32(aggregation);  // downlink aggregation
  reply.tlvs.add(0x15).u32(0);
  reply.tlvs.add(0x16).u32(0);
  return reply;
}

}  // namespace mwan::sim::qmi
