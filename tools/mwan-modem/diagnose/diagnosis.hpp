// SPDX-License-Identifier: LGPL-2.1-or-later
// From evidence to a diagnosis: where it stops between USB and data, and what to do. Pure.
#pragma once

#include <string>
#include <vector>

#include "tools/mwan-modem/diagnose/evidence.hpp"
#include "tools/mwan-modem/exit_code.hpp"
#include "tools/mwan-modem/output/sheet.hpp"

namespace mwan::tool {

enum class Verdict { Ok, Warning, Failed, Skipped };
std::string_view token(Verdict verdict);  // "ok", "warning", "failed", "skipped"

struct Step {
  std::string id;     // in JSON: "packet-service"
  std::string title;  // for people: "packet service"
  Verdict verdict = Verdict::Skipped;
  std::string sentence;          // what was found
  std::string advice;            // what to do about it; empty where there is nothing to do
  ExitCode code = ExitCode::Ok;  // what the program ends with when this step is where it stops
  bool operator==(const Step&) const = default;
};

struct Diagnosis {
  std::vector<Step> steps;  // always all of them, in their order

  // The first that failed: what comes after it follows from it, or was not tried.
  [[nodiscard]] const Step* stops_at() const;
  [[nodiscard]] ExitCode exit_code() const;
};

Diagnosis diagnose(const Evidence& evidence);

std::string to_text(const Diagnosis& diagnosis);
Json to_json(const Diagnosis& diagnosis);

}  // namespace mwan::tool
