// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/decisions.hpp"

#include <string>

namespace mwan::replay {
namespace {

// RFC 4180.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

void write_decisions_header(std::ostream& out, bool pairs) {
  out << (pairs ? "pair,t,active,reason\n" : "t,active,reason\n");
}

void write_decisions(std::ostream& out, const DriveResult& result,
                     std::optional<std::int64_t> pair) {
  for (std::size_t t = 0; t < result.seconds.size(); ++t) {
    const DriveSecond& second = result.seconds[t];
    if (pair) out << *pair << ',';
    out << t << ',' << second.active << ',' << field(second.reason) << '\n';
  }
}

}  // namespace mwan::replay
