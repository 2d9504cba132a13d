// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/settings_text.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace mwan::failover {

namespace {

constexpr std::size_t max_errors = 50;
constexpr std::string_view unquoted_punctuation = "=/,.:%_@#+-";

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_value_char(char c) {
  return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z') ||
         unquoted_punctuation.find(c) != std::string_view::npos;
}

bool is_key(std::string_view key) {
  return !key.empty() && is_upper(key.front()) &&
         std::ranges::all_of(key, [](char c) { return is_upper(c) || is_digit(c) || c == '_'; });
}

std::string_view hint_for(char c) {
  if (c == '\0') return "a NUL byte";
  if (c == '"') return "a double quote (use single quotes around a value with spaces)";
  if (c == '\'') return "a single quote inside the value (it can only stand around it)";
  if (c == ' ') return "a space outside single quotes";
  if (c == '\t') return "a tab";
  if (static_cast<unsigned char>(c) >= 0x80) return "a character outside ASCII";
  return "a character the file format does not know";
}

struct WrittenValue {
  std::string text;
  std::optional<std::string> error;
};

// column: of the value's first character, from 1.
WrittenValue parse_value(std::string_view raw, std::size_t column) {
  const bool quoted = raw.starts_with('\'');
  if (quoted && (raw.size() < 2 || !raw.ends_with('\''))) {
    return {{}, "the single quote is not closed at the end of the line"};
  }
  const std::string_view inner = quoted ? raw.substr(1, raw.size() - 2) : raw;
  const auto bad = std::ranges::find_if(
      inner, [&](char c) { return !is_value_char(c) && !(quoted && c == ' '); });
  if (bad == inner.end()) return {std::string(inner), std::nullopt};
  const auto at = column + (quoted ? 1 : 0) + static_cast<std::size_t>(bad - inner.begin());
  return {{},
          fmt::format("column {} holds {}; allowed are letters, digits and {} and, within single "
                      "quotes, spaces",
                      at, hint_for(*bad), unquoted_punctuation)};
}

// Why a line is no KEY=value line.
std::string complaint(std::string_view line, std::string_view key) {
  if (line.find_first_not_of(" \t") != std::string_view::npos &&
      line[line.find_first_not_of(" \t")] == '#') {
    return "comments are not possible in this file format (IPFire's reader would lose the keys "
           "after it); remove the line";
  }
  if (line.starts_with(' ') || line.starts_with('\t')) return "space before the key; remove it";
  if (line.find('=') == std::string_view::npos) return "expected KEY=value, found no \"=\"";
  if (key.ends_with(' ') || key.ends_with('\t')) return "space before the \"=\"; remove it";
  return "expected KEY=value; a key is made of capital letters, digits and \"_\" and begins with a "
         "letter";
}

}  // namespace

SettingsText parse_settings_text(const std::string& file, std::string_view text) {
  SettingsText out;
  std::map<std::string_view, int> first_lines;
  bool told_line_ends = false;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto fail = [&](std::string message) {
      if (out.errors.size() < max_errors) out.errors.push_back({file, number, std::move(message)});
    };

    if (line.ends_with('\r')) {
      // Once is enough, the other errors of the line still count.
      if (!told_line_ends) {
        fail("the line ends in CR LF, as Windows editors write it; convert the file to LF ends");
      }
      told_line_ends = true;
      line.remove_suffix(1);
    }
    if (line.empty()) continue;
    const std::string_view key = line.substr(0, line.find('='));
    if (key.size() == line.size() || !is_key(key)) {
      fail(complaint(line, key));
      continue;
    }
    auto value = parse_value(line.substr(key.size() + 1), key.size() + 2);
    if (value.error) {
      fail(fmt::format("{}: {}", key, *value.error));
      out.broken.emplace(key);
      continue;
    }
    const auto [first, is_new] = first_lines.emplace(key, number);
    if (!is_new) {
      fail(fmt::format("{} is set a second time (first in line {}); remove one", key,
                       first->second));
      continue;
    }
    out.entries.push_back({number, std::string(key), std::move(value.text)});
  }
  return out;
}

}  // namespace mwan::failover
