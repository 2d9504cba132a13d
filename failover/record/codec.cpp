// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/codec.hpp"

#include <array>
#include <set>

#include "failover/record/decode_line.hpp"
#include "failover/record/from_json.hpp"
#include "failover/record/tags.hpp"
#include "failover/record/to_json.hpp"

namespace mwan::failover {

namespace {

using namespace record;

constexpr std::string_view log_name = "mwan-decisions";
constexpr int log_version = 2;
constexpr std::size_t max_links = 256;

// In the order of the variants' alternatives.
constexpr std::array fact_tags = {
    "device",       "carrier",    "signal",          "cells",   "registration", "packet",
    "bearer",       "addressing", "addressing_lost", "gateway", "probe",        "portal",
    "probe_budget", "trouble",    "traffic",         "errors",  "speed"};
static_assert(fact_tags.size() == std::variant_size_v<Fact>);
// An observation goes by its fact's tag.
constexpr std::array event_tags = {"start",       "",      "config_applied",
                                   "step_result", "timer", "command"};
static_assert(event_tags.size() == std::variant_size_v<Event>);
static_assert(std::is_same_v<std::variant_alternative_t<1, Event>, Observation>);
constexpr std::array action_tags = {"prepare", "release",   "apply_config", "withdraw_config",
                                    "probing", "step",      "route_family", "state",
                                    "verdict", "probe_now", "answer",       "manual"};
static_assert(action_tags.size() == std::variant_size_v<Action>);

OrderedJson encode(const Event& event, const LinkNames& names) {
  OrderedJson out;
  if (const auto* seen = std::get_if<Observation>(&event)) {
    OrderedJson& inner = out[fact_tags.at(seen->fact.index())];
    inner["link"] = names.text(seen->link);
    std::visit([&](const auto& fact) { inner.update(ToJson::object(fact, names)); }, seen->fact);
    return out;
  }
  std::visit(
      [&](const auto& e) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(e)>, Observation>) {
          out[event_tags.at(event.index())] = ToJson::object(e, names);
        }
      },
      event);
  return out;
}

OrderedJson encode(const Action& action, const LinkNames& names) {
  OrderedJson out;
  std::visit([&](const auto& a) { out[action_tags.at(action.index())] = ToJson::object(a, names); },
             action);
  return out;
}

// The only member of an object, which says what it is.
const std::string& tag_of(const Json& in, const std::string& field) {
  if (!in.is_object() || in.size() != 1) {
    throw DecodeError(field, "expected an object with one member, the kind of it");
  }
  return in.begin().key();
}
[[noreturn]] void unknown_tag(const std::string& field, const std::string& tag) {
  throw DecodeError(field, "unknown kind \"" + tag.substr(0, 64) + "\"");
}

Event decode_event(const Json& in, const LinkNames& names) {
  const std::string& tag = tag_of(in, "event");
  const std::string field = "event." + tag;
  Event out;
  const auto read_event = [&](auto e) {
    if constexpr (std::is_same_v<decltype(e), Observation>) {
      unknown_tag("event", tag);  // the empty tag stands for no event
    } else {
      FromJson reader(in.front(), field, names);
      describe(reader, e);
      reader.finish();
      out = std::move(e);
    }
  };
  const auto read_fact = [&](auto fact) {
    Observation seen;
    FromJson reader(in.front(), field, names);
    reader("link", seen.link);
    describe(reader, fact);
    reader.finish();
    seen.fact = std::move(fact);
    out = std::move(seen);
  };
  if (!with_alternative<Event>(event_tags, tag, read_event) &&
      !with_alternative<Fact>(fact_tags, tag, read_fact)) {
    unknown_tag("event", tag);
  }
  return out;
}

Action decode_action(const Json& in, const LinkNames& names) {
  const std::string& tag = tag_of(in, "action");
  Action out;
  const auto read_action = [&](auto a) {
    FromJson reader(in.front(), "action." + tag, names);
    describe(reader, a);
    reader.finish();
    out = std::move(a);
  };
  if (!with_alternative<Action>(action_tags, tag, read_action)) unknown_tag("action", tag);
  return out;
}

// The engine relies on these; everything else it can live with.
void check_policy(const Policy& policy) {
  if (policy.links.empty() || policy.links.size() > max_links) {
    throw DecodeError("policy.links", "expected 1 to 256 links");
  }
  std::set<std::string_view> names;
  if (!policy.risk.complete()) {
    throw DecodeError("policy.risk", "has not the coefficients that this version computes with");
  }
  for (const auto& link : policy.links) {
    if (link.name.empty() || link.name.starts_with('#') || !names.insert(link.name).second) {
      throw DecodeError("policy.links", "every link needs a name of its own, not beginning with #");
    }
  }
}

struct HeaderFields {
  std::string log;
  int version = 0;
  std::optional<bool> continued;
  std::optional<std::string> note;
};

template <class A>
void describe(A& a, HeaderFields& v) {
  a("log", v.log);
  a("version", v.version);
  a("continued", v.continued);
  a("note", v.note);
}

Header decode_header(const Json& in) {
  const LinkNames none;
  FromJson reader(in, "", none);
  HeaderFields fields;
  describe(reader, fields);
  if (fields.log != log_name) throw DecodeError("log", "expected \"mwan-decisions\"");
  if (fields.version != log_version) {
    throw DecodeError("version", "this program reads version 2 of the log");
  }
  Header out;
  out.continued = fields.continued.value_or(false);
  reader("policy", out.policy);
  reader.finish();
  check_policy(out.policy);
  return out;
}

Record decode(const Json& in, const LinkNames& names) {
  if (!in.is_object()) throw DecodeError("record", "expected an object");
  if (in.contains("log")) return decode_header(in);
  FromJson reader(in, "", names);
  Duration time{};
  reader("t_us", time);
  if (time < Duration(0)) throw DecodeError("t_us", "expected a time from 0 on");
  Record out;
  if (in.contains("wall")) {
    WallClock wall{.unix_s = 0, .time = Instant(time)};
    reader("wall", wall.unix_s);
    out = wall;
  } else if (in.contains("lost")) {
    Lost lost{.time = Instant(time), .events = 0};
    reader("lost", lost.events);
    out = lost;
  } else if (in.contains("event")) {
    reader.skip("event");
    out = TimedEvent{Instant(time), decode_event(in["event"], names)};
  } else if (in.contains("action")) {
    reader.skip("action");
    out = TimedAction{Instant(time), decode_action(in["action"], names)};
  } else {
    throw DecodeError("record", "expected one of log, wall, event, action, lost");
  }
  reader.finish();
  return out;
}

}  // namespace

std::string encode_record(const Record& record, const LinkNames& names) {
  OrderedJson out;
  const auto at = [&](Instant time) { out["t_us"] = time.time_since_epoch().count(); };
  if (const auto* header = std::get_if<Header>(&record)) {
    HeaderFields fields{std::string(log_name), log_version, std::nullopt, std::nullopt};
    if (header->continued) {
      fields.continued = true;
      fields.note = "this file goes on where the older one ends; a replay needs both";
    }
    out = ToJson::object(std::move(fields), names);
    out["policy"] = ToJson::object(header->policy, names);
  } else if (const auto* wall = std::get_if<WallClock>(&record)) {
    out["wall"] = wall->unix_s;
    at(wall->time);
  } else if (const auto* event = std::get_if<TimedEvent>(&record)) {
    at(event->time);
    out["event"] = encode(event->event, names);
  } else if (const auto* action = std::get_if<TimedAction>(&record)) {
    at(action->time);
    out["action"] = encode(action->action, names);
  } else if (const auto* lost = std::get_if<Lost>(&record)) {
    at(lost->time);
    out["lost"] = lost->events;
  }
  // Texts come from modems and networks: whatever is not UTF-8 in them is replaced.
  return out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

Result<Record> decode_record(std::string_view line, const LinkNames& names) {
  return decode_line<Record>(line, [&names](const Json& in) { return decode(in, names); });
}

}  // namespace mwan::failover
