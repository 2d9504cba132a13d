// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/run/named_manual.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace mwan::failover {
namespace {

constexpr std::size_t max_kept = 64;  // links in maintenance

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

std::optional<LinkId> link_named(const std::vector<std::string>& names, const std::string& name) {
  const auto at = std::ranges::find(names, name);
  if (at == names.end()) return std::nullopt;
  return LinkId{static_cast<std::uint16_t>(at - names.begin())};
}

std::string NamedManual::words() const {
  std::string out;
  const auto add = [&out](const std::string& what) { out += (out.empty() ? "" : "; ") + what; };
  if (paused) add("paused");
  if (!held.empty()) add("traffic held on " + held);
  for (const std::string& name : maintenance) add(name + " in maintenance");
  return out;
}

std::string encode(const NamedManual& manual) {
  std::string out;
  if (manual.paused) out += "paused\n";
  if (!manual.held.empty()) out += "held " + manual.held + "\n";
  for (const std::string& name : manual.maintenance) out += "maintenance " + name + "\n";
  return out;
}

Result<NamedManual> parse_named_manual(std::string_view text) {
  NamedManual out;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    const std::string_view name =
        space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    if (line == "paused") {
      out.paused = true;
    } else if (word == "held" && is_name(name)) {
      out.held = name;
    } else if (word == "maintenance" && is_name(name) && out.maintenance.size() < max_kept) {
      out.maintenance.emplace_back(name);
    } else {
      return failed(FailureClass::Permanent, "manual:" + std::to_string(number),
                    "expected paused, held NAME or maintenance NAME");
    }
  }
  return out;
}

NamedManual named(const Manual& manual, const std::vector<std::string>& names,
                  const NamedManual& before) {
  NamedManual out;
  out.paused = manual.paused;
  if (manual.held) out.held = names.at(manual.held->index);
  for (const LinkId link : manual.maintenance) out.maintenance.push_back(names.at(link.index));
  for (const std::string& name : before.maintenance) {
    if (!link_named(names, name) && out.maintenance.size() < max_kept)
      out.maintenance.push_back(name);
  }
  return out;
}

Manual numbered(const NamedManual& manual, const std::vector<std::string>& names) {
  Manual out;
  out.paused = manual.paused;
  if (!manual.held.empty()) out.held = link_named(names, manual.held);
  for (const std::string& name : manual.maintenance) {
    if (const auto link = link_named(names, name)) out.maintenance.push_back(*link);
  }
  std::ranges::sort(out.maintenance);
  return out;
}

}  // namespace mwan::failover
