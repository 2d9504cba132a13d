// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/at_port.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace mwan::sim::usb {
namespace {

constexpr std::size_t kLongestLine = 512;
constexpr std::size_t kMostUnread = 4096;  // nobody reads: the rest is lost, as from a UART

constexpr std::array<std::string_view, 8> kFine = {"AT",   "ATZ",  "ATE0",    "ATE1",
                                                   "ATV1", "ATX4", "AT+CMEE", "AT&C1"};

}  // namespace

void AtPort::take(std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) {
    const char c = static_cast<char>(byte);
    if (echo_ && out_.size() < kMostUnread) out_.push_back(c);
    if (c == '\r') {
      answer(line_);
      line_.clear();
    } else if (c >= ' ' && line_.size() < kLongestLine) {
      line_.push_back(static_cast<char>(std::toupper(byte)));
    }
  }
}

void AtPort::answer(const std::string& line) {
  if (line.empty() || out_.size() >= kMostUnread) return;
  if (line == "ATE0") echo_ = false;
  if (line == "ATE1" || line == "ATZ") echo_ = true;
  const bool fine = std::ranges::find(kFine, line.substr(0, line.find('='))) != kFine.end();
  out_ += fine ? "\r\nOK\r\n" : "\r\nERROR\r\n";
}

std::optional<Bytes> AtPort::give(std::size_t most) {
  if (out_.empty()) return std::nullopt;
  const std::size_t count = std::min(most, out_.size());
  Bytes data(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(count));
  out_.erase(0, count);
  return data;
}

}  // namespace mwan::sim::usb
