// SPDX-License-Identifier: LGPL-2.1-or-later
// One rule for each step of the diagnosis: what the evidence says about it. Pure. A rule is only
// asked when the steps that it needs did not fail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/mwan-modem/diagnose/diagnosis.hpp"

namespace mwan::tool::rules {

struct Finding {
  Verdict verdict = Verdict::Ok;
  std::string sentence;
  std::string advice;
  std::optional<ExitCode> code;  // where it differs from that of the step
};

inline Finding fine(std::string sentence) { return {Verdict::Ok, std::move(sentence), {}, {}}; }
inline Finding warning(std::string sentence, std::string advice) {
  return {Verdict::Warning, std::move(sentence), std::move(advice), {}};
}
inline Finding failure(std::string sentence, std::string advice,
                       std::optional<ExitCode> code = std::nullopt) {
  return {Verdict::Failed, std::move(sentence), std::move(advice), code};
}
inline Finding skipped(std::string why) { return {Verdict::Skipped, std::move(why), {}, {}}; }

// --- the device (rules_device.cpp)
Finding usb(const Evidence& evidence);
Finding driver(const Evidence& evidence);
Finding port(const Evidence& evidence);
Finding users(const Evidence& evidence);
Finding open(const Evidence& evidence);
Finding identity(const Evidence& evidence);

// --- the radio (rules_radio.cpp, rules_sim.cpp)
Finding radio(const Evidence& evidence);
Finding sim(const Evidence& evidence);
Finding signal(const Evidence& evidence);
Finding registration(const Evidence& evidence);
Finding roaming(const Evidence& evidence);
Finding packet_service(const Evidence& evidence);

// --- the data (rules_data.cpp, rules_path.cpp)
Finding connect(const Evidence& evidence);
Finding addressing(const Evidence& evidence);
Finding framing(const Evidence& evidence);
Finding link(const Evidence& evidence);
Finding ping(const Evidence& evidence);
Finding name_servers(const Evidence& evidence);
Finding packet_size(const Evidence& evidence);

// The number in "... 3GPP cause 33 (...)", which is how adapters name session management causes.
std::optional<std::uint16_t> cause_in(const std::string& message);

}  // namespace mwan::tool::rules
