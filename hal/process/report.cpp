// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/report.hpp"

#include <algorithm>

#include "hal/number.hpp"

namespace mwan {
namespace {

constexpr std::string_view kForm = "mwan-tell 1";

tl::unexpected<Error> not_a_report(const std::string& why) {
  return failed(FailureClass::Permanent, "a script's report", why);
}

}  // namespace

const std::string& ScriptReport::value(std::string_view variable) const {
  static const std::string none;
  const auto found = environment.find(variable);
  return found == environment.end() ? none : found->second;
}

Result<ScriptReport> parse_report(std::span<const char> datagram) {
  if (datagram.empty() || datagram.size() > ScriptReport::kLongest || datagram.back() != '\0') {
    return not_a_report("it is empty, too long, or cut off");
  }
  std::vector<std::string_view> parts;
  std::string_view rest(datagram.data(), datagram.size());
  while (!rest.empty()) {
    const auto end = rest.find('\0');
    parts.push_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    if (parts.size() > ScriptReport::kMostParts) return not_a_report("it has too many parts");
  }
  if (parts.size() < 3 || parts[0] != kForm) return not_a_report("it has another form");
  const auto count = whole_number<std::size_t>(parts[2]);
  if (!count || *count > parts.size() - 3) {
    return not_a_report("its number of arguments is wrong");
  }
  ScriptReport out;
  out.name = parts[1];
  const auto first = parts.begin() + 3;
  const auto last = first + static_cast<std::ptrdiff_t>(*count);
  out.arguments.assign(first, last);
  for (auto part = last; part != parts.end(); ++part) {
    const auto equals = part->find('=');
    if (equals == std::string_view::npos || equals == 0)
      return not_a_report("a variable has no name");
    out.environment.emplace(part->substr(0, equals), part->substr(equals + 1));
  }
  return out;
}

std::string encode_report(std::string_view name, const std::vector<std::string_view>& arguments,
                          const std::vector<std::string_view>& environment) {
  std::string out;
  std::size_t parts = 3;
  const auto add = [&](std::string_view part) {
    out += part;
    out += '\0';
  };
  add(kForm);
  add(name.substr(name.rfind('/') + 1));
  add(std::to_string(arguments.size()));
  for (const auto argument : arguments) add(argument);
  parts += arguments.size();
  for (const auto variable : environment) {
    const auto equals = variable.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    if (out.size() + variable.size() + 1 > ScriptReport::kLongest) continue;
    if (++parts > ScriptReport::kMostParts) break;
    add(variable);
  }
  return out;
}

}  // namespace mwan
