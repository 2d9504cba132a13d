// SPDX-License-Identifier: LGPL-2.1-or-later
// A compile-time check of how many members a type has.
#pragma once

namespace mwan::failover {

// Does not compile when T does not have exactly N members (1 to 14).
template <int N, class T>
void expect_members(const T& v) {
  if constexpr (N == 1) {
    [[maybe_unused]] const auto& [a] = v;
  } else if constexpr (N == 2) {
    [[maybe_unused]] const auto& [a, b] = v;
  } else if constexpr (N == 3) {
    [[maybe_unused]] const auto& [a, b, c] = v;
  } else if constexpr (N == 4) {
    [[maybe_unused]] const auto& [a, b, c, d] = v;
  } else if constexpr (N == 5) {
    [[maybe_unused]] const auto& [a, b, c, d, e] = v;
  } else if constexpr (N == 6) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f] = v;
  } else if constexpr (N == 7) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f, g] = v;
  } else if constexpr (N == 8) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h] = v;
  } else if constexpr (N == 9) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i] = v;
  } else if constexpr (N == 10) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j] = v;
  } else if constexpr (N == 11) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k] = v;
  } else if constexpr (N == 12) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l] = v;
  } else if constexpr (N == 13) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = v;
  } else if constexpr (N == 14) {
    [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = v;
  } else {
    static_assert(N == 1, "add the branch for this number of members");
  }
}

}  // namespace mwan::failover
