// SPDX-License-Identifier: LGPL-2.1-or-later
// The members of everything that is written to the decision log, each type once: the same
// description writes it and reads it.
//
// describe(archive, value) calls archive(key, member) for every member. Keys of durations end in
// _us. A description begins with the number of members its type has: adding one without describing
// it does not compile, instead of being missing from the log.
#pragma once

#include "failover/core/action.hpp"
#include "failover/core/event.hpp"
#include "failover/core/policy.hpp"
#include "failover/record/expect_members.hpp"

namespace mwan::failover {

// ---------------------------------------------------------------- values
template <class A>
void describe(A& a, Error& v) {
  expect_members<3>(v);
  a("class", v.failure);
  a("where", v.where);
  a("message", v.message);
}
template <class A>
void describe(A& a, IpFamilyConfig& v) {
  expect_members<3>(v);
  a("address", v.address);
  a("gateway", v.gateway);
  a("dns", v.dns);
}
template <class A>
void describe(A& a, IpConfig& v) {
  expect_members<3>(v);
  a("v4", v.v4);
  a("v6", v.v6);
  a("mtu", v.mtu);
}
template <class A>
void describe(A& a, Cell& v) {
  expect_members<5>(v);
  a("rat", v.rat);
  a("pci", v.pci);
  a("arfcn", v.arfcn);
  a("rsrp_dbm", v.rsrp_dbm);
  a("rsrq_db", v.rsrq_db);
}

// ---------------------------------------------------------------- facts
template <class A>
void describe(A& a, fact::Device& v) {
  expect_members<2>(v);
  a("present", v.present);
  a("netdev", v.netdev);
}
template <class A>
void describe(A& a, fact::Carrier& v) {
  expect_members<1>(v);
  a("up", v.up);
}
template <class A>
void describe(A& a, SignalSample& v) {
  expect_members<5>(v);
  a("rat", v.rat);
  a("rssi_dbm", v.rssi_dbm);
  a("rsrp_dbm", v.rsrp_dbm);
  a("rsrq_db", v.rsrq_db);
  a("sinr_db", v.sinr_db);
}
template <class A>
void describe(A& a, CellReport& v) {
  expect_members<2>(v);
  a("serving", v.serving);
  a("neighbours", v.neighbours);
}
template <class A>
void describe(A& a, Registration& v) {
  expect_members<5>(v);
  a("state", v.state);
  a("rat", v.rat);
  a("plmn", v.plmn);
  a("operator", v.operator_name);
  a("reject_cause", v.reject_cause);
}
template <class A>
void describe(A& a, PacketService& v) {
  expect_members<2>(v);
  a("state", v.state);
  a("rat", v.rat);
}
template <class A>
void describe(A& a, Bearer& v) {
  expect_members<3>(v);
  a("family", v.family);
  a("state", v.state);
  a("end_reason", v.end_reason);
}
template <class A>
void describe(A& a, fact::Addressing& v) {
  expect_members<1>(v);
  a("config", v.config);
}
template <class A>
void describe(A& a, fact::AddressingLost& v) {
  expect_members<1>(v);
  a("why", v.why);
}
template <class A>
void describe(A& a, fact::Gateway& v) {
  expect_members<2>(v);
  a("address", v.address);
  a("state", v.state);
}
template <class A>
void describe(A& a, fact::Probe& v) {
  expect_members<9>(v);
  a("sent", v.sent);
  a("answered", v.answered);
  a("ok", v.ok);
  a("rtt_us", v.rtt);
  a("complete", v.complete);
  a("loss_permille", v.loss_permille);
  a("latency_us", v.latency);
  a("jitter_us", v.jitter);
  a("silent", v.silent);
}
template <class A>
void describe(A& a, fact::Portal& v) {
  expect_members<2>(v);
  a("captive", v.captive);
  a("words", v.words);
}
template <class A>
void describe(A& a, fact::ProbeBudget& v) {
  expect_members<1>(v);
  a("spent", v.spent);
}
template <class A>
void describe(A& a, fact::Trouble& v) {
  expect_members<2>(v);
  a("error", v.error);
  a("retry_in_us", v.retry_in);
}

template <class A>
void describe(A& a, fact::Traffic& v) {
  expect_members<3>(v);
  a("flow", v.flow);
  a("packets", v.packets);
  a("lasting_us", v.lasting);
}
template <class A>
void describe(A& a, fact::Errors& v) {
  expect_members<4>(v);
  a("many", v.many);
  a("errors", v.errors);
  a("packets", v.packets);
  a("over_us", v.over);
}
template <class A>
void describe(A& a, fact::Speed& v) {
  expect_members<2>(v);
  a("mbps", v.mbps);
  a("full_duplex", v.full_duplex);
}

// ---------------------------------------------------------------- events
template <class A>
void describe(A& a, Manual& v) {
  expect_members<3>(v);
  a("paused", v.paused);
  a("held", v.held);
  a("maintenance", v.maintenance);
}
template <class A>
void describe(A& a, Start& v) {
  expect_members<3>(v);
  a("resume", v.resume);
  a("penalty", v.penalty);
  a("manual", v.manual);
}
template <class A>
void describe(A& a, Command& v) {
  expect_members<2>(v);
  a("kind", v.kind);
  a("link", v.link);
}
template <class A>
void describe(A& a, ConfigApplied& v) {
  expect_members<2>(v);
  a("link", v.link);
  a("error", v.error);
}
template <class A>
void describe(A& a, StepResult& v) {
  expect_members<2>(v);
  a("step", v.step);
  a("error", v.error);
}
template <class A>
void describe(A& /*a*/, TimerFired& /*v*/) {}

// ---------------------------------------------------------------- actions
template <class A>
void describe(A& a, PrepareLink& v) {
  expect_members<2>(v);
  a("link", v.link);
  a("level", v.level);
}
template <class A>
void describe(A& a, ReleaseLink& v) {
  expect_members<1>(v);
  a("link", v.link);
}
template <class A>
void describe(A& a, ApplyConfig& v) {
  expect_members<2>(v);
  a("link", v.link);
  a("config", v.config);
}
template <class A>
void describe(A& a, WithdrawConfig& v) {
  expect_members<1>(v);
  a("link", v.link);
}
template <class A>
void describe(A& a, SetProbing& v) {
  expect_members<4>(v);
  a("link", v.link);
  a("interval_us", v.interval);
  a("limit_us", v.limit);
  a("in_turn", v.in_turn);
}
template <class A>
void describe(A& a, ProbeNow& v) {
  expect_members<1>(v);
  a("link", v.link);
}
template <class A>
void describe(A& a, RunStep& v) {
  expect_members<3>(v);
  a("step", v.step);
  a("from", v.from);
  a("to", v.to);
}
template <class A>
void describe(A& a, RouteFamily& v) {
  expect_members<3>(v);
  a("family", v.family);
  a("by", v.by);
  a("reason", v.reason);
}
template <class A>
void describe(A& a, StateChange& v) {
  expect_members<4>(v);
  a("from", v.from);
  a("to", v.to);
  a("on", v.on);
  a("reason", v.reason);
}
template <class A>
void describe(A& a, VerdictChange& v) {
  expect_members<3>(v);
  a("link", v.link);
  a("verdict", v.verdict);
  a("reason", v.reason);
}
template <class A>
void describe(A& a, CommandAnswer& v) {
  expect_members<2>(v);
  a("accepted", v.accepted);
  a("words", v.words);
}
template <class A>
void describe(A& a, ManualChange& v) {
  expect_members<2>(v);
  a("manual", v.manual);
  a("reason", v.reason);
}

// ---------------------------------------------------------------- policy
template <class A>
void describe(A& a, QualityPolicy& v) {
  expect_members<5>(v);
  a("loss_down_permille", v.loss_down_permille);
  a("loss_up_permille", v.loss_up_permille);
  a("latency_down_us", v.latency_down);
  a("latency_up_us", v.latency_up);
  a("stable_us", v.stable);
}
template <class A>
void describe(A& a, ProbePolicy& v) {
  expect_members<8>(v);
  a("interval_us", v.interval);
  a("fast_interval_us", v.fast_interval);
  a("retry_interval_us", v.retry_interval);
  a("metered_interval_us", v.metered_interval);
  a("timeout_us", v.timeout);
  a("down", v.down);
  a("up", v.up);
  a("quality", v.quality);
}
template <class A>
void describe(A& a, LinkPolicy& v) {
  expect_members<6>(v);
  a("name", v.name);
  a("kind", v.kind);
  a("priority", v.priority);
  a("standby", v.standby);
  a("metered", v.metered);
  a("probe", v.probe);
}
template <class A>
void describe(A& a, RiskHorizon& v) {
  expect_members<2>(v);
  a("bias", v.bias);
  a("weights", v.weights);
}
template <class A>
void describe(A& a, RiskCost& v) {
  expect_members<4>(v);
  a("linear", v.linear);
  a("log_odds", v.log_odds);
  a("below_10", v.below_10);
  a("below_30", v.below_30);
}
template <class A>
void describe(A& a, RiskModel& v) {
  expect_members<9>(v);
  a("horizons", v.horizons);
  a("costs", v.costs);
  a("cost_weights", v.cost_weights);
  a("sinr_threshold_db", v.sinr_threshold_db);
  a("sinr_weight", v.sinr_weight);
  a("sinr_cost", v.sinr_cost);
  a("sinr_lead_us", v.sinr_lead);
  a("arm", v.arm);
  a("switch_price", v.switch_price);
}
template <class A>
void describe(A& a, Policy& v) {
  expect_members<10>(v);
  a("links", v.links);
  a("evidence", v.evidence);
  a("families", v.families);
  a("failback_stable_us", v.failback_stable);
  a("dwell_us", v.dwell);
  a("flap_penalty", v.flap_penalty);
  a("flap_memory_us", v.flap_memory);
  a("startup_grace_us", v.startup_grace);
  a("step_limit_us", v.step_limit);
  a("risk", v.risk);
}

}  // namespace mwan::failover
