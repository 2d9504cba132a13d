// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/native_link.hpp"

#include <chrono>

namespace mwan::replay {
namespace {

// The rest (device, bearer, addressing) tells of the recorder's own connection.
bool of_the_radio(const Fact& fact) {
  return std::holds_alternative<SignalSample>(fact) || std::holds_alternative<CellReport>(fact) ||
         std::holds_alternative<Registration>(fact) || std::holds_alternative<PacketService>(fact);
}

}  // namespace

std::size_t NativeLink::seconds() const {
  if (trace_.points.empty()) return 0;
  const auto whole = std::chrono::floor<std::chrono::seconds>(trace_.points.back().since).count();
  return static_cast<std::size_t>(whole) + 1;
}

std::vector<Fact> NativeLink::heard(std::size_t second) {
  std::vector<Fact> out;
  const Duration end = std::chrono::seconds(second + 1);
  for (; next_ < trace_.points.size() && trace_.points[next_].since < end; ++next_) {
    const Fact& fact = trace_.points[next_].fact;
    if (of_the_radio(fact)) out.push_back(fact);
  }
  return out;
}

}  // namespace mwan::replay
