// SPDX-License-Identifier: LGPL-2.1-or-later
// LinkHealth: its assessments for people.
#include <array>
#include <cstdio>

#include "failover/core/link_health.hpp"

namespace mwan::failover {
namespace {

const char* text(RegistrationState state) {
  switch (state) {
    case RegistrationState::Unknown:
      return "unknown";
    case RegistrationState::NotRegistered:
      return "not registered";
    case RegistrationState::Searching:
      return "searching";
    case RegistrationState::Home:
      return "registered at home";
    case RegistrationState::Roaming:
      return "registered, roaming";
    case RegistrationState::Denied:
      return "denied";
  }
  return "unknown";
}

}  // namespace

std::string LinkHealth::words(Instant now, const Assessment& a, const RiskModel& model) const {
  switch (a.cause) {
    case Cause::DeviceGone:
      return "device gone";
    case Cause::NoCarrier:
      return "no carrier";
    case Cause::NotRegistered: {
      std::string out = std::string("registration lost: ") + text(registration_->state);
      if (registration_->reject_cause) {
        out += ", cause " + std::to_string(*registration_->reject_cause);
      }
      return out;
    }
    case Cause::NoPacketService:
      return "packet service detached";
    case Cause::NoBearer: {
      const auto& ended = dead(bearer(IpFamily::V4)) ? bearer(IpFamily::V4) : bearer(IpFamily::V6);
      return "bearer down" + (ended->end_reason ? ": " + ended->end_reason->text() : "");
    }
    case Cause::GatewayUnreachable:
      return "gateway " + gateways_[gateway_failed(IpFamily::V4) ? 0 : 1]->address.text() +
             " does not answer";
    case Cause::Ipv4Silent:
      return "IPv4 gets no answer, only IPv6 does";
    case Cause::NoAddressing:
      return trouble_ ? "not up: " + trouble_->error.text() : "not up yet";
    case Cause::CaptivePortal:
      return portal_.words;
    case Cause::ProbesLost:
      return std::to_string(lost_in_row_) + " probe rounds in a row unanswered" +
             (suspicion_.kind() ? "; " + suspicion_.words() : "");
    case Cause::NeverProbed:
      return "up, not proven by probes yet";
    case Cause::Brownout:
      return quality_.words();
    case Cause::ProbeLost:
      return "probe unanswered";
    case Cause::RadioAtRisk: {
      std::array<char, 16> percent{};
      (void)std::snprintf(percent.data(), percent.size(), "%.0f %%", a.risk * 100.0);
      return std::string("likely to lose packets (") + percent.data() +
             "): " + risk_words(now, model, radio_, probes_);
    }
    case Cause::GatewaySilent:
    case Cause::TrafficUnanswered:
    case Cause::ManyErrors:
      return suspicion_.words();
    case Cause::KeptReady:
      return kept_ready_ ? "registered, without a connection until it may be needed"
                         : "registered, connecting";
    case Cause::WellUnprobed:
      return "well as far as it is known without probes: their data budget is spent for now";
    case Cause::WellButSlow:
      return "well, but at " + suspicion_.speed_words();
    case Cause::Maintenance:
      return "in maintenance";
    case Cause::Well:
      return "well";
  }
  return "unknown";
}

}  // namespace mwan::failover
