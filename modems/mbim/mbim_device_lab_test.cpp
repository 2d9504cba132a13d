// SPDX-License-Identifier: LGPL-2.1-or-later
// The SIM, the radio's switch, vendor locks, resets, and other users of the same device.
#include <gmock/gmock.h>

#include "modems/mbim/mbim_lab.hpp"

namespace mwan::mbim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Cards : public MbimLab {};

TEST_F(Cards, ThePinIsEnteredOnce) {
  simulate("pin=4711\n" + steady());
  make_adapter();
  ASSERT_TRUE(done(adapter_->open(cancel_)));
  ASSERT_TRUE(done(adapter_->listen(config_.signal, cancel_)));
  const auto state = [&] { return done(adapter_->read_sim(cancel_)).value_or(Sim{}).state; };
  ASSERT_TRUE(until([&] { return state() == SimState::PinRequired; })) << log();
  EXPECT_EQ(done(adapter_->read_sim(cancel_))->pin_tries, 3);

  const auto wrong = done(adapter_->verify_pin(Secret("0000"), cancel_));
  ASSERT_TRUE(wrong) << wrong.error().text();
  EXPECT_FALSE(wrong->accepted);
  EXPECT_EQ(wrong->tries_left, 2);
  const auto right = done(adapter_->verify_pin(Secret("4711"), cancel_));
  ASSERT_TRUE(right) << right.error().text();
  EXPECT_TRUE(right->accepted);
  EXPECT_TRUE(until_report("sim ready")) << log();
  EXPECT_EQ(requests("mbim.pin set"), 2U);
  close();
  expect_nothing_left();
}

TEST_F(Cards, WrongUntilThePukIsWanted) {
  simulate("pin=4711\n" + steady());
  make_adapter();
  ASSERT_TRUE(done(adapter_->open(cancel_)));
  const auto state = [&] { return done(adapter_->read_sim(cancel_)).value_or(Sim{}).state; };
  ASSERT_TRUE(until([&] { return state() == SimState::PinRequired; })) << log();
  for (const std::uint8_t left : {2, 1, 0}) {
    const auto wrong = done(adapter_->verify_pin(Secret("0000"), cancel_));
    ASSERT_TRUE(wrong) << wrong.error().text();
    EXPECT_FALSE(wrong->accepted);
    EXPECT_EQ(wrong->tries_left, left);
  }
  const auto sim = done(adapter_->read_sim(cancel_));
  ASSERT_TRUE(sim) << sim.error().text();
  EXPECT_EQ(sim->state, SimState::PukRequired);
  EXPECT_EQ(sim->puk_tries, 10);
  close();
}

TEST_F(Cards, RemovedAndPutBack) {
  simulate("start=signal\npin=4711\n" + steady("at 0s sim remove\ntrigger\nat 0s sim insert\n"));
  make_adapter();
  ASSERT_TRUE(done(adapter_->open(cancel_)));
  ASSERT_TRUE(done(adapter_->listen(config_.signal, cancel_)));
  trigger();
  ASSERT_TRUE(until_report("sim absent")) << log();
  EXPECT_EQ(done(adapter_->read_sim(cancel_))->state, SimState::Absent);
  EXPECT_FALSE(done(adapter_->read_slots(cancel_))->front().card);
  reports_.clear();
  trigger();
  ASSERT_TRUE(until_report("sim pin")) << log();
  EXPECT_EQ(last<Sim>()->pin_tries, 3) << "the report is whole";
  close();
}

class Device : public MbimLab {};

TEST_F(Device, RadioOffAndOn) {
  simulate(steady());
  up();
  ASSERT_TRUE(done(adapter_->set_radio(false, cancel_)));
  EXPECT_EQ(*done(adapter_->read_radio(cancel_)), RadioPower::Off);
  EXPECT_TRUE(until_report("radio off")) << log();
  ASSERT_TRUE(done(adapter_->set_radio(true, cancel_)));
  EXPECT_EQ(*done(adapter_->read_radio(cancel_)), RadioPower::On);
  EXPECT_TRUE(until_report("radio on")) << log();
  close();
}

TEST_F(Device, AVendorLockIsNamed) {
  simulate("operating-mode=low-power\n" + steady("fail-on mbim.radio-state error=28\n"));
  make_adapter();
  ASSERT_TRUE(done(adapter_->open(cancel_)));
  const Status locked = done(adapter_->set_radio(true, cancel_));
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().failure, FailureClass::Permanent);
  EXPECT_THAT(locked.error().message, HasSubstr("FCC lock"));
  close();
}

TEST_F(Device, AVendorLockIsOpened) {
  config_.quirks.fcc_unlock = FccUnlock::DmsAuthentication;
  simulate("operating-mode=low-power\n" + steady("fail-on mbim.radio-state error=28 times=1\n"));
  make_adapter();
  ASSERT_TRUE(done(adapter_->open(cancel_)));
  const Status on = done(adapter_->set_radio(true, cancel_));
  EXPECT_TRUE(on) << on.error().text();
  EXPECT_EQ(requests("mbim.quectel-radio-state set"), 1U);
  close();
}

TEST_F(Device, ResetsAndIsGone) {
  simulate("reset-time=300ms\n" + steady());
  up();
  const Status reset = done(adapter_->reset(cancel_));
  EXPECT_TRUE(reset) << reset.error().text();
  EXPECT_TRUE(until([&] { return gone_ == 1; })) << log();
  const auto after = done(adapter_->read_radio(cancel_));
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().failure, FailureClass::Gone);
  close();
  const auto opens = [&] { return done(adapter_->open(cancel_)).has_value(); };
  EXPECT_TRUE(until(opens)) << log();
  close();
  expect_nothing_left();
}

TEST_F(Device, AnotherUserChangesTheVersion) {
  simulate(steady());
  up();
  config_.quirks.mbimex = 2;
  MbimAdapter other(loop_, config_);
  ASSERT_TRUE(done(other.open(cancel_)));
  const auto identity = done(adapter_->read_identity(cancel_));
  ASSERT_TRUE(identity) << identity.error().text();
  EXPECT_EQ(identity->protocol, "MBIM 1.0 (MBIMEx 2.0)");
  const auto outcomes = connect(kBoth);
  ASSERT_TRUE(outcomes && outcomes->at(0).config) << log();
  const auto sim = done(adapter_->read_sim(cancel_));
  ASSERT_TRUE(sim) << sim.error().text();
  EXPECT_EQ(sim->state, SimState::Ready);
  done(other.close(5s));
  EXPECT_EQ(books()["mbim"]["sessions"].value("active", -1), 1) << "it was not the other's";
  close();
  expect_nothing_left();
}

}  // namespace
}  // namespace mwan::mbim
