// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/notices.hpp"

#include <algorithm>

#include "failover/record/enum_names.hpp"

namespace mwan::failover {
namespace {

// Reasons may quote what a modem or a portal says.
std::string one_line(std::string text) {
  constexpr std::size_t kMost = 500;
  if (text.size() > kMost) text.resize(kMost);
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace

std::string active_name(const Meters& meters) {
  const auto active = meters.active();
  return active && active->index < meters.links().size() ? meters.links()[active->index].name : "";
}

std::vector<Notice> notices_of(const std::vector<Action>& actions, const Meters& meters,
                               const std::string& before) {
  std::vector<Notice> out;
  const std::string now = active_name(meters);
  const auto add = [&](const std::string& event, const std::string& about, const std::string& what,
                       const std::string& reason) {
    Notice notice;
    notice.words = {event};
    if (!about.empty()) notice.words.push_back(about);
    if (!what.empty()) notice.words.push_back(what);
    notice.environment = {
        "MWAN_EVENT=" + event,  "MWAN_LINK=" + (event == "state" ? std::string() : about),
        "MWAN_VERDICT=" + what, "MWAN_STATE=" + std::string(name(meters.state())),
        "MWAN_ACTIVE=" + now,   "MWAN_REASON=" + one_line(reason)};
    out.push_back(std::move(notice));
  };
  for (const Action& action : actions) {
    if (const auto* verdict = std::get_if<VerdictChange>(&action)) {
      if (verdict->link.index >= meters.links().size()) continue;
      add("link", meters.links()[verdict->link.index].name,
          std::string(enum_name(verdict->verdict)), verdict->reason);
    } else if (const auto* change = std::get_if<StateChange>(&action)) {
      add("state", std::string(name(change->to)), "", change->reason);
    }
  }
  if (now != before) add("active", now, "", now.empty() ? "no link carries the traffic" : "");
  return out;
}

}  // namespace mwan::failover
