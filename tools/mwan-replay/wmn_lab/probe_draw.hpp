// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a probe of a recorded second is answered. The recording says how many packets were lost,
// not which: each probe is drawn with that chance from a seeded generator. A draw depends on the
// recording, the second and the probe's number alone, so that policies are compared on equal terms.
#pragma once

#include <cstdint>
#include <string_view>

namespace mwan::replay {

class ProbeDraw {
 public:
  ProbeDraw(std::uint64_t seed, std::string_view recording) : state_(seed * 0x9e3779b97f4a7c15U) {
    for (const char c : recording) state_ = mixed(state_ ^ static_cast<unsigned char>(c));
  }

  [[nodiscard]] bool lost(std::uint64_t second, std::uint64_t probe, double chance) const {
    const std::uint64_t bits = mixed(mixed(state_ + second) + probe);
    return static_cast<double>(bits >> 11U) * 0x1p-53 < chance;
  }

 private:
  // The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
  static std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
  }
  std::uint64_t state_;
};

}  // namespace mwan::replay
