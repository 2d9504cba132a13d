// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/modem/bearers.hpp"

#include <utility>

namespace mwan::sim {

std::uint32_t Bearers::start(Owner owner, IpFamily family, std::string apn,
                             std::function<void(Started)> done) {
  if (holds(owner, family)) {
    done({StartResult::AlreadyStarted, 0, {}});
    return 0;
  }
  const std::uint32_t id = next_attempt_++;
  Timer timer = timers_.after(settings_.bearer_delay, [this, id] { conclude(id); });
  attempts_.emplace(id, Attempt{owner, family, std::move(apn), std::move(done), std::move(timer)});
  return id;
}

void Bearers::conclude(std::uint32_t id) {
  Attempt attempt = std::move(attempts_.extract(id).mapped());
  if (const auto obstacle = events_.obstacle(attempt.family, attempt.apn)) {
    ++counters_.refused;
    attempt.done({StartResult::Failed, 0, *obstacle});
    return;
  }
  const Handle handle = next_handle_;
  next_handle_ += 0x10;
  auto [session, fresh] = sessions_.try_emplace(attempt.family);
  session->second.handles.emplace(handle, attempt.owner);
  if (fresh) {
    session->second.state.plan = attempt.family == IpFamily::V4 ? settings_.ipv4 : settings_.ipv6;
    session->second.state.apn = attempt.apn;
    ++counters_.started;
  }
  attempt.done({StartResult::Connected, handle, {}});
  if (fresh) events_.changed(attempt.family, std::nullopt);
}

bool Bearers::abort(std::uint32_t attempt) {
  auto node = attempts_.extract(attempt);
  if (node.empty()) return false;
  node.mapped().done({StartResult::Aborted, 0, {}});
  return true;
}

bool Bearers::stop(Owner owner, Handle handle) {
  for (auto& [family, session] : sessions_) {
    const auto held = session.handles.find(handle);
    if (held == session.handles.end() || held->second != owner) continue;
    session.handles.erase(held);
    if (session.handles.empty()) {
      ++counters_.stopped;
      end(family, {EndCause::HostRequest, 0});
    }
    return true;
  }
  return false;
}

void Bearers::forget(Owner owner) {
  std::erase_if(attempts_, [owner](const auto& item) { return item.second.owner == owner; });
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    const auto session = sessions_.find(family);
    if (session == sessions_.end()) continue;
    const auto given_back = std::erase_if(
        session->second.handles, [owner](const auto& item) { return item.second == owner; });
    if (given_back != 0 && session->second.handles.empty()) {
      ++counters_.stopped;
      end(family, {EndCause::HostRequest, 0});
    }
  }
}

void Bearers::drop(IpFamily family, SessionEnd why) {
  if (!sessions_.contains(family)) return;
  ++counters_.dropped;
  end(family, why);
}

void Bearers::drop_all(SessionEnd why) {
  drop(IpFamily::V4, why);
  drop(IpFamily::V6, why);
}

void Bearers::end(IpFamily family, SessionEnd why) {
  last_traffic_[family] = sessions_.at(family).state.traffic;
  sessions_.erase(family);
  events_.changed(family, why);
}

void Bearers::renumber(IpFamily family, AddressPlan plan) {
  if (BearerState* bearer = find(family)) bearer->plan = std::move(plan);
}

BearerState* Bearers::find(IpFamily family) {
  const auto session = sessions_.find(family);
  return session == sessions_.end() ? nullptr : &session->second.state;
}

const BearerState* Bearers::find(IpFamily family) const {
  const auto session = sessions_.find(family);
  return session == sessions_.end() ? nullptr : &session->second.state;
}

std::size_t Bearers::handles(IpFamily family) const {
  const auto session = sessions_.find(family);
  return session == sessions_.end() ? 0 : session->second.handles.size();
}

bool Bearers::holds(Owner owner, IpFamily family) const {
  const auto session = sessions_.find(family);
  if (session == sessions_.end()) return false;
  for (const auto& [handle, holder] : session->second.handles) {
    if (holder == owner || holder == kModemItself) return true;
  }
  return false;
}

Traffic Bearers::last_traffic(IpFamily family) const {
  const auto last = last_traffic_.find(family);
  return last == last_traffic_.end() ? Traffic{} : last->second;
}

}  // namespace mwan::sim
