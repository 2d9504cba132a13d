// SPDX-License-Identifier: LGPL-2.1-or-later
// A serial port that takes AT commands, enough that a program which probes for one finds it: echo,
// AT and what sets up a line are OK, everything else is an ERROR (ITU-T V.250).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "tools/mwan-sim/codec/bytes.hpp"

namespace mwan::sim::usb {

class AtPort {
 public:
  void take(std::span<const std::uint8_t> bytes);
  // What is to be said, so many bytes at most; nothing when it is silent.
  std::optional<Bytes> give(std::size_t most);

 private:
  void answer(const std::string& line);
  std::string line_;
  std::string out_;
  bool echo_ = true;
};

}  // namespace mwan::sim::usb
