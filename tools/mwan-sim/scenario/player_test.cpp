// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/scenario/player.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PlayerTest : public testing::Test {
 protected:
  Player& play(std::string_view text) {
    auto scenario = parse_scenario(text, "test.scn");
    EXPECT_TRUE(scenario) << scenario.error().text();
    scenario_ = std::move(*scenario);
    player_ = std::make_unique<Player>(
        timers_, scenario_,
        Player::Outputs{[this](const StepAction& action) {
                          if (const auto* signal = std::get_if<step::Signal>(&action)) {
                            levels_.push_back(signal->levels.rsrp_dbm.value_or(0));
                          }
                          ++acts_;
                        },
                        [this](std::size_t part, Duration since, const std::string& text) {
                          said_.push_back(std::to_string(part) + "@" +
                                          std::to_string(to_ms(since)) + " " + text);
                        }});
    player_->start();
    return *player_;
  }

  VirtualTimers timers_;
  Scenario scenario_;
  std::unique_ptr<Player> player_;
  std::vector<double> levels_;
  std::vector<std::string> said_;
  int acts_ = 0;
};

TEST_F(PlayerTest, PlaysStepsAtTheirTimes) {
  play("at 1s hang\nat 3s resume\n");
  timers_.advance(milliseconds(999));
  EXPECT_EQ(acts_, 0);
  timers_.advance(milliseconds(1));
  EXPECT_EQ(acts_, 1);
  timers_.advance(seconds(5));
  EXPECT_THAT(said_, ElementsAre("1@0 start", "1@1000 hang", "1@3000 resume"));
}

TEST_F(PlayerTest, WaitsForTheSignalWhenToldSo) {
  Player& player = play("start=signal\nat 0s hang\ntrigger\nat 1s resume\n");
  timers_.advance(seconds(10));
  EXPECT_THAT(said_, IsEmpty());
  player.trigger();
  timers_.advance(seconds(10));
  EXPECT_THAT(said_, ElementsAre("1@0 start", "1@0 hang"));
  player.trigger();
  timers_.advance(seconds(10));
  EXPECT_EQ(said_.back(), "2@1000 resume");
  player.trigger();
  EXPECT_THAT(said_.back(), testing::HasSubstr("ignored"));
}

TEST_F(PlayerTest, TheNextPartGivesUpWhatIsLeft) {
  Player& player = play("at 5s hang\ntrigger\nat 1s resume\n");
  timers_.advance(seconds(1));
  player.trigger();
  timers_.advance(seconds(20));
  EXPECT_EQ(acts_, 1);
  EXPECT_EQ(said_.back(), "2@1000 resume");
}

TEST_F(PlayerTest, RampsInStepsOfTheTickAndEndsExactly) {
  play("ramp-tick=250ms\nramp 1s..2s signal lte rsrp=-100->-110\n");
  timers_.advance(seconds(5));
  EXPECT_THAT(levels_,
              ElementsAre(DoubleNear(-100, 1e-9), DoubleNear(-102.5, 1e-9), DoubleNear(-105, 1e-9),
                          DoubleNear(-107.5, 1e-9), DoubleNear(-110, 1e-9)));
  EXPECT_EQ(said_.back(), "1@2000 ramp ends: signal lte rsrp=-100->-110");
}

TEST_F(PlayerTest, LoopsAPartForAsLongAsItIsLeftTo) {
  play("at 1s hang\nat 2s loop\n");
  timers_.advance(milliseconds(5500));
  EXPECT_EQ(acts_, 3);
}

TEST(Interpolate, KeepsLevelsThatOnlyOneEndHas) {
  const step::Signal start{Tech::Lte, {std::nullopt, -100, std::nullopt, 5}};
  const step::Signal end{Tech::Lte, {std::nullopt, -110, -12, std::nullopt}};
  const auto middle = std::get<step::Signal>(interpolate(start, end, 0.5));
  EXPECT_EQ(middle.levels.rsrp_dbm, -105);
  EXPECT_EQ(middle.levels.rsrq_db, -12);
  EXPECT_EQ(middle.levels.sinr_db, 5);
  EXPECT_EQ(middle.levels.rssi_dbm, std::nullopt);
}

}  // namespace
}  // namespace mwan::sim
