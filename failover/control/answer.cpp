// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/control/answer.hpp"

#include <algorithm>
#include <array>

#include "failover/control/request.hpp"

namespace mwan::failover::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> kind_names = {"done", "bad-request", "not-permitted",
                                                        "refused"};

std::vector<std::string> details_of(const Json& in) {
  std::vector<std::string> out;
  const auto at = in.find("details");
  if (at == in.end() || !at->is_array()) return out;
  for (const Json& detail : *at) {
    if (detail.is_string()) out.push_back(detail.get<std::string>());
  }
  return out;
}

std::string text_of(const Json& in, const char* key) {
  const auto at = in.find(key);
  return at != in.end() && at->is_string() ? at->get<std::string>() : std::string();
}

}  // namespace

std::string encode_answer(const Answer& answer) {
  Json out = {{"version", version}, {"ok", answer.kind == Kind::Done}};
  if (answer.kind == Kind::Done) {
    if (!answer.words.empty()) out["words"] = answer.words;
    if (!answer.status.is_null()) out["status"] = answer.status;
  } else {
    Json& error = out["error"];
    error["kind"] = kind_names.at(static_cast<std::size_t>(answer.kind));
    if (!answer.field.empty()) error["field"] = answer.field;
    error["message"] = answer.words;
  }
  if (!answer.details.empty()) out["details"] = answer.details;
  // Reasons may quote what a modem or a portal says.
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Answer parse_answer(std::string_view text) {
  Answer nonsense{.kind = Kind::BadRequest,
                  .words = "the daemon's answer was not understood; is it of another version?",
                  .field = {},
                  .status = {}};
  const Json in = Json::parse(text, nullptr, false);
  if (!in.is_object() || in.value("version", Json()) != version) return nonsense;
  Answer out;
  out.details = details_of(in);
  if (in.value("ok", Json()) == true) {
    out.words = text_of(in, "words");
    if (const auto status = in.find("status"); status != in.end()) out.status = *status;
    return out;
  }
  const auto error = in.find("error");
  if (error == in.end() || !error->is_object()) return nonsense;
  const auto kind = std::ranges::find(kind_names, text_of(*error, "kind"));
  if (kind == kind_names.end() || kind == kind_names.begin()) return nonsense;
  out.kind = static_cast<Kind>(kind - kind_names.begin());
  out.words = text_of(*error, "message");
  out.field = text_of(*error, "field");
  return out;
}

}  // namespace mwan::failover::control
