// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/faults/chaos.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tools/mwan-sim/faults/catalogue.hpp"
#include "tools/mwan-sim/faults/read.hpp"

namespace mwan::sim {
namespace {

std::vector<const FaultInfo*> candidates() {
  std::vector<const FaultInfo*> out;
  for (const FaultInfo& info : fault_catalogue()) {
    if (info.chaos) out.push_back(&info);
  }
  return out;
}

}  // namespace

Chaos::Chaos(Timers& timers, std::uint64_t seed, std::function<void(const FaultOrder&)> play)
    : timers_(timers), random_(seed), play_(std::move(play)) {}

// Not a distribution of the standard library: those differ from one library to the next.
std::uint64_t Chaos::draw(std::uint64_t least, std::uint64_t most) {
  return least + random_() % (most - least + 1);
}

void Chaos::start() { arm(); }

void Chaos::arm() {
  constexpr std::uint64_t kMostRequests = 60;
  constexpr std::uint64_t kMostMs = 12000;
  const bool by_requests = draw(0, 1) == 1;
  const std::uint64_t requests = draw(1, kMostRequests);
  const std::uint64_t wait = draw(0, kMostMs);
  requests_left_ = by_requests ? requests : 0;
  timer_.reset();
  if (!by_requests) timer_ = timers_.after(std::chrono::milliseconds(wait), [this] { strike(); });
}

void Chaos::request() {
  if (requests_left_ == 0 || --requests_left_ != 0) return;
  strike();
}

void Chaos::strike() {
  constexpr std::uint64_t kLeastMs = 200;
  constexpr std::uint64_t kMostMs = 4000;
  const auto faults = candidates();
  const FaultInfo& info = *faults[draw(0, faults.size() - 1)];
  const auto order =
      read_fault(fmt::format("{} {} for={}ms", info.name, *info.chaos, draw(kLeastMs, kMostMs)));
  // The next point first: a fault that drops requests must not change it.
  const Timer own = std::exchange(timer_, nullptr);
  arm();
  if (order) play_(*order);
}

}  // namespace mwan::sim
