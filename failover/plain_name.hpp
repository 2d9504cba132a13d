// SPDX-License-Identifier: LGPL-2.1-or-later
// Names that need no quoting wherever they are written: of profiles, and of files of ours.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace mwan::failover {

// 1 to `longest` of A-Z a-z 0-9 _ . -
inline bool is_plain_name(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

}  // namespace mwan::failover
