// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/modem/modem.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::sim {
namespace {

using std::chrono::milliseconds;
using State = RegistrationState;

class ModemTest : public testing::Test {
 protected:
  Modem& boot(const ModemSettings& settings = {}) {
    modem_ = std::make_unique<Modem>(timers_, settings);
    modem_->subscribe([this](const Change& change) {
      if (const auto* session = std::get_if<change::Session>(&change))
        sessions_.push_back(*session);
      if (const auto* reject = std::get_if<change::Rejected>(&change))
        rejects_.push_back(reject->cause);
    });
    modem_->power_up();
    return *modem_;
  }
  Modem& boot_registered(const ModemSettings& settings = {}) {
    Modem& modem = boot(settings);
    timers_.advance(std::chrono::seconds(2));
    EXPECT_TRUE(modem.network().attached());
    return modem;
  }
  Bearers::Started dial(IpFamily family = IpFamily::V4, Bearers::Owner owner = 1) {
    Bearers::Started result;
    modem_->bearers().start(owner, family, "internet",
                            [&result](const Bearers::Started& started) { result = started; });
    timers_.advance(std::chrono::seconds(1));
    return result;
  }

  VirtualTimers timers_;
  std::unique_ptr<Modem> modem_;
  std::vector<change::Session> sessions_;
  std::vector<std::uint16_t> rejects_;
};

TEST_F(ModemTest, RegistersInItsTimeAfterTheSimIsReady) {
  Modem& modem = boot();
  EXPECT_EQ(modem.network().state(), State::NotRegistered);
  timers_.advance(milliseconds(100));
  EXPECT_EQ(modem.network().state(), State::Searching);
  timers_.advance(milliseconds(299));
  EXPECT_EQ(modem.network().state(), State::Searching);
  timers_.advance(milliseconds(1));
  EXPECT_EQ(modem.network().state(), State::Home);
  EXPECT_TRUE(modem.network().attached());
}

TEST_F(ModemTest, TheOperatingModeTurnsTheRadioOffAndOn) {
  Modem& modem = boot_registered();
  dial();
  modem.set_mode(OperatingMode::LowPower);
  EXPECT_EQ(modem.network().state(), State::NotRegistered);
  EXPECT_FALSE(modem.measuring());
  ASSERT_EQ(sessions_.size(), 2U);
  EXPECT_EQ(sessions_[1].ended, (SessionEnd{EndCause::RadioOff, 0}));
  modem.set_mode(OperatingMode::Online);
  EXPECT_EQ(modem.network().state(), State::Searching);
  timers_.advance(milliseconds(300));
  EXPECT_EQ(modem.network().state(), State::Home);
}

TEST_F(ModemTest, LostCoverageMeansSearchingAndEndsTheSession) {
  Modem& modem = boot_registered();
  dial();
  modem.set_coverage({State::Searching, {}});
  EXPECT_EQ(modem.network().state(), State::Searching);
  EXPECT_FALSE(modem.network().attached());
  EXPECT_EQ(sessions_.back().ended, (SessionEnd{EndCause::NoService, 0}));
  modem.set_coverage({State::Home, {}});
  EXPECT_EQ(modem.network().state(), State::Searching);
  timers_.advance(milliseconds(300));
  EXPECT_EQ(modem.network().state(), State::Home);
}

TEST_F(ModemTest, AHeldBearerOutlivesAShortLossOfCoverage) {
  ModemSettings settings;
  settings.bearer_hold = std::chrono::seconds(10);
  settings.data_format = LinkLayer::RawIp;
  Modem& modem = boot_registered(settings);
  dial();
  modem.set_coverage({State::Searching, {}});
  EXPECT_NE(modem.bearers().find(IpFamily::V4), nullptr);
  EXPECT_FALSE(modem.carries(IpFamily::V4));
  timers_.advance(std::chrono::seconds(5));
  modem.set_coverage({State::Home, {}});
  timers_.advance(std::chrono::seconds(30));
  EXPECT_TRUE(modem.carries(IpFamily::V4));
  modem.set_coverage({State::Searching, {}});
  timers_.advance(std::chrono::seconds(10));
  EXPECT_EQ(modem.bearers().find(IpFamily::V4), nullptr);
}

TEST_F(ModemTest, DetachKeepsTheRegistrationAndEndsTheSession) {
  Modem& modem = boot_registered();
  dial();
  modem.set_network_attach(false);
  EXPECT_EQ(modem.network().state(), State::Home);
  EXPECT_FALSE(modem.network().attached());
  EXPECT_EQ(sessions_.back().ended, (SessionEnd{EndCause::Detached, 0}));
  EXPECT_EQ(dial().why.cause, EndCause::Detached);
  modem.set_network_attach(true);
  EXPECT_EQ(dial().result, Bearers::StartResult::Connected);
}

TEST_F(ModemTest, ADenialSaysItsCauseForEachAttempt) {
  Modem& modem = boot();
  modem.set_coverage({State::Denied, 15});
  timers_.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.network().state(), State::Denied);
  EXPECT_EQ(modem.network().reject_cause(), 15);
  EXPECT_TRUE(modem.measuring());
  modem.register_again();
  timers_.advance(std::chrono::seconds(1));
  EXPECT_THAT(rejects_, testing::ElementsAre(15, 15));
}

TEST_F(ModemTest, RoamingIsAnotherNetwork) {
  Modem& modem = boot_registered();
  EXPECT_EQ(modem.plmn().mnc, "01");
  modem.set_coverage({State::Roaming, {}});
  EXPECT_EQ(modem.network().state(), State::Roaming);
  EXPECT_EQ(modem.plmn().mnc, "02");
}

TEST_F(ModemTest, APinIsNeededOnceAndItsTriesAreCounted) {
  ModemSettings settings;
  settings.pin = "1234";
  Modem& modem = boot(settings);
  timers_.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.network().state(), State::NotRegistered);
  EXPECT_EQ(modem.verify_pin("9999"), PinOutcome::Wrong);
  EXPECT_EQ(modem.sim().pin_tries(), 2);
  EXPECT_EQ(modem.verify_pin("12"), PinOutcome::Malformed);
  EXPECT_EQ(modem.sim().pin_tries(), 2);
  EXPECT_EQ(modem.verify_pin("1234"), PinOutcome::Done);
  EXPECT_EQ(modem.sim().pin_tries(), 3);
  EXPECT_EQ(modem.verify_pin("1234"), PinOutcome::NoEffect);
  timers_.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.network().state(), State::Home);
}

TEST_F(ModemTest, ThreeWrongPinsBlockUntilThePuk) {
  ModemSettings settings;
  settings.pin = "1234";
  Modem& modem = boot(settings);
  for (int i = 0; i < 3; ++i) modem.verify_pin("0000");
  EXPECT_EQ(modem.sim().pin_state(), Subscriber::PinState::Blocked);
  EXPECT_EQ(modem.verify_pin("1234"), PinOutcome::Blocked);
  EXPECT_EQ(modem.unblock_pin("00000000", "4321"), PinOutcome::Wrong);
  EXPECT_EQ(modem.sim().puk_tries(), 9);
  EXPECT_EQ(modem.unblock_pin("12345678", "4321"), PinOutcome::Done);
  timers_.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.network().state(), State::Home);
}

TEST_F(ModemTest, SessionsAreSharedAndEndWithTheLastHandle) {
  Modem& modem = boot_registered();
  const auto first = dial(IpFamily::V4, 1);
  const auto second = dial(IpFamily::V4, 2);
  EXPECT_EQ(first.result, Bearers::StartResult::Connected);
  EXPECT_EQ(second.result, Bearers::StartResult::Connected);
  EXPECT_NE(first.handle, second.handle);
  EXPECT_EQ(dial(IpFamily::V4, 1).result, Bearers::StartResult::AlreadyStarted);
  EXPECT_FALSE(modem.bearers().stop(2, first.handle)) << "somebody else's handle";
  EXPECT_TRUE(modem.bearers().stop(1, first.handle));
  EXPECT_NE(modem.bearers().find(IpFamily::V4), nullptr);
  modem.bearers().forget(2);
  EXPECT_EQ(modem.bearers().find(IpFamily::V4), nullptr);
  EXPECT_EQ(modem.bearers().counters().started, 1U);
  EXPECT_EQ(modem.bearers().counters().stopped, 1U);
}

TEST_F(ModemTest, RefusalsSayTheNetworksCause) {
  Modem& modem = boot_registered();
  modem.refuse_sessions(27);
  const auto refused = dial();
  EXPECT_EQ(refused.result, Bearers::StartResult::Failed);
  EXPECT_EQ(refused.why, (SessionEnd{EndCause::Network, 27}));
  modem.refuse_sessions(std::nullopt);
  EXPECT_EQ(dial().result, Bearers::StartResult::Connected);
}

TEST_F(ModemTest, AFamilyThatIsNotGrantedIsRefusedWithItsCause) {
  ModemSettings settings;
  settings.grants_ipv6 = false;
  boot_registered(settings);
  EXPECT_EQ(dial(IpFamily::V4).result, Bearers::StartResult::Connected);
  EXPECT_EQ(dial(IpFamily::V6).why, (SessionEnd{EndCause::Network, 50}));
}

TEST_F(ModemTest, AStartCanBeAbortedOnlyWhileItIsUnderWay) {
  Modem& modem = boot_registered();
  Bearers::Started result;
  const auto keep = [&](const Bearers::Started& started) { result = started; };
  const auto attempt = modem.bearers().start(1, IpFamily::V4, "internet", keep);
  EXPECT_TRUE(modem.bearers().abort(attempt));
  EXPECT_EQ(result.result, Bearers::StartResult::Aborted);
  EXPECT_FALSE(modem.bearers().abort(attempt));
  timers_.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.bearers().find(IpFamily::V4), nullptr);
}

TEST_F(ModemTest, AutoconnectDialsByItselfAndStopsWhenSwitchedOff) {
  ModemSettings settings;
  settings.autoconnect = true;
  Modem& modem = boot_registered(settings);
  EXPECT_NE(modem.bearers().find(IpFamily::V4), nullptr);
  EXPECT_EQ(dial().result, Bearers::StartResult::AlreadyStarted);
  modem.set_autoconnect(false);
  EXPECT_EQ(modem.bearers().find(IpFamily::V4), nullptr);
}

TEST_F(ModemTest, PacketsNeedTheRawIpFormat) {
  Modem& modem = boot_registered();
  dial();
  EXPECT_FALSE(modem.carries(IpFamily::V4));
  modem.set_data_format(LinkLayer::RawIp);
  EXPECT_TRUE(modem.carries(IpFamily::V4));
  EXPECT_FALSE(modem.carries(IpFamily::V6));
}

TEST_F(ModemTest, APowerCutEndsEverythingQuietlyAndItComesBackFresh) {
  Modem& modem = boot_registered();
  dial();
  sessions_.clear();
  modem.power_down();
  EXPECT_TRUE(sessions_.empty());
  EXPECT_EQ(modem.bearers().find(IpFamily::V4), nullptr);
  EXPECT_FALSE(modem.measuring());
  modem.power_up();
  timers_.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.network().state(), State::Home);
}

TEST_F(ModemTest, ARatThatIsNotAllowedIsNotFound) {
  Modem& modem = boot_registered();
  modem.set_allowed_rats({Rat::Umts});
  EXPECT_EQ(modem.network().state(), State::Searching);
  modem.set_allowed_rats({Rat::Umts, Rat::Lte});
  timers_.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.network().state(), State::Home);
}

TEST_F(ModemTest, ARemovedSimEndsTheRegistration) {
  Modem& modem = boot_registered();
  modem.set_sim_present(false);
  EXPECT_EQ(modem.network().state(), State::NotRegistered);
  modem.set_sim_present(true);
  timers_.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.network().state(), State::Home);
}

}  // namespace
}  // namespace mwan::sim
