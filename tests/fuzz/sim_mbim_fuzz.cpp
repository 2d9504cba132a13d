// SPDX-License-Identifier: LGPL-2.1-or-later
// What programs send to the simulator's MBIM side: a byte stream, cut into frames, put together
// from fragments, with its information buffer. The first byte is the size of the pieces it arrives
// in.
#include <algorithm>

#include "tests/fuzz/presentable.hpp"
#include "tools/mwan-sim/mbim/info.hpp"
#include "tools/mwan-sim/mbim/utf16.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::sim::mbim;
using mwan::sim::Bytes;

void read_info(std::span<const std::uint8_t> info) {
  InfoReader reader(info);
  require(valid_utf8(reader.text()), "a text is UTF-8");
  for (const auto part : reader.structures()) {
    require(part.empty() || (part.data() >= info.data() &&
                             part.data() + part.size() <= info.data() + info.size()),
            "a structure lies in the buffer");
  }
  require(valid_utf8(reader.tlv_text()), "a text is UTF-8");
  const std::string text = from_utf16(info);
  require(valid_utf8(text) && from_utf16(to_utf16(text)) == text, "a text comes back as it was");
}

void read_message(std::span<const std::uint8_t> bytes) {
  const auto message = parse(bytes);
  if (!message) return;
  read_info(message->info);
  Reassembly reassembly;
  std::optional<Bytes> whole;
  for (const Bytes& frame : build(*message, 128)) {
    const auto outcome = reassembly.take(frame);
    require(!outcome.error, "fragments that are built fit together");
    whole = outcome.message;
  }
  require(whole.has_value(), "and are whole with the last");
  const auto again = parse(*whole);
  require(again && again->type == message->type && again->info == message->info &&
              again->cid == message->cid && again->transaction == message->transaction,
          "a message comes back as it was");
}

void take_frames(MbimStream& stream, std::vector<Bytes>& frames) {
  while (auto frame = stream.next()) frames.push_back(std::move(*frame));
}

}  // namespace

void take(ByteView input) {
  const std::size_t piece = std::max<std::size_t>(1, take_byte(input));
  read_info(input);
  read_message(input);

  MbimStream whole;
  std::vector<Bytes> frames;
  whole.feed(input);
  take_frames(whole, frames);
  MbimStream pieces;
  std::vector<Bytes> again;
  for (std::size_t at = 0; at < input.size(); at += piece) {
    pieces.feed(input.subspan(at, std::min(piece, input.size() - at)));
    take_frames(pieces, again);
  }
  require(frames == again, "frames do not depend on how the bytes arrive");
  require(whole.lost() == pieces.lost(), "nor does being lost");

  Reassembly reassembly;
  for (const Bytes& frame : frames) {
    const auto outcome = reassembly.take(frame);
    if (outcome.message) read_message(*outcome.message);
  }
}

}  // namespace mwan::fuzz
