// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/control/request.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "failover/plain_name.hpp"

namespace mwan::failover::control {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 10> verb_names = {
    "status",      "failover", "failback", "pause",    "resume",
    "maintenance", "reload",   "red-up",   "red-down", "look"};
static_assert(verb_names.size() == static_cast<std::size_t>(Verb::Look) + 1);

constexpr std::size_t max_name = 32;  // of a profile

tl::unexpected<RequestError> wrong(std::string field, std::string message) {
  return tl::unexpected(RequestError{std::move(field), std::move(message)});
}

bool takes_link(Verb verb) { return verb == Verb::Failover || verb == Verb::Maintenance; }

// Nothing when it is not JSON, or nested deeper than any request.
json read(std::string_view text) {
  constexpr int max_depth = 4;
  bool deep = false;
  const auto shallow = [&deep](int depth, json::parse_event_t /*event*/, json& /*value*/) {
    deep = deep || depth > max_depth;
    return !deep;
  };
  try {
    json out = json::parse(text, shallow, false);
    return deep ? json(json::value_t::discarded) : out;
  } catch (const json::exception&) {  // a number that no type can hold
    return {json::value_t::discarded};
  }
}

}  // namespace

std::string_view name(Verb verb) { return verb_names.at(static_cast<std::size_t>(verb)); }

tl::expected<Request, RequestError> parse_request(std::string_view text) {
  if (text.size() > max_request) {
    return wrong("", "longer than " + std::to_string(max_request) + " bytes");
  }
  const json in = read(text);
  if (!in.is_object()) return wrong("", "expected one JSON object");
  if (!in.contains("version")) return wrong("version", "is missing: this daemon speaks version 1");
  if (!in["version"].is_number_integer() || in["version"] != version) {
    return wrong("version", "this daemon speaks version 1");
  }
  if (!in.contains("command") || !in["command"].is_string()) {
    return wrong("command", "expected the name of a command");
  }
  const auto at = std::ranges::find(verb_names, in["command"].get_ref<const std::string&>());
  if (at == verb_names.end()) {
    std::string known;
    for (const auto verb : verb_names) known += (known.empty() ? "" : ", ") + std::string(verb);
    return wrong("command", "expected one of " + known);
  }
  Request out;
  out.verb = static_cast<Verb>(at - verb_names.begin());
  std::size_t known = 2;
  if (takes_link(out.verb) && in.contains("link")) {
    ++known;
    if (!in["link"].is_string()) return wrong("link", "expected the name of a link");
    out.link = in["link"].get<std::string>();
    // As profiles are named; what else there is would have to be escaped wherever it is printed.
    if (!is_plain_name(out.link, max_name)) {
      return wrong("link", "expected the name of a link: 1 to 32 letters, digits, _, . and -");
    }
  }
  if (out.verb == Verb::Maintenance) {
    if (out.link.empty()) return wrong("link", "is missing: which link?");
    if (!in.contains("on") || !in["on"].is_boolean()) return wrong("on", "expected true or false");
    ++known;
    out.on = in["on"].get<bool>();
  }
  if (in.size() != known) {
    return wrong("", "has members that this command does not take");
  }
  return out;
}

std::string encode_request(const Request& request) {
  nlohmann::ordered_json out = {{"version", version}, {"command", name(request.verb)}};
  if (!request.link.empty()) out["link"] = request.link;
  if (request.verb == Verb::Maintenance) out["on"] = request.on;
  return out.dump();
}

}  // namespace mwan::failover::control
