// SPDX-License-Identifier: LGPL-2.1-or-later
// Cuts a byte stream into frames, whichever protocol it carries.
#pragma once

#include <optional>
#include <span>

#include "tools/mwan-sim/codec/bytes.hpp"

namespace mwan::sim {

class FrameStream {
 public:
  FrameStream() = default;
  FrameStream(const FrameStream&) = delete;
  FrameStream& operator=(const FrameStream&) = delete;
  virtual ~FrameStream() = default;

  virtual void feed(std::span<const std::uint8_t> bytes) = 0;
  // The next whole frame, nothing when more bytes are needed.
  virtual std::optional<Bytes> next() = 0;
  // True once a frame could not be one: the stream cannot be followed any more.
  [[nodiscard]] virtual bool lost() const = 0;
};

}  // namespace mwan::sim
