// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/faults/chaos.hpp"

#include <set>
#include <vector>

#include <gmock/gmock.h>

#include "tools/mwan-sim/faults/catalogue.hpp"
#include "tools/mwan-sim/faults/read.hpp"

namespace mwan::sim {
namespace {

// What happened when, with a request every 250 ms for half an hour.
std::vector<std::string> play(std::uint64_t seed) {
  constexpr int kRequests = 7200;
  VirtualTimers timers;
  std::vector<std::string> out;
  Chaos chaos(timers, seed, [&](const FaultOrder& order) {
    out.push_back(std::to_string(to_ms(timers.now().time_since_epoch())) + " " + fault_text(order));
  });
  chaos.start();
  for (int i = 0; i < kRequests; ++i) {
    timers.advance(std::chrono::milliseconds(250));
    chaos.request();
  }
  return out;
}

TEST(Chaos, TheSameSeedAndRequestsGiveTheSameFaults) {
  const auto first = play(42);
  EXPECT_GT(first.size(), 100U);
  EXPECT_EQ(first, play(42));
  EXPECT_NE(first, play(43));
}

TEST(Chaos, HasEveryFaultThatEndsByItselfAndNoOther) {
  std::set<Fault> seen;
  VirtualTimers timers;
  Chaos chaos(timers, 1, [&](const FaultOrder& order) {
    seen.insert(order.fault);
    EXPECT_TRUE(info_of(order.fault).chaos) << info_of(order.fault).name;
    EXPECT_TRUE(order.args.lasts) << info_of(order.fault).name;
  });
  chaos.start();
  for (int i = 0; i < 20000; ++i) {
    timers.advance(std::chrono::milliseconds(500));
    chaos.request();
  }
  for (const FaultInfo& info : fault_catalogue()) {
    EXPECT_EQ(seen.contains(info.fault), info.chaos.has_value()) << info.name;
  }
}

TEST(Chaos, GoesOnWithoutRequestsAndWithoutTime) {
  VirtualTimers timers;
  int faults = 0;
  Chaos chaos(timers, 3, [&](const FaultOrder&) { ++faults; });
  chaos.start();
  for (int i = 0; i < 1000; ++i) {
    timers.advance(std::chrono::seconds(20));
    for (int n = 0; n < 100; ++n) chaos.request();
  }
  EXPECT_GT(faults, 1000);
}

}  // namespace
}  // namespace mwan::sim
