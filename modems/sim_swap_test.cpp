// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/sim_swap.hpp"

#include <gmock/gmock.h>

namespace mwan {
namespace {

using testing::HasSubstr;
using testing::Not;

Sim card(SimState state, std::string iccid = {}, std::optional<std::uint8_t> tries = 3) {
  Sim sim;
  sim.state = state;
  sim.iccid = std::move(iccid);
  sim.pin_tries = tries;
  return sim;
}
const std::string kOne = "8949000000000000001";
const std::string kTwo = "8949000000000000002";

TEST(SimWatch, AnUnlockIsNoSwap) {
  SimWatch watch;
  EXPECT_EQ(watch.saw(card(SimState::Starting)), SimChange::Inserted);
  EXPECT_EQ(watch.saw(card(SimState::PinRequired)), SimChange::None);
  EXPECT_EQ(watch.saw(card(SimState::Ready, kOne)), SimChange::Unlocked);
  EXPECT_EQ(watch.saw(card(SimState::Ready, kOne)), SimChange::None);
}

TEST(SimWatch, AnUnlockOfAKnownCard) {
  SimWatch watch;
  EXPECT_EQ(watch.saw(card(SimState::PinRequired, kOne)), SimChange::Inserted);
  EXPECT_EQ(watch.saw(card(SimState::Ready, kOne)), SimChange::Unlocked);
}

TEST(SimWatch, ASwapIsToldByTheIccid) {
  SimWatch watch;
  EXPECT_EQ(watch.saw(card(SimState::Ready, kOne)), SimChange::Inserted);
  EXPECT_EQ(watch.saw(card(SimState::Absent)), SimChange::Removed);
  EXPECT_EQ(watch.saw(card(SimState::Absent)), SimChange::None);
  EXPECT_EQ(watch.saw(card(SimState::PinRequired)), SimChange::Inserted);
  EXPECT_EQ(watch.saw(card(SimState::Ready, kTwo)), SimChange::Swapped);
  EXPECT_EQ(watch.iccid(), kTwo);
}

TEST(SimWatch, TheSameCardAgainIsNoSwap) {
  SimWatch watch;
  EXPECT_EQ(watch.saw(card(SimState::Ready, kOne)), SimChange::Inserted);
  EXPECT_EQ(watch.saw(card(SimState::Absent)), SimChange::Removed);
  EXPECT_EQ(watch.saw(card(SimState::PinRequired)), SimChange::Inserted);
  EXPECT_EQ(watch.saw(card(SimState::Ready, kOne + "F")), SimChange::Again);
}

TEST(SimWatch, ASwapWithoutANoticedRemoval) {
  SimWatch watch;
  EXPECT_EQ(watch.saw(card(SimState::Ready, kOne)), SimChange::Inserted);
  EXPECT_EQ(watch.saw(card(SimState::Starting)), SimChange::None);
  EXPECT_EQ(watch.saw(card(SimState::Ready, kTwo)), SimChange::Swapped);
}

TEST(SimWatch, NoCardFromTheBeginning) {
  SimWatch watch;
  EXPECT_EQ(watch.saw(card(SimState::Absent)), SimChange::None);
  EXPECT_EQ(watch.saw(card(SimState::Ready, kOne)), SimChange::Inserted);
  EXPECT_FALSE(explain(SimChange::Swapped).empty());
}

class PinPolicyTest : public testing::Test {
 protected:
  // Empty: it may be sent.
  std::string verdict(const Sim& sim, const std::string& pin = "1234") {
    const Status may = policy_.may_send(sim, Secret(pin), "lte: pin");
    if (may) return {};
    EXPECT_EQ(may.error().failure, FailureClass::Permanent);
    EXPECT_EQ(may.error().where, "lte: pin");
    EXPECT_THAT(may.error().message, Not(HasSubstr("8949")));
    if (!pin.empty()) {
      EXPECT_THAT(may.error().message, Not(HasSubstr(pin)));
    }
    return may.error().message;
  }
  PinPolicy policy_;
};

TEST_F(PinPolicyTest, IsSentToALockedCard) {
  EXPECT_EQ(verdict(card(SimState::PinRequired, kOne)), "");
  EXPECT_EQ(verdict(card(SimState::PinRequired, "", 10), "12345678"), "");
}

TEST_F(PinPolicyTest, IsNotSentWhereItCannotHelp) {
  EXPECT_THAT(verdict(card(SimState::Ready, kOne)), HasSubstr("does not ask"));
  EXPECT_THAT(verdict(card(SimState::PukRequired, kOne, 0)), HasSubstr("PUK"));
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne), ""), HasSubstr("settings have none"));
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne), "123"), HasSubstr("4 to 8 digits"));
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne), "123456789"), HasSubstr("4 to 8 digits"));
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne), "12x4"), HasSubstr("4 to 8 digits"));
}

TEST_F(PinPolicyTest, TheLastTriesAreLeftToPeople) {
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne, 2)), HasSubstr("only 2 tries"));
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne, std::nullopt)), HasSubstr("does not say"));
}

TEST_F(PinPolicyTest, NeverTwiceAfterARefusal) {
  policy_.sending(card(SimState::PinRequired, kOne));
  policy_.answered(false, 2);
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne, 2)), HasSubstr("refused"));
  // not even when somebody has unlocked the card since, with another PIN
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne, 3)), HasSubstr("refused"));
}

TEST_F(PinPolicyTest, AnotherCardStartsOver) {
  policy_.sending(card(SimState::PinRequired, kOne));
  policy_.answered(false, 2);
  EXPECT_EQ(verdict(card(SimState::PinRequired, kTwo, 3)), "");
}

TEST_F(PinPolicyTest, ACardOfUnknownNumberIsKnownByItsTries) {
  policy_.sending(card(SimState::PinRequired, "", 10));
  policy_.answered(false, std::nullopt);
  EXPECT_THAT(verdict(card(SimState::PinRequired, "", 9)), HasSubstr("refused"));
  EXPECT_EQ(verdict(card(SimState::PinRequired, "", 10)), "");
}

TEST_F(PinPolicyTest, ALostAnswerIsTakenFromTheTries) {
  policy_.sending(card(SimState::PinRequired, kOne, 10));
  EXPECT_EQ(verdict(card(SimState::PinRequired, kOne, 10)), "");  // it was never judged
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne, 9)), HasSubstr("refused"));
  EXPECT_THAT(verdict(card(SimState::PinRequired, kOne, 10)), HasSubstr("refused"));
}

TEST_F(PinPolicyTest, AnAcceptedPinMayBeSentAgainAfterTheNextPowerUp) {
  policy_.sending(card(SimState::PinRequired, kOne));
  policy_.answered(true, 3);
  EXPECT_EQ(verdict(card(SimState::PinRequired, kOne)), "");
}

}  // namespace
}  // namespace mwan
