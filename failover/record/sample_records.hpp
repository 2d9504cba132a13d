// SPDX-License-Identifier: LGPL-2.1-or-later
// Values of every kind that the decision log holds, for its tests.
#pragma once

#include <string_view>
#include <vector>

#include "failover/core/action.hpp"
#include "failover/core/event.hpp"
#include "failover/core/policy.hpp"

namespace mwan::failover::testing {

inline IpAddress some_address(std::string_view text) {
  return IpAddress::parse(text).value_or(IpAddress{});
}
inline IpPrefix some_prefix(std::string_view text) {
  return IpPrefix::parse(text).value_or(IpPrefix{});
}

inline Policy sample_policy() {
  Policy policy;
  policy.links = {LinkPolicy{.name = "lte",
                             .kind = LinkKind::Modem,
                             .priority = 1,
                             .standby = Standby::Cold,
                             .metered = true,
                             .probe = {.interval = std::chrono::microseconds(123456), .down = 2}},
                  LinkPolicy{.name = "wired", .priority = 2}};
  policy.evidence = Evidence::Pings;
  policy.risk.sinr_weight = -0.1;  // no finite binary fraction
  policy.risk.arm = 1.0 / 3.0;
  return policy;
}

inline IpConfig sample_config() {
  IpConfig config;
  config.v4 = IpFamilyConfig{
      some_prefix("192.0.2.7/24"), some_address("192.0.2.1"), {some_address("198.51.100.1")}};
  config.v6 = IpFamilyConfig{some_prefix("2001:db8::7/64"), std::nullopt, {}};
  config.mtu = 1430;
  return config;
}

inline std::vector<Fact> sample_facts() {
  const Error error{FailureClass::Throttled, "qmi start-network ipv4", "wait"};
  return {
      fact::Device{true, "wwan0"},
      fact::Carrier{true},
      SignalSample{Rat::NrNsa, -71.0, -101.5, -0.1, 1e-300},
      SignalSample{},
      CellReport{Cell{Rat::Lte, 503, 1300, -101.25, std::nullopt},
                 {Cell{Rat::NrSa, 1, std::nullopt, -90.0, -11.0}, Cell{}}},
      CellReport{},
      Registration{RegistrationState::Denied, Rat::Gsm, "26201", "Test \"Net\"\n", 11},
      PacketService{PacketServiceState::Attached, Rat::Umts},
      Bearer{IpFamily::V6, BearerState::Disconnecting, error},
      fact::Addressing{sample_config()},
      fact::AddressingLost{"lease expired"},
      fact::Gateway{some_address("fe80::1"), fact::Nud::Failed},
      fact::Probe{2, 1, true, std::chrono::microseconds(12345)},
      fact::Probe{65535, 0, false, std::nullopt},
      fact::Probe{3, 2, true, std::chrono::microseconds(12345), 125,
                  std::chrono::microseconds(23456), std::chrono::microseconds(345)},
      fact::Portal{true, "a captive portal answers instead of the internet"},
      fact::ProbeBudget{true},
      fact::Probe{.sent = 2, .answered = 1, .ok = true, .silent = IpFamily::V6},
      fact::Trouble{error, 1500ms},
      fact::Trouble{error, std::nullopt},
      fact::Traffic{fact::Flow::Unanswered, 17, 250ms},
      fact::Traffic{fact::Flow::Answered, 0, {}},
      fact::Errors{true, 45, 2000, 2s},
      fact::Speed{10, false},
  };
}

inline std::vector<Event> sample_events() {
  const Error error{FailureClass::Gone, "w", "m"};
  std::vector<Event> out = {Start{},
                            Start{LinkId{1}, 2.5},
                            ConfigApplied{LinkId{0}, std::nullopt},
                            ConfigApplied{LinkId{1}, error},
                            StepResult{Step::ActivateLink, std::nullopt},
                            StepResult{Step::StartServices, error},
                            TimerFired{},
                            Start{std::nullopt, 0.0, Manual{true, LinkId{1}, {LinkId{0}}}},
                            Command{CommandKind::MaintenanceOff, LinkId{1}},
                            Command{CommandKind::Failback, std::nullopt},
                            Observation{LinkId{7}, fact::Carrier{false}}};  // no such link
  for (const Fact& fact : sample_facts()) out.emplace_back(Observation{LinkId{1}, fact});
  return out;
}

inline std::vector<Action> sample_actions() {
  return {PrepareLink{LinkId{0}, LinkLevel::Ready},
          ReleaseLink{LinkId{1}},
          ApplyConfig{LinkId{0}, sample_config()},
          WithdrawConfig{LinkId{1}},
          RouteFamily{IpFamily::V6, LinkId{1}, "lte: IPv6 gets no answer"},
          RouteFamily{IpFamily::V4, std::nullopt, ""},
          SetProbing{LinkId{0}, 150ms, 200ms, true},
          ProbeNow{LinkId{1}},
          RunStep{Step::ActivateLink, LinkId{0}, LinkId{1}},
          RunStep{Step::DetectPrimary, std::nullopt, std::nullopt},
          StateChange{State::MonitoringPrimary, State::InitiatingFailover, Trigger::PrimaryFailed,
                      "not registered"},
          VerdictChange{LinkId{1}, LinkVerdict::Suspect, "radio at risk"},
          CommandAnswer{true, "wired takes over"},
          ManualChange{Manual{false, std::nullopt, {LinkId{0}, LinkId{1}}}, "maintenance"}};
}

}  // namespace mwan::failover::testing
