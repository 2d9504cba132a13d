// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/edit/settings_edit.hpp"

#include "failover/config/settings_text.hpp"

namespace mwan::config_tool {
namespace {

bool has_key(std::string_view line, std::string_view key) {
  return line.starts_with(key) && line.substr(key.size()).starts_with('=');
}

// The next line with its end, taken off the text.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view out = text.substr(0, end == std::string_view::npos ? end : end + 1);
  text.remove_prefix(out.size());
  return out;
}

// line: without its end; empty: the key's lines are left out. A key that is there twice, which is
// an error, is there once afterwards.
std::string replaced(std::string_view text, std::string_view key, std::string_view line) {
  std::string out;
  bool placed = line.empty();
  while (!text.empty()) {
    const std::string_view old = next_line(text);
    if (!has_key(old, key)) {
      out += old;
    } else if (!placed) {
      out += std::string(line) + "\n";
      placed = true;
    }
  }
  if (placed) return out;
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
  return out + std::string(line) + "\n";
}

}  // namespace

tl::expected<std::string, std::string> with_key(std::string_view text, std::string_view key,
                                                std::string_view value) {
  const bool quoted = value.find(' ') != std::string_view::npos;
  std::string line = std::string(key) + "=";
  line += quoted ? "'" + std::string(value) + "'" : std::string(value);
  // As everybody who reads the file will read it.
  const auto read = failover::parse_settings_text("", line);
  if (!read.errors.empty()) return tl::unexpected(read.errors.front().message);
  if (read.entries.size() != 1 || read.entries.front().key != key ||
      read.entries.front().value != value) {
    return tl::unexpected(std::string("the file format has no way to write this value"));
  }
  return replaced(text, key, line);
}

std::string without_key(std::string_view text, std::string_view key) {
  return replaced(text, key, "");
}

int line_of(std::string_view text, std::string_view key) {
  for (int line = 1; !text.empty(); ++line) {
    if (has_key(next_line(text), key)) return line;
  }
  return 0;
}

}  // namespace mwan::config_tool
