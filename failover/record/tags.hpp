// SPDX-License-Identifier: LGPL-2.1-or-later
// The kinds of a variant by their names in a file.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

namespace mwan::failover {

// Calls read(alternative) with a default-made alternative of the variant that has the tag; false
// when none has.
template <class Variant, std::size_t... I, class Read>
bool with_alternative(const std::array<const char*, sizeof...(I)>& tags, const std::string& tag,
                      std::index_sequence<I...> /*indices*/, Read read) {
  return ((tags[I] == tag && (read(std::variant_alternative_t<I, Variant>{}), true)) || ...);
}
template <class Variant, class Read>
bool with_alternative(const std::array<const char*, std::variant_size_v<Variant>>& tags,
                      const std::string& tag, Read read) {
  return with_alternative<Variant>(
      tags, tag, std::make_index_sequence<std::variant_size_v<Variant>>(), std::move(read));
}

}  // namespace mwan::failover
