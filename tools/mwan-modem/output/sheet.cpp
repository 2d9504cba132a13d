// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/sheet.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mwan::tool {

void Section::add_text(std::string key_, std::string label, const std::string& text) {
  if (text.empty()) {
    add(std::move(key_), std::move(label), "-", nullptr);
  } else {
    add(std::move(key_), std::move(label), text);
  }
}

void Section::add_unknown(const std::string& key_, std::string label, const Error& why) {
  add(key_, std::move(label), fmt::format("not known ({})", why.message), nullptr);
  rows.push_back({key_ + "_error", "", "", why.text()});
}

std::string to_text(const Sheet& sheet) {
  std::string out;
  std::size_t width = 0;
  for (const Section& section : sheet) {
    for (const Row& row : section.rows) width = std::max(width, row.label.size());
  }
  for (const Section& section : sheet) {
    if (!out.empty()) out += '\n';
    if (!section.title.empty()) out += printable(section.title) + '\n';
    for (const Row& row : section.rows) {
      if (row.label.empty()) continue;
      out += fmt::format("  {:<{}}  {}\n", row.label, width, printable(row.text));
    }
  }
  return out;
}

Json to_json(const Sheet& sheet) {
  Json out = Json::object();
  for (const Section& section : sheet) {
    Json& inner = out[section.key];
    inner = Json::object();
    for (const Row& row : section.rows) inner[row.key] = row.value;
  }
  return out;
}

std::string line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}
std::string pretty(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string printable(const std::string& text) {
  std::string out = text;
  // C1 controls need no care: in UTF-8 they are C2 80..9F, which terminals of UTF-8 ignore.
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

}  // namespace mwan::tool
