// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/diagnose/diagnosis.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tools/mwan-modem/diagnose/rules.hpp"

namespace mwan::tool {
namespace {

struct Rule {
  const char* id;
  const char* title;
  ExitCode code;
  std::array<const char*, 3> needs;  // steps that must not have failed or been skipped
  rules::Finding (*judge)(const Evidence&);
};

constexpr std::array<Rule, 19> kRules = {{
    {"usb", "USB", ExitCode::NoModem, {}, rules::usb},
    {"driver", "kernel driver", ExitCode::NoModem, {"usb"}, rules::driver},
    {"port", "control port", ExitCode::NoModem, {"driver"}, rules::port},
    {"users", "other users", ExitCode::Busy, {"port"}, rules::users},
    {"open", "answers", ExitCode::Silent, {"port", "users"}, rules::open},
    {"identity", "modem", ExitCode::Silent, {"open"}, rules::identity},
    {"radio", "radio", ExitCode::Radio, {"open"}, rules::radio},
    {"sim", "SIM", ExitCode::Sim, {"open"}, rules::sim},
    {"signal", "signal", ExitCode::Network, {"radio"}, rules::signal},
    {"registration", "registration", ExitCode::Network, {"radio", "sim"}, rules::registration},
    {"roaming", "roaming", ExitCode::Network, {"registration"}, rules::roaming},
    {"packet-service",
     "packet service",
     ExitCode::Network,
     {"registration"},
     rules::packet_service},
    {"connect", "data connection", ExitCode::Data, {"roaming", "packet-service"}, rules::connect},
    {"addressing", "IP addresses", ExitCode::Data, {"connect"}, rules::addressing},
    {"link", "network device", ExitCode::Data, {"connect"}, rules::link},
    {"framing", "packet format", ExitCode::Data, {"link"}, rules::framing},
    {"ping", "ping", ExitCode::Data, {"addressing", "link", "framing"}, rules::ping},
    {"dns", "name servers", ExitCode::Data, {"addressing", "link", "framing"}, rules::name_servers},
    {"mtu", "packet size", ExitCode::Data, {"ping"}, rules::packet_size},
}};

// A step that could not be looked into does not stop those after it; one that failed does, and
// with it all that need it.
const Step* obstacle(const Rule& rule, const std::vector<Step>& done,
                     const std::vector<const char*>& blocked) {
  for (const char* need : rule.needs) {
    if (need == nullptr) continue;
    const auto at = std::ranges::find(done, std::string_view(need), &Step::id);
    if (at == done.end()) continue;
    const bool stands = std::ranges::find(blocked, std::string_view(need)) != blocked.end();
    if (at->verdict == Verdict::Failed || stands) return &*at;
  }
  return nullptr;
}

// Lines of at most so many characters, as far as the words allow; all but the first are indented.
std::string wrapped(const std::string& text, std::size_t indent) {
  constexpr std::size_t kColumns = 100;
  std::string out;
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::size_t length = end - at;
    if (at != 0) {
      const bool fits = column + 1 + length <= kColumns;
      out += fits ? " " : "\n" + std::string(indent, ' ');
      column = fits ? column + 1 : indent;
    }
    out.append(text, at, length);
    column += length;
    at = end + 1;
  }
  return out;
}

std::string_view shown(Verdict verdict) {
  return verdict == Verdict::Failed ? "FAILED" : token(verdict);
}

}  // namespace

std::string_view token(Verdict verdict) {
  switch (verdict) {
    case Verdict::Ok:
      return "ok";
    case Verdict::Warning:
      return "warning";
    case Verdict::Failed:
      return "failed";
    case Verdict::Skipped:
      break;
  }
  return "skipped";
}

const Step* Diagnosis::stops_at() const {
  const auto at = std::ranges::find(steps, Verdict::Failed, &Step::verdict);
  return at != steps.end() ? &*at : nullptr;
}

ExitCode Diagnosis::exit_code() const {
  const Step* step = stops_at();
  return step != nullptr ? step->code : ExitCode::Ok;
}

Diagnosis diagnose(const Evidence& evidence) {
  Diagnosis out;
  std::vector<const char*> blocked;
  for (const Rule& rule : kRules) {
    Step step{rule.id, rule.title, Verdict::Skipped, {}, {}, ExitCode::Ok};
    if (const Step* before = obstacle(rule, out.steps, blocked)) {
      step.sentence = fmt::format("not looked at, because of: {}", before->title);
      blocked.push_back(rule.id);
    } else {
      rules::Finding finding = rule.judge(evidence);
      step.verdict = finding.verdict;
      step.sentence = std::move(finding.sentence);
      step.advice = std::move(finding.advice);
      if (step.verdict == Verdict::Failed) step.code = finding.code.value_or(rule.code);
    }
    out.steps.push_back(std::move(step));
  }
  return out;
}

std::string to_text(const Diagnosis& diagnosis) {
  std::string out;
  for (const Step& step : diagnosis.steps) {
    out +=
        fmt::format("{:<8} {:<16} {}\n", shown(step.verdict), step.title, printable(step.sentence));
    if (!step.advice.empty())
      out += fmt::format("{:<26}-> {}\n", "", wrapped(printable(step.advice), 29));
  }
  if (const Step* step = diagnosis.stops_at()) {
    out += fmt::format("\nIt stops at: {}.\n", step->title);
  } else if (diagnosis.steps.back().verdict == Verdict::Skipped) {
    out += "\nNothing is wrong as far as was looked.\n";
  } else {
    out += "\nIt works, from USB to data.\n";
  }
  return out;
}

Json to_json(const Diagnosis& diagnosis) {
  Json out{{"exit_code", static_cast<int>(diagnosis.exit_code())}};
  const Step* stop = diagnosis.stops_at();
  out["stops_at"] = stop != nullptr ? Json(stop->id) : Json(nullptr);
  out["steps"] = Json::array();
  for (const Step& step : diagnosis.steps) {
    Json one{{"step", step.id}, {"verdict", token(step.verdict)}, {"text", step.sentence}};
    if (!step.advice.empty()) one["advice"] = step.advice;
    out["steps"].push_back(std::move(one));
  }
  return out;
}

}  // namespace mwan::tool
