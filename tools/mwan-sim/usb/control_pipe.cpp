// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/control_pipe.hpp"

#include <utility>

namespace mwan::sim::usb {
namespace {

// Nobody reads the port: firmwares keep some messages and lose the rest.
constexpr std::size_t kMostMessages = 128;

}  // namespace

bool ControlPipe::say(std::span<const std::uint8_t> message) {
  if (message.size() > kLongestMessage || messages_.size() >= kMostMessages) return false;
  messages_.emplace_back(message.begin(), message.end());
  return true;
}

Bytes ControlPipe::fetch() {
  if (messages_.empty()) return {};
  Bytes message = std::move(messages_.front());
  messages_.pop_front();
  if (announced_ > 0) --announced_;
  return message;
}

std::optional<Bytes> ControlPipe::notification() {
  if (announced_ >= messages_.size()) return std::nullopt;
  ++announced_;
  Bytes out;
  ByteWriter(out).u8(kClassFromInterface).u8(kGetEncapsulated).u16(0).u16(interface_).u16(0);
  return out;
}

void ControlPipe::clear() {
  messages_.clear();
  announced_ = 0;
}

}  // namespace mwan::sim::usb
