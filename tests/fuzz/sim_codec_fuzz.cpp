// SPDX-License-Identifier: LGPL-2.1-or-later
// What programs send to the simulator: a byte stream, cut into frames, with their elements. The
// first byte is the size of the pieces that the stream arrives in.
#include <algorithm>

#include "tests/fuzz/fuzz_target.hpp"
#include "tools/mwan-sim/codec/qmux.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::sim;

void take_frames(QmuxStream& stream, std::vector<Bytes>& frames) {
  while (auto frame = stream.next()) frames.push_back(std::move(*frame));
}

void read_arguments(const TlvList& tlvs) {
  Arguments arguments(tlvs);
  for (const std::uint8_t type : {0x01, 0x02, 0x10, 0x11, 0xff}) {
    static_cast<void>(arguments.u8(type));
    static_cast<void>(arguments.u16(type));
    static_cast<void>(arguments.need_u32(type));
    static_cast<void>(arguments.text(type));
    static_cast<void>(arguments.flag(type));
    arguments.structure(type, [](ByteReader& reader) { reader.bytes(reader.u16()); });
  }
  static_cast<void>(arguments.problem());
}

void read_frame(const Bytes& frame) {
  const auto parsed = parse_frame(frame);
  if (!parsed || !parsed->intact) return;
  read_arguments(parsed->message.tlvs);
  const auto again = parse_frame(build_frame(parsed->message));
  require(again && again->intact, "a frame that is built can be read");
  Bytes before;
  Bytes after;
  parsed->message.tlvs.append_to(before);
  again->message.tlvs.append_to(after);
  require(before == after, "the elements come back as they were");
  require(parsed->message.kind == again->message.kind &&
              parsed->message.message == again->message.message &&
              parsed->message.transaction == again->message.transaction,
          "the header comes back as it was");
}

}  // namespace

void take(ByteView input) {
  const std::size_t piece = std::max<std::size_t>(1, take_byte(input));
  read_frame(Bytes(input.begin(), input.end()));

  QmuxStream whole;
  std::vector<Bytes> frames;
  whole.feed(input);
  take_frames(whole, frames);
  QmuxStream pieces;
  std::vector<Bytes> again;
  for (std::size_t at = 0; at < input.size(); at += piece) {
    pieces.feed(input.subspan(at, std::min(piece, input.size() - at)));
    take_frames(pieces, again);
  }
  require(frames == again, "frames do not depend on how the bytes arrive");
  require(whole.lost() == pieces.lost(), "nor does being lost");
  for (const Bytes& frame : frames) read_frame(frame);
}

}  // namespace mwan::fuzz
