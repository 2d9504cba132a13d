// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/document.hpp"

#include <fmt/format.h>

#include "failover/config/keys.hpp"

namespace mwan::failover {

namespace {

std::string code(std::string_view text) { return text.empty() ? "" : fmt::format("`{}`", text); }

}  // namespace

std::string document_settings_keys() {
  std::string out = "| key | value | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& key : settings_keys()) {
    out += fmt::format("| {} | {} | {} | {} |\n", code(key.name), describe(key.type),
                       code(key.default_text), key.help);
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
