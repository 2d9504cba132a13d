// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "modems/causes.hpp"
#include "tools/mwan-modem/diagnose/rules.hpp"
#include "tools/mwan-modem/output/sections.hpp"
#include "tools/mwan-modem/output/words.hpp"

namespace mwan::tool::rules {
namespace {

// Refusals that another access point name may cure: 3GPP TS 24.301 section 9.9.4.4.
constexpr std::array<std::uint16_t, 6> kAboutTheApn = {8, 27, 32, 33, 58, 66};

std::string apn_name(const Evidence& evidence) {
  const std::string& apn = evidence.connect.apn;
  return apn.empty() ? "of the modem's default profile" : fmt::format("\"{}\"", apn);
}

std::string apn_advice(const Evidence& evidence) {
  std::string names;
  for (const std::string& apn : evidence.connect.suggested_apns) {
    if (apn == evidence.connect.apn) continue;
    names += (names.empty() ? "" : ", ") + apn;
  }
  if (!names.empty()) {
    return fmt::format("operators use these with such a SIM: {}; try them with --apn", names);
  }
  return "ask the operator for the access point name of this contract, and give it with --apn";
}

Finding refused(const Evidence& evidence, const Error& why) {
  const auto number = cause_in(why.message);
  const Cause* cause = number ? find_esm_cause(*number) : nullptr;
  if (cause == nullptr) {
    return failure(fmt::format("the connection did not come about: {}", why.message),
                   why.failure == FailureClass::Permanent
                       ? "check the access point, user name and password"
                       : "try again in a minute; if it stays so, mwan-modem reset");
  }
  const std::string text = fmt::format("the network refused access point {}: cause {} ({})",
                                       apn_name(evidence), *number, cause->meaning);
  if (std::ranges::find(kAboutTheApn, *number) != kAboutTheApn.end()) {
    return failure(text, apn_advice(evidence));
  }
  if (cause->failure == FailureClass::Permanent) return failure(text, cause->advice);
  return failure(text, "this passes: try again in some minutes, not more often");
}

Finding stopped_before(const Dialled::Failure& why) {
  switch (why.stage) {
    case DialStage::Radio:
      return failure(why.error.message, "", ExitCode::Radio);
    case DialStage::Sim:
      return failure(why.error.message, "", ExitCode::Sim);
    case DialStage::Registration:
    case DialStage::PacketService:
      return failure(why.error.message, "", ExitCode::Network);
    default:
      break;
  }
  return failure("the modem's data side cannot be set up: " + why.error.message,
                 "mwan-modem reset; if it stays so, the firmware may want another packet format");
}

const FamilyOutcome* not_granted(const Evidence& evidence) {
  if (!evidence.connect.dialled) return nullptr;
  for (const FamilyOutcome& outcome : evidence.connect.dialled->outcomes) {
    if (!outcome.config) return &outcome;
  }
  return nullptr;
}

}  // namespace

std::optional<std::uint16_t> cause_in(const std::string& message) {
  constexpr std::string_view kMark = "3GPP cause ";
  const std::size_t at = message.find(kMark);
  if (at == std::string::npos) return std::nullopt;
  std::uint16_t out = 0;
  const char* begin = message.data() + at + kMark.size();
  const auto [end, error] = std::from_chars(begin, message.data() + message.size(), out);
  if (error != std::errc{}) return std::nullopt;
  return out;
}

Finding connect(const Evidence& evidence) {
  const ConnectEvidence& connect = evidence.connect;
  if (connect.was_connected) return fine("connected already");
  if (!connect.allowed) return skipped("not connected; --connect tries it");
  if (!connect.dialled) return skipped("not tried");
  if (connect.dialled->failure) {
    const Dialled::Failure& why = *connect.dialled->failure;
    if (why.stage == DialStage::Bearer) return refused(evidence, why.error);
    return stopped_before(why);
  }
  return fine(fmt::format("connected, access point {}", apn_name(evidence)));
}

Finding addressing(const Evidence& evidence) {
  const ConnectEvidence& connect = evidence.connect;
  if (!connect.was_connected && !connect.dialled) return skipped("not connected");
  std::string text;
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    const std::string one = tool::text(connect.config, family);
    if (!one.empty()) text += (text.empty() ? "" : "; ") + one;
  }
  if (text.empty() && connect.was_connected) {
    return failure("connected, but its network device has no address",
                   "whoever connected it did not put the address there: look at its log");
  }
  if (text.empty()) {
    return failure("connected, but the network gave no address",
                   "mwan-modem reset; ask the operator if it stays so");
  }
  const FamilyOutcome* missing = not_granted(evidence);
  if (missing == nullptr) return fine(text);
  const std::string why = missing->config.error().message;
  if (missing->other_family_only) {
    return warning(
        fmt::format("{}; no {}: {}", text, words(missing->family), why),
        fmt::format("this contract has {} only: ask for nothing else (--ip-type, "
                    "IP_FAMILIES in the settings)",
                    words(missing->family == IpFamily::V4 ? IpFamily::V6 : IpFamily::V4)));
  }
  return warning(fmt::format("{}; no {}: {}", text, words(missing->family), why),
                 "the other family works; this one may come back by itself");
}

}  // namespace mwan::tool::rules
