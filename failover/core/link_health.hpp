// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of one link, and the verdict that follows from it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "failover/core/action.hpp"
#include "failover/core/policy.hpp"
#include "failover/core/risk/probe_features.hpp"
#include "failover/core/risk/radio_features.hpp"
#include "failover/core/risk/risk_model.hpp"
#include "failover/core/risk/risk_words.hpp"
#include "failover/core/suspicion.hpp"

namespace mwan::failover {

// Why a link is what it is; the most decisive one that holds.
enum class Cause {
  DeviceGone,
  NoCarrier,
  NotRegistered,
  NoPacketService,
  NoBearer,
  GatewayUnreachable,
  Ipv4Silent,
  NoAddressing,
  CaptivePortal,
  ProbesLost,
  NeverProbed,
  Brownout,
  ProbeLost,
  RadioAtRisk,
  GatewaySilent,
  TrafficUnanswered,
  ManyErrors,
  KeptReady,
  WellUnprobed,  // the probe budget is spent
  WellButSlow,
  Well,
  Maintenance,  // as people said; the engine's own, assess() never gives it
};

struct Assessment {
  LinkVerdict verdict = LinkVerdict::Down;
  Cause cause = Cause::NoAddressing;
  double risk =
      0.0;  // of losing packets soon, from radio and probes; 1 where they are lost already
  double cost = 0.0;  // RiskAssessment::cost, for links that are not down
  bool poor = false;  // answers, and is of no use all the same
};

class LinkHealth {
 public:
  LinkHealth(const ProbePolicy& probe, Evidence evidence, Families families = Families::Together)
      : probe_(probe), evidence_(evidence), families_(families), quality_(probe.quality) {}

  void observe(Instant now, const Fact& fact);
  // The kernel has (or no longer has) the link's addressing.
  void set_addressed(bool addressed);
  // The link is kept short of a connection from now on, or no longer: what was known of its
  // connection is forgotten, and that it has none is no fault until it had one again.
  void keep_ready(bool on);

  [[nodiscard]] bool addressed() const { return addressed_; }
  // The kernel has addressing of this family.
  [[nodiscard]] bool has(IpFamily family) const {
    return addressed_ && has_.at(family == IpFamily::V4 ? 0 : 1);
  }
  // One that it has and that gets nowhere, while the other one does.
  [[nodiscard]] std::optional<IpFamily> silent() const;
  // Its last rounds do not agree with each other yet: a round was lost lately, or answered again.
  // So many rounds as it takes to tell a lost packet from a brown-out (PathQuality).
  [[nodiscard]] bool settling() const {
    return proof_ == Proof::Dead ? answered_in_row_ > 0 : answered_since_lost_ < to_settle;
  }
  // When an answer to a probe is overdue.
  [[nodiscard]] Duration answer_limit() const {
    return evidence_ == Evidence::All ? suspicion_.answer_limit(probe_.timeout, probe_.patience())
                                      : probe_.timeout;
  }
  [[nodiscard]] Assessment assess(Instant now, const RiskModel& model) const;
  // What the risk of a link that is not down is made of.
  [[nodiscard]] std::vector<RiskPart> parts(Instant now, const RiskModel& model) const {
    return evidence_ == Evidence::All ? risk_parts(now, model, radio_, probes_)
                                      : std::vector<RiskPart>();
  }
  // The assessment's cause with its figures, for people.
  [[nodiscard]] std::string words(Instant now, const Assessment& a, const RiskModel& model) const;

 private:
  [[nodiscard]] std::optional<Cause> decisive() const;
  void observe_bearer(const Bearer& bearer);
  void observe_probe(Instant now, const fact::Probe& probe);
  [[nodiscard]] bool ready() const;
  [[nodiscard]] RiskAssessment risk(Instant now, const RiskModel& model) const;
  [[nodiscard]] const std::optional<Bearer>& bearer(IpFamily family) const {
    return bearers_.at(family == IpFamily::V4 ? 0 : 1);
  }
  static bool dead(const std::optional<Bearer>& bearer) {
    return bearer && (bearer->state == BearerState::Disconnected ||
                      bearer->state == BearerState::Disconnecting);
  }
  static bool alive(const std::optional<Bearer>& bearer) {
    return bearer && bearer->state == BearerState::Connected;
  }

  [[nodiscard]] bool gateway_failed(IpFamily family) const {
    const auto& gateway = gateways_.at(family == IpFamily::V4 ? 0 : 1);
    return gateway && gateway->state == fact::Nud::Failed;
  }
  [[nodiscard]] bool no_gateway() const;
  void observe_addressing(const IpConfig& config);

  ProbePolicy probe_;
  Evidence evidence_;
  Families families_;

  bool addressed_ = false;
  bool kept_ready_ = false;       // at the moment
  bool unconnected_ = false;      // since it was kept ready, also while it is brought up from there
  bool addressing_lost_ = false;  // reported lost while the kernel still has it
  std::optional<fact::Device> device_;
  std::optional<bool> carrier_;
  std::optional<Registration> registration_;
  std::optional<PacketService> packet_service_;
  std::array<std::optional<Bearer>, 2> bearers_;
  bool v4_lost_ = false;  // connected once, and not any more
  std::array<std::optional<fact::Gateway>, 2> gateways_;
  std::array<bool, 2> has_{};       // families of the addressing reported last
  std::optional<IpFamily> silent_;  // as the probes say
  std::optional<fact::Trouble> trouble_;
  RadioFeatures radio_;
  ProbeFeatures probes_;
  PathQuality quality_;
  fact::Portal portal_;
  bool budget_spent_ = false;

  void weigh_losses();

  Suspicion suspicion_;
  enum class Proof { None, Alive, Dead };
  Proof proof_ = Proof::None;
  int answered_in_row_ = 0;
  int lost_in_row_ = 0;
  static constexpr int to_settle = 10;
  int answered_since_lost_ = to_settle;
};

}  // namespace mwan::failover
