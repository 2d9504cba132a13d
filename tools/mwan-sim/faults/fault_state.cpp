// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/faults/fault_state.hpp"

#include <utility>

namespace mwan::sim {
namespace {

SessionEnd network_says(const FaultArgs& args) {
  return {EndCause::Network, args.cause.value_or(0)};
}

bool right_apn(const FaultArgs& args, const std::string& apn) {
  return args.apn && *args.apn == apn;
}

}  // namespace

void FaultState::begin(const FaultOrder& order) {
  active_[order.fault] = order.args;
  switch (order.fault) {
    case Fault::FirstCommandSwallowed:
      first_command_pending_ = true;
      break;
    case Fault::NoReconnect:
      session_was_lost_ = false;
      break;
    case Fault::FccLock:
      fcc_unlocked_ = false;
      break;
    case Fault::AttachBlocked:
      tries_.clear();
      break;
    default:
      break;
  }
}

bool FaultState::end(Fault fault) { return active_.erase(fault) != 0; }

const FaultArgs* FaultState::find(Fault fault) const {
  const auto at = active_.find(fault);
  return at == active_.end() ? nullptr : &at->second;
}

std::vector<Fault> FaultState::active() const {
  std::vector<Fault> out;
  out.reserve(active_.size());
  for (const auto& [fault, args] : active_) out.push_back(fault);
  return out;
}

void FaultState::over(Fault fault) {
  if (end(fault) && events_.ended) events_.ended(fault);
}

bool FaultState::use_up(Fault fault) {
  const auto at = active_.find(fault);
  if (at == active_.end()) return false;
  auto& times = at->second.times;
  if (times && --*times == 0) over(fault);
  return true;
}

bool FaultState::swallows(std::string_view request) {
  if (events_.request) events_.request();
  const auto meets = [&](Fault fault) {
    const FaultArgs* args = find(fault);
    return args != nullptr && (!args->on || *args->on == request);
  };
  if (silent()) return true;
  if (meets(Fault::VanishesMidTransaction)) {
    const FaultArgs args = *find(Fault::VanishesMidTransaction);
    over(Fault::VanishesMidTransaction);
    if (events_.strikes) events_.strikes(Fault::VanishesMidTransaction, args);
    return true;
  }
  if (meets(Fault::RequestHangs)) return true;
  if (on(Fault::FirstCommandSwallowed) && std::exchange(first_command_pending_, false)) return true;
  return use_up(Fault::ConsecutiveTimeouts);
}

Duration FaultState::answer_delay() const {
  const FaultArgs* slow = find(Fault::SlowAfterUpgrade);
  return slow == nullptr ? Duration(0) : slow->time.value_or(Duration(0));
}

bool FaultState::steals_message() {
  if (!on(Fault::SecondManager)) return false;
  stolen_last_ = !stolen_last_;
  return stolen_last_;
}

std::optional<std::string> FaultState::garbles_answer() {
  const FaultArgs* args = find(Fault::MalformedLengths);
  if (args == nullptr) return std::nullopt;
  std::string what = args->what.value_or("message");
  use_up(Fault::MalformedLengths);
  return what;
}

std::optional<std::uint32_t> FaultState::client_limit() const {
  const FaultArgs* args = find(Fault::ClientIdsExhausted);
  return args == nullptr ? std::nullopt : args->times;
}

std::optional<Duration> FaultState::release_delay() const {
  const FaultArgs* args = find(Fault::ReleaseLostOnHangup);
  return args == nullptr ? std::nullopt : args->time;
}

bool FaultState::ignores_old_clients() const {
  const FaultArgs* args = find(Fault::SilentReset);
  return args != nullptr && args->what == "silent";
}

bool FaultState::aborts_start() { return use_up(Fault::StartAborted); }

bool FaultState::dies_of_pco() {
  const FaultArgs* args = find(Fault::PcoCrashesFirmware);
  if (args == nullptr) return false;
  if (events_.strikes) events_.strikes(Fault::PcoCrashesFirmware, *args);
  return true;
}

void FaultState::booted() {
  first_command_pending_ = true;
  if (session_was_lost_) over(Fault::NoReconnect);
  session_was_lost_ = false;
}

void FaultState::power_cut() {
  over(Fault::NeedsPowerCycle);
  over(Fault::UsbErrorStorm);
  fcc_unlocked_ = false;
}

void FaultState::bus_reset() { use_up(Fault::UsbErrorStorm); }

void FaultState::session_ended() { session_was_lost_ = true; }

Registrar::Coverage FaultState::coverage(Registrar::Coverage offered) const {
  if (offered.answer == RegistrationState::Searching) return offered;
  for (const Fault fault : {Fault::SimIllegal, Fault::RoamingRefused}) {
    if (const FaultArgs* args = find(fault)) return {RegistrationState::Denied, args->cause};
  }
  return offered;
}

bool FaultState::attach_offered(bool offered) const { return offered && !on(Fault::NetworkDetach); }

FaultState::Verdict FaultState::judge_session(IpFamily family, const std::string& apn,
                                              Instant now) {
  if (const FaultArgs* args = find(Fault::NoReconnect); args != nullptr && session_was_lost_) {
    return {network_says(*args), {}};
  }
  if (const FaultArgs* args = find(Fault::AttachBlocked);
      args != nullptr && !right_apn(*args, apn)) {
    Tries& tries = tries_[family];
    const bool quick = tries.last && now - *tries.last < args->gap.value_or(Duration(0));
    tries.quick = quick ? tries.quick + 1 : 1;
    tries.last = now;
    Verdict verdict{network_says(*args), {}};
    if (tries.quick >= args->times.value_or(1)) {
      tries_.clear();
      verdict.block_attach = args->time;
    }
    return verdict;
  }
  if (const FaultArgs* args = find(Fault::WrongApn); args != nullptr && !right_apn(*args, apn)) {
    return {network_says(*args), {}};
  }
  if (const FaultArgs* args = find(Fault::PartialGrant)) {
    const bool v4_alone = args->what != "ipv6";
    if (v4_alone != (family == IpFamily::V4)) {
      return {SessionEnd{EndCause::Network, v4_alone ? kIpv4Only : kIpv6Only}, {}};
    }
  }
  return {};
}

std::optional<Duration> FaultState::disconnect_delay() const {
  if (on(Fault::MissingDisconnect)) return std::nullopt;
  const FaultArgs* args = find(Fault::LateDisconnect);
  return args == nullptr ? Duration(0) : args->time.value_or(Duration(0));
}

Duration FaultState::reset_time(Duration ordinary) const {
  const FaultArgs* args = find(Fault::SlowRecovery);
  return args == nullptr ? ordinary : args->time.value_or(ordinary);
}

}  // namespace mwan::sim
