// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/daemon_story.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mwan::lab {

namespace {

using Json = nlohmann::json;

// Members that are missing or of another type read as empty: the log comes from outside.
std::string word(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}
bool flag(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}
std::optional<double> number(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}
Json part(const Json& object, const char* key) {
  return object.is_object() ? object.value(key, Json::object()) : Json::object();
}

std::string error_words(const Json& error) {
  const std::string where = word(error, "where");
  return where.empty() ? word(error, "message") : where + ": " + word(error, "message");
}

// What there is to say about one kind of event or action; nothing = not worth a line.
using Words = std::function<std::optional<std::string>(const Json&)>;

std::optional<std::string> signal_words(const Json& e) {
  std::string text = word(e, "rat") + " signal";
  for (const auto& [key, name] : {std::pair("rsrp_dbm", "RSRP"), std::pair("rsrq_db", "RSRQ"),
                                  std::pair("sinr_db", "SINR")}) {
    if (const auto value = number(e, key)) text += fmt::format(", {} {:.1f}", name, *value);
  }
  return text;
}

std::optional<std::string> bearer_words(const Json& e) {
  std::string text = fmt::format("{} bearer {}", word(e, "family"), word(e, "state"));
  const Json reason = part(e, "end_reason");
  return reason.empty() ? text : text + " (" + error_words(reason) + ")";
}

std::optional<std::string> gateway_words(const Json& e) {
  const std::string state = word(e, "state");
  if (state != "failed" && state != "reachable") return std::nullopt;
  return "gateway " + state;
}

std::optional<std::string> traffic_words(const Json& e) {
  const std::string flow = word(e, "flow");
  if (flow == "silent") return std::nullopt;
  return "traffic is " + flow;
}

std::optional<std::string> probe_words(const Json& e) {
  return flag(e, "ok") ? "probes are answered" : "a probe round is lost";
}

std::optional<std::string> pace_words(const Json& a) {
  const double us = number(a, "interval_us").value_or(0);
  return us == 0 ? "stops probing" : fmt::format("probes every {:.0f} ms", us / 1000);
}

std::optional<std::string> error_only(const Json& e) {
  const Json error = part(e, "error");
  return error.empty() ? std::nullopt : std::optional(error_words(error));
}

// By the tag that the log gives them. Cells, timers, applied addressing and the like stay out.
const std::map<std::string, Words, std::less<>>& event_words() {
  static const std::map<std::string, Words, std::less<>> all = {
      {"start", [](const Json&) { return "starts"; }},
      {"device",
       [](const Json& e) {
         return flag(e, "present") ? "device " + word(e, "netdev") + " is there"
                                   : std::string("the device is gone");
       }},
      {"carrier",
       [](const Json& e) { return flag(e, "up") ? "carrier is up" : "carrier is lost"; }},
      {"signal", signal_words},
      {"registration", [](const Json& e) { return "registration: " + word(e, "state"); }},
      {"packet", [](const Json& e) { return "packet service: " + word(e, "state"); }},
      {"bearer", bearer_words},
      {"addressing_lost", [](const Json& e) { return "addressing lost: " + word(e, "why"); }},
      {"gateway", gateway_words},
      {"probe", probe_words},
      {"traffic", traffic_words},
      {"errors",
       [](const Json& e) {
         return flag(e, "many") ? "packets are damaged" : "packets are no longer damaged";
       }},
      {"speed",
       [](const Json& e) { return fmt::format("{:.0f} Mbit/s", number(e, "mbps").value_or(0)); }},
      {"trouble", [](const Json& e) { return "trouble: " + error_words(part(e, "error")); }},
      {"config_applied", error_only},
      {"step_result", error_only},
  };
  return all;
}

std::optional<std::string> step_words(const Json& a) {
  if (word(a, "step") != "ActivateLink") return std::nullopt;
  return "moves the default route to " + word(a, "to");
}

// The steps of a sequence follow each other at once: what starts it and where it leads is enough.
std::optional<std::string> state_words(const Json& a) {
  const std::string to = word(a, "to");
  const bool watches = to.starts_with("Monitoring") || to.starts_with("Testing");
  const bool begins = to.starts_with("Initiating");
  if (!watches && !begins) return std::nullopt;
  const std::string reason = word(a, "reason");
  return reason.empty() ? to : to + ": " + reason;
}

const std::map<std::string, Words, std::less<>>& action_words() {
  static const std::map<std::string, Words, std::less<>> all = {
      {"prepare",
       [](const Json& prepare) {
         return prepare.value("level", "up") == "ready" ? "is made ready" : "is brought up";
       }},
      {"release", [](const Json&) { return "is released"; }},
      {"probing", pace_words},
      {"step", step_words},
      {"state", state_words},
      {"verdict",
       [](const Json& a) { return "is " + word(a, "verdict") + ": " + word(a, "reason"); }},
  };
  return all;
}

struct Said {
  std::string text;
  std::string tag;
  std::string link;
};

// An event or action is an object with one member: its tag, and the rest.
std::optional<Said> say(const Json& item, const std::map<std::string, Words, std::less<>>& words) {
  if (!item.is_object() || item.size() != 1 || !item.front().is_object()) return std::nullopt;
  const auto found = words.find(item.begin().key());
  if (found == words.end()) return std::nullopt;
  auto text = found->second(item.front());
  if (!text) return std::nullopt;
  const std::string link = word(item.front(), "link");
  return Said{link.empty() ? *text : link + ": " + *text, found->first, link};
}

Instant time_of(const Json& line) {
  return Instant(Duration(static_cast<std::int64_t>(number(line, "t_us").value_or(0))));
}

}  // namespace

bool link_is_good(const std::vector<Json>& log, std::string_view profile) {
  bool good = false;
  for (const Json& line : log) {
    if (part(line, "event").contains("start")) good = false;
    const Json verdict = part(part(line, "action"), "verdict");
    if (word(verdict, "link") == profile) good = word(verdict, "verdict") == "good";
  }
  return good;
}

std::vector<TimelineEntry> tell_daemon(const std::vector<Json>& log) {
  std::vector<TimelineEntry> entries;
  std::map<std::string, std::string> last;  // by link and tag
  for (const Json& line : log) {
    auto said = say(part(line, "event"), event_words());
    if (!said) said = say(part(line, "action"), action_words());
    if (!said) continue;
    std::string& before = last[said->link + " " + said->tag];
    if (before == said->text) continue;
    before = said->text;
    const bool repeats = said->tag == "signal";
    entries.push_back({time_of(line), Witness::Daemon, said->text,
                       repeats ? said->tag + " " + said->link : std::string()});
  }
  return entries;
}

}  // namespace mwan::lab
