// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/document.hpp"

#include <fmt/format.h>

#include "failover/config/keys.hpp"

namespace mwan::failover {

namespace {

std::string code(std::string_view text) { return text.empty() ? "" : fmt::format("`{}`", text); }

// As roff(7) has to have it: a minus that can be copied, no request at the beginning of a line.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '-' || c == '\\') out += '\\';
    out += c == '\\' ? 'e' : c;
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string paragraph(const KeyInfo& key, std::string_view about, std::string_view otherwise) {
  std::string out = fmt::format(".TP\n.B {}\n", roff(key.name));
  if (!about.empty()) out += roff(fmt::format("({}) ", about));
  out += roff(fmt::format("{}.\n", key.help));
  out += roff(fmt::format("Value: {}", describe(key.type)));
  return out + (otherwise.empty() ? ".\n" : roff(fmt::format("; {}.\n", otherwise)));
}

}  // namespace

std::string document_settings_keys() {
  std::string out = "| key | value | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& key : settings_keys()) {
    out += fmt::format("| {} | {} | {} | {} |\n", code(key.name), describe(key.type),
                       code(key.default_text), key.help);
  }
  return out;
}

std::string manual_settings_keys() {
  std::string out;
  for (const auto& key : settings_keys()) {
    out += paragraph(key, "",
                     key.default_text.empty() ? "" : fmt::format("default {}", key.default_text));
  }
  return out;
}

std::string manual_profile_keys() {
  std::string out;
  for (const auto& key : profile_keys()) {
    const bool probe = key.name.starts_with("PROBE_");
    out += paragraph(key, key.kind == KeyFor::All ? "" : words(key.kind),
                     key.required               ? "required"
                     : probe                    ? "as in settings"
                     : key.default_text.empty() ? ""
                                                : fmt::format("default {}", key.default_text));
  }
  return out;
}

std::string document_profile_keys() {
  std::string out = "| key | kind | value | default | meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& key : profile_keys()) {
    const bool probe = key.name.starts_with("PROBE_");
    out += fmt::format("| {} | {} | {} | {} | {} |\n", code(key.name), words(key.kind),
                       describe(key.type),
                       key.required ? "required"
                       : probe      ? "as in settings"
                                    : code(key.default_text),
                       key.help);
  }
  return out;
}

}  // namespace mwan::failover
