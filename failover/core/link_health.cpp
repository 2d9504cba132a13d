// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/link_health.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <type_traits>

#include "failover/core/risk/risk_words.hpp"

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

bool dead(const std::optional<Bearer>& bearer) {
  return bearer && (bearer->state == BearerState::Disconnected ||
                    bearer->state == BearerState::Disconnecting);
}
bool alive(const std::optional<Bearer>& bearer) {
  return bearer && bearer->state == BearerState::Connected;
}

// It answers and is of no use all the same: worth leaving at any price that makes sense.
constexpr double poor_cost = 30;
Assessment poor(Cause cause) {
  return {.verdict = LinkVerdict::Suspect,
          .cause = cause,
          .risk = 1.0,
          .cost = poor_cost,
          .poor = true};
}

Cause cause_of(Suspicion::Kind kind) {
  switch (kind) {
    case Suspicion::Kind::GatewaySilent:
      return Cause::GatewaySilent;
    case Suspicion::Kind::TrafficUnanswered:
      return Cause::TrafficUnanswered;
    case Suspicion::Kind::ManyErrors:
      return Cause::ManyErrors;
  }
  return Cause::ManyErrors;
}

}  // namespace

void LinkHealth::observe(Instant now, const Fact& fact) {
  suspicion_.observe(fact, lost_in_row_ > 0);
  std::visit(
      [&](const auto& f) {
        using F = std::decay_t<decltype(f)>;
        if constexpr (std::is_same_v<F, fact::Device>) {
          device_ = f;
          if (!f.present) {
            // What was known belonged to the device that left.
            carrier_.reset();
            registration_.reset();
            packet_service_.reset();
            bearers_ = {};
            v4_lost_ = false;
            gateways_ = {};
            radio_.clear();
            suspicion_.clear();
          }
        } else if constexpr (std::is_same_v<F, fact::Carrier>) {
          carrier_ = f.up;
        } else if constexpr (std::is_same_v<F, SignalSample> || std::is_same_v<F, CellReport>) {
          radio_.add(now, f);
        } else if constexpr (std::is_same_v<F, Registration>) {
          registration_ = f;
          // What stood in the way of a connection that nobody wants yet may have been its lack.
          if (kept_ready_) trouble_.reset();
          // The next cell's values say nothing about the trend of the last one's.
          if (!f.registered()) radio_.clear();
        } else if constexpr (std::is_same_v<F, PacketService>) {
          packet_service_ = f;
        } else if constexpr (std::is_same_v<F, Bearer>) {
          observe_bearer(f);
        } else if constexpr (std::is_same_v<F, fact::Gateway>) {
          auto& known = gateways_.at(f.address.family() == IpFamily::V4 ? 0 : 1);
          // A dead one that is asked again is not alive yet.
          const bool asked_again = f.state == fact::Nud::Probing && known &&
                                   known->state == fact::Nud::Failed && known->address == f.address;
          if (!asked_again) known = f;
          weigh_losses();
        } else if constexpr (std::is_same_v<F, fact::Probe>) {
          observe_probe(now, f);
        } else if constexpr (std::is_same_v<F, fact::Portal>) {
          if (addressed_) portal_ = f;
        } else if constexpr (std::is_same_v<F, fact::ProbeBudget>) {
          budget_spent_ = f.spent;
        } else if constexpr (std::is_same_v<F, fact::Trouble>) {
          trouble_ = f;
        } else if constexpr (std::is_same_v<F, fact::AddressingLost>) {
          addressing_lost_ = !kept_ready_;
        } else if constexpr (std::is_same_v<F, fact::Traffic>) {
          weigh_losses();
        } else if constexpr (std::is_same_v<F, fact::Errors> || std::is_same_v<F, fact::Speed>) {
          // Taken by suspicion_.
        } else {
          // Counts once it is in the kernel: set_addressed().
          static_assert(std::is_same_v<F, fact::Addressing>);
          addressing_lost_ = false;
          observe_addressing(f.config);
        }
      },
      fact);
}

void LinkHealth::observe_bearer(const Bearer& bearer) {
  if (kept_ready_) return;  // it ends because we want it to
  auto& known = bearers_.at(bearer.family == IpFamily::V4 ? 0 : 1);
  if (bearer.family == IpFamily::V4) {
    if (alive(known) && dead(bearer)) v4_lost_ = true;
    if (alive(bearer)) v4_lost_ = false;
  } else if (alive(bearer) && !alive(known)) {
    v4_lost_ = false;  // connected anew, perhaps with what the network grants now
  }
  known = bearer;
}

void LinkHealth::observe_addressing(const IpConfig& config) {
  const std::array<const std::optional<IpFamilyConfig>*, 2> families = {&config.v4, &config.v6};
  for (std::size_t i = 0; i < families.size(); ++i) {
    const auto& family = *families[i];
    has_[i] = family.has_value();
    // What is known of a gateway says nothing about the next one.
    auto& gateway = gateways_[i];
    if (gateway && (!family || family->gateway != gateway->address)) gateway.reset();
  }
}

std::optional<IpFamily> LinkHealth::silent() const {
  const auto lost = [this](IpFamily family, IpFamily other) {
    if (!has(family) || !has(other)) return false;
    return silent_ == family || (evidence_ == Evidence::All && gateway_failed(family) &&
                                 !gateway_failed(other) && silent_ != other);
  };
  if (lost(IpFamily::V4, IpFamily::V6)) return IpFamily::V4;
  if (lost(IpFamily::V6, IpFamily::V4)) return IpFamily::V6;
  return std::nullopt;
}

// One of two gateways that is lost is the loss of a family; IPv4's is that of the link where the
// families go together.
bool LinkHealth::no_gateway() const {
  const bool v4 = gateway_failed(IpFamily::V4);
  const bool v6 = gateway_failed(IpFamily::V6);
  if (v4 && v6) return true;
  return (v4 && (!has_[1] || families_ == Families::Together)) || (v6 && !has_[0]);
}

void LinkHealth::set_addressed(bool addressed) {
  // Also another address of a link that stays up: answers take their time until the far end knows
  // it, and those that were waited for went to the old one.
  lost_in_row_ = 0;
  suspicion_.restart();
  if (addressed_ == addressed) return;
  addressed_ = addressed;
  if (addressed) unconnected_ = false;
  proof_ = Proof::None;
  answered_in_row_ = 0;
  probes_.clear();
  quality_.clear();
  portal_ = {};
  budget_spent_ = false;
  silent_.reset();
  answered_since_lost_ = to_settle;
  if (addressed) trouble_.reset();
}

void LinkHealth::keep_ready(bool on) {
  kept_ready_ = on;
  if (!on) return;
  unconnected_ = true;
  bearers_ = {};
  v4_lost_ = false;
  addressing_lost_ = false;
}

bool LinkHealth::ready() const {
  if (addressed_ || !unconnected_) return false;
  if (trouble_ && !trouble_->retry_in) return false;  // its driver sees no way up
  return evidence_ == Evidence::Pings || (registration_ && registration_->registered());
}

void LinkHealth::observe_probe(Instant now, const fact::Probe& probe) {
  // A round that was under way when the addressing went says nothing about the next one.
  if (!addressed_) return;
  const bool counted = probe.sent > 0 && (probe.complete || !probe.ok);
  probes_.add(now, counted ? 1.0 - static_cast<double>(probe.answered) / probe.sent : 0.0);
  quality_.observe(now, probe);
  silent_ = probe.silent;
  if (probe.ok) {
    lost_in_row_ = 0;
    if (answered_since_lost_ < to_settle) ++answered_since_lost_;
    if (answered_in_row_ < probe_.up) ++answered_in_row_;
    if (answered_in_row_ >= probe_.up) proof_ = Proof::Alive;
  } else {
    answered_in_row_ = 0;
    answered_since_lost_ = 0;
    if (lost_in_row_ < probe_.down) ++lost_in_row_;
    weigh_losses();
  }
}

// What was seen beside the lost rounds stands for some of them, never for all.
void LinkHealth::weigh_losses() {
  if (lost_in_row_ == 0) return;
  const int beside = evidence_ == Evidence::All ? suspicion_.strikes() : 0;
  if (lost_in_row_ + beside >= probe_.down) proof_ = Proof::Dead;
}

std::optional<Cause> LinkHealth::decisive() const {
  if (device_ && !device_->present) return Cause::DeviceGone;
  if (carrier_ && !*carrier_) return Cause::NoCarrier;
  if (registration_ && registration_->state != RegistrationState::Unknown &&
      !registration_->registered()) {
    return Cause::NotRegistered;
  }
  if (packet_service_ && packet_service_->state == PacketServiceState::Detached) {
    return Cause::NoPacketService;
  }
  const auto& v4 = bearer(IpFamily::V4);
  const auto& v6 = bearer(IpFamily::V6);
  // A family that was never granted is no loss; IPv4 that was and is gone takes most hosts with it,
  // where the families go together.
  if ((v4_lost_ && families_ == Families::Together) ||
      ((dead(v4) || dead(v6)) && !alive(v4) && !alive(v6)))
    return Cause::NoBearer;
  if (no_gateway()) return Cause::GatewayUnreachable;
  if (addressing_lost_) return Cause::NoAddressing;
  return std::nullopt;
}

Assessment LinkHealth::assess(Instant now, const RiskModel& model) const {
  if (evidence_ == Evidence::All) {
    if (const auto cause = decisive()) return {LinkVerdict::Down, *cause, 1.0};
  }
  if (ready()) return {LinkVerdict::Ready, Cause::KeptReady, 0.0};
  if (!addressed_) return {LinkVerdict::Down, Cause::NoAddressing, 1.0};
  // Packets go through it, though not far: somebody has to log in through it, and nobody can
  // through a link that is down.
  if (portal_.captive) return poor(Cause::CaptivePortal);
  if (proof_ == Proof::Dead) return {LinkVerdict::Down, Cause::ProbesLost, 1.0};
  if (families_ == Families::Together && silent() == IpFamily::V4) {
    return {LinkVerdict::Down, Cause::Ipv4Silent, 1.0};
  }

  const RiskAssessment ahead = evidence_ == Evidence::All ? risk(now, model) : RiskAssessment{};
  const double risk = evidence_ == Evidence::All ? ahead.risk() : 0.0;
  const auto as = [&](LinkVerdict verdict, Cause cause) {
    return Assessment{verdict, cause, risk, ahead.cost};
  };
  if (proof_ == Proof::None) return as(LinkVerdict::Unproven, Cause::NeverProbed);
  if (quality_.poor()) return poor(Cause::Brownout);
  if (risk >= model.arm) return as(LinkVerdict::Suspect, Cause::RadioAtRisk);
  if (lost_in_row_ > 0) return as(LinkVerdict::Suspect, Cause::ProbeLost);
  if (evidence_ == Evidence::All) {
    if (const auto kind = suspicion_.kind()) return as(LinkVerdict::Suspect, cause_of(*kind));
    if (suspicion_.slow()) return as(LinkVerdict::Good, Cause::WellButSlow);
  }
  return as(LinkVerdict::Good, budget_spent_ ? Cause::WellUnprobed : Cause::Well);
}

RiskAssessment LinkHealth::risk(Instant now, const RiskModel& model) const {
  Features features{};
  radio_.read(now, features);
  probes_.read(now, features);
  const auto sinr = radio_.sinr_ahead(now, model.sinr_lead);
  return assess_risk(model, features, sinr ? std::max(model.sinr_threshold_db - *sinr, 0.0) : 0.0);
}

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
    case Cause::Well:
      return "well";
    case Cause::Maintenance:
      return "in maintenance";
  }
  return "unknown";
}

}  // namespace mwan::failover
