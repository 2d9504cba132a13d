// SPDX-License-Identifier: LGPL-2.1-or-later
// What the host's kernel sends to the simulated modem on the bus: USB/IP messages, transfer blocks
// and Ethernet frames. The first byte is the size of the pieces that the stream arrives in.
#include <algorithm>

#include "tests/fuzz/fuzz_target.hpp"
#include "tools/mwan-sim/usb/ethernet.hpp"
#include "tools/mwan-sim/usb/ntb.hpp"
#include "tools/mwan-sim/usb/usbip.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::sim;
using namespace mwan::sim::usb;

void take_messages(HostStream& stream, std::vector<HostMessage>& out) {
  while (auto message = stream.next()) {
    if (const auto* transfer = std::get_if<Submit>(&*message)) {
      require(transfer->endpoint < 16 && transfer->length <= kLargestTransfer, "within bounds");
      require(transfer->to_host || transfer->data.size() == transfer->length, "all its data");
    }
    out.push_back(std::move(*message));
  }
}

void read_block(ByteView input) {
  const auto datagrams = decode_ntb(input);
  if (!datagrams) return;
  std::size_t bytes = 0;
  std::vector<Bytes> packets;
  for (const Datagram& one : *datagrams) {
    require(!one.packet.empty(), "datagrams have bytes");
    bytes += one.packet.size();
    packets.push_back(one.packet);
  }
  require(bytes <= input.size(), "no more than the block held");
  packets.resize(fitting(packets, kLargestNtb));
  const auto again = decode_ntb(encode_ntb(1, 7, packets));
  require(again && again->size() == packets.size(), "a block that is built can be read");
  for (std::size_t i = 0; i < packets.size(); ++i) {
    require((*again)[i] == Datagram{7, packets[i]}, "datagrams come back as they were");
  }
}

void read_frame(ByteView input) {
  const auto frame = read_ethernet(input);
  if (!frame) return;
  require(frame->packet.has_value() != frame->answer.has_value(), "one of both");
  if (frame->packet) {
    const Bytes back = to_ethernet(*frame->packet, frame->source);
    require(back.size() == frame->packet->size() + 14, "a header is put on");
  }
}

}  // namespace

void take(ByteView input) {
  const std::size_t piece = std::max<std::size_t>(1, take_byte(input));
  read_block(input);
  read_frame(input);

  HostStream whole;
  std::vector<HostMessage> messages;
  whole.feed(input);
  take_messages(whole, messages);
  HostStream pieces;
  std::vector<HostMessage> again;
  for (std::size_t at = 0; at < input.size(); at += piece) {
    pieces.feed(input.subspan(at, std::min(piece, input.size() - at)));
    take_messages(pieces, again);
  }
  require(messages == again, "messages do not depend on how the bytes arrive");
  require(whole.trouble() == pieces.trouble(), "nor does what is wrong with them");
}

}  // namespace mwan::fuzz
