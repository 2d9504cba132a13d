// SPDX-License-Identifier: LGPL-2.1-or-later
// Arbitrary facts in arbitrary order: whatever the hardware says, the engine keeps its promises.
#include <random>

#include <gtest/gtest.h>

#include "failover/core/engine_world.hpp"

namespace mwan::failover {
namespace {

using testing::World;

constexpr int links = 5;

class Storm {
 public:
  explicit Storm(unsigned seed) : random_(seed) {}

  Event next() {
    if (pick(50) == 0) return TimerFired{};
    // Answers nobody asked for.
    if (pick(200) == 0) return StepResult{static_cast<Step>(pick(8)), std::nullopt};
    if (pick(200) == 0) return ConfigApplied{any_link(), Error{FailureClass::Gone, "x", "gone"}};
    return Observation{any_link(), fact()};
  }
  Duration pause() { return Duration(pick(4) == 0 ? pick(3'000'000) : pick(20'000)); }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  // One more than there are: out of range must be ignored.
  LinkId any_link() { return LinkId{static_cast<std::uint16_t>(pick(links + 1))}; }
  IpFamily family() { return pick(2) == 0 ? IpFamily::V4 : IpFamily::V6; }
  Fact fact() {
    switch (pick(16)) {
      case 0:
        return fact::Device{pick(4) != 0, "net0"};
      case 1:
        return fact::Carrier{pick(4) != 0};
      case 2:
        return Registration{.state = static_cast<RegistrationState>(pick(6))};
      case 3:
        return PacketService{.state = static_cast<PacketServiceState>(pick(3))};
      case 4:
        return Bearer{family(), static_cast<BearerState>(pick(4)), std::nullopt};
      case 5:
        return fact::Addressing{testing::some_config(pick(links))};
      case 6:
        return fact::AddressingLost{"lost"};
      case 7:
        return fact::Gateway{IpAddress{}, static_cast<fact::Nud>(pick(5))};
      case 8:
        return fact::Trouble{Error{FailureClass::Transient, "x", "y"}, std::nullopt};
      case 9:
        return CellReport{};
      case 10:
      case 11:
        return SignalSample{.rat = static_cast<Rat>(pick(6)),
                            .rsrp_dbm = -140.0 + pick(100),
                            .rsrq_db = -20.0 + pick(18),
                            .sinr_db = -20.0 + pick(50)};
      default: {
        const bool ok = pick(4) != 0;
        return fact::Probe{.sent = 2, .answered = static_cast<std::uint16_t>(ok ? 1 : 0), .ok = ok};
      }
    }
  }
  std::mt19937 random_;
};

Policy policy() {
  Policy out;
  for (int i = 0; i < links; ++i) {
    out.links.push_back(LinkPolicy{.name = "link" + std::to_string(i),
                                   .priority = 10 + i,
                                   .standby = i == 2   ? Standby::Cold
                                              : i == 3 ? Standby::Warm
                                                       : Standby::Hot});
  }
  return out;
}

class EngineRandom : public ::testing::TestWithParam<unsigned> {};

TEST_P(EngineRandom, KeepsItsPromises) {
  Storm storm(GetParam());
  World w(policy());
  w.start();
  std::optional<Instant> last_switch;
  int switches = 0;
  for (int i = 0; i < 350'000; ++i) {
    w.now += storm.pause();
    const auto before = w.engine.active();
    const Event event = storm.next();
    w.feed(event);
    const auto after = w.engine.active();
    if (before == after || !before) continue;
    ++switches;
    // No target that is dead while another link is alive.
    if (w.engine.health(*after).assess(w.now, w.engine.policy().risk).verdict ==
        LinkVerdict::Down) {
      for (std::uint16_t other = 0; other < links; ++other) {
        EXPECT_EQ(w.engine.health(LinkId{other}).assess(w.now, w.engine.policy().risk).verdict,
                  LinkVerdict::Down);
      }
    }
    // No second change within the dwell time unless the link that was left is dead.
    if (last_switch && w.now - *last_switch < w.engine.policy().dwell) {
      EXPECT_EQ(w.engine.health(*before).assess(w.now, w.engine.policy().risk).verdict,
                LinkVerdict::Down);
    }
    last_switch = w.now;
    if (HasFailure()) FAIL() << "at event " << i;
  }
  EXPECT_GT(switches, 100) << "the storm was too mild to say anything";
}

TEST_P(EngineRandom, TheSameEventsGiveTheSameActions) {
  const auto run = [](unsigned seed) {
    Storm storm(seed);
    World w(policy());
    w.start();
    std::vector<Action> all;
    for (int i = 0; i < 20'000; ++i) {
      w.now += storm.pause();
      w.feed(storm.next());
      all.insert(all.end(), w.actions.begin(), w.actions.end());
    }
    return all;
  };
  EXPECT_EQ(run(GetParam()), run(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, EngineRandom, ::testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace mwan::failover
