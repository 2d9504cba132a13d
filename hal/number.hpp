// SPDX-License-Identifier: LGPL-2.1-or-later
// Whole numbers in text from outside.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace mwan {

// The number that all of the text is: digits only, after a minus sign where T has negative numbers.
// Nothing for anything else, blanks, "+1" and "0x1" among them, and for what does not fit into T.
template <std::integral T>
std::optional<T> whole_number(std::string_view text, int base = 10) {
  T number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace mwan
