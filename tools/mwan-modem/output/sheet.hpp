// SPDX-License-Identifier: LGPL-2.1-or-later
// What a command has to show, once, for people and for programs. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "hal/error.hpp"

namespace mwan::tool {

// Keeps the order of the members.
using Json = nlohmann::ordered_json;

struct Row {
  std::string key;    // in JSON
  std::string label;  // for people; empty: in JSON only
  std::string text;   // one line
  Json value;
};

struct Section {
  std::string key;
  std::string title;
  std::vector<Row> rows;

  void add(std::string key_, std::string label, std::string text, Json value) {
    rows.push_back({std::move(key_), std::move(label), std::move(text), std::move(value)});
  }
  void add(std::string key_, std::string label, std::string text) {
    Json value = text;
    add(std::move(key_), std::move(label), std::move(text), std::move(value));
  }
  // Text that the modem did not tell is null and a dash.
  void add_text(std::string key_, std::string label, const std::string& text);
  // What could not be read: null, and why.
  void add_unknown(const std::string& key_, std::string label, const Error& why);
};

using Sheet = std::vector<Section>;

std::string to_text(const Sheet& sheet);
Json to_json(const Sheet& sheet);
// As one line; bytes that are no UTF-8 become U+FFFD.
std::string line(const Json& json);
std::string pretty(const Json& json);

// Text of modems and networks on a terminal: without control characters.
std::string printable(const std::string& text);

}  // namespace mwan::tool
