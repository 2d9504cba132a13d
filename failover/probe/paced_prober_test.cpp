// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/paced_prober.hpp"

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Answers each round after its delay, and says after the time limit that it was lost so far.
class LatentProber final : public Prober {
 public:
  struct Behaviour {
    std::string name;
    std::optional<Duration> answers;  // never: absent
    bool undecided = false;
    bool refused = false;  // nobody can answer, which is known at once
  };
  LatentProber(Loop& loop, Behaviour& how, Duration limit, std::vector<std::string>& asked,
               Report report)
      : loop_(loop), how_(how), limit_(limit), asked_(asked), report_(std::move(report)) {}
  void set_interval(Duration /*interval*/) override { ADD_FAILURE() << "its pace is not its own"; }
  void round() override {
    asked_.push_back(how_.name);
    const Instant begun = Loop::now();
    if (how_.refused) {
      timers_.push_back(loop_.soon([this] {
        report_(fact::Probe{.sent = 1, .answered = 0, .ok = false, .complete = true});
      }));
      return;
    }
    const auto say = [this, begun](bool ok) {
      const auto rtt = ok ? std::optional(Loop::now() - begun) : std::nullopt;
      report_(fact::Probe{
          .sent = 1, .answered = static_cast<std::uint16_t>(ok ? 1 : 0), .ok = ok, .rtt = rtt});
    };
    if (!how_.answers || *how_.answers > limit_) {
      timers_.push_back(loop_.after(limit_, [say] { say(false); }));
    }
    if (how_.answers) timers_.push_back(loop_.after(*how_.answers, [say] { say(true); }));
  }
  [[nodiscard]] bool undecided() const override { return how_.undecided; }
  [[nodiscard]] const std::string& last_failure() const override { return none_; }

 private:
  Loop& loop_;
  Behaviour& how_;
  Duration limit_;
  std::vector<std::string>& asked_;
  Report report_;
  std::vector<SourceHandle> timers_;
  std::string none_;
};

class PacedProberTest : public ::testing::Test {
 protected:
  PacedProberTest() { remake(); }
  void remake() {
    const auto make = [this](LatentProber::Behaviour& how) {
      return [this, &how](const Prober::Report& report) {
        return std::make_unique<LatentProber>(loop, how, timeout, asked, report);
      };
    };
    prober = std::make_unique<PacedProber>(
        loop, timeout, PacedProber::Makes{.all = make(all), .each = {make(a), make(b)}},
        [this](const Fact& fact) { said.push_back(std::get<fact::Probe>(fact).ok); });
  }
  void pass(Duration time) {
    bool over = false;
    const auto timer = loop.after(time, [&over] { over = true; });
    while (!over) loop.iterate(true);
  }
  template <class Condition>
  bool until(Condition condition) {
    const Instant limit = Loop::now() + 10s;
    const auto bound = loop.after(10s, [] {});
    while (!condition() && Loop::now() < limit) loop.iterate(true);
    return condition();
  }
  Loop loop;
  Duration timeout = 400ms;
  LatentProber::Behaviour all{"all", 5ms};
  LatentProber::Behaviour a{"a", 5ms};
  LatentProber::Behaviour b{"b", 5ms};
  std::vector<std::string> asked;
  std::vector<bool> said;
  std::unique_ptr<PacedProber> prober;
};

TEST_F(PacedProberTest, FastMeansAllTargetsAtOnceTheFirstTimeNow) {
  prober->set_pace({60s, 100ms, false});
  ASSERT_TRUE(until([this] { return !said.empty(); }));
  EXPECT_THAT(asked, ElementsAre("all"));
  EXPECT_THAT(said, ElementsAre(true));
}

TEST_F(PacedProberTest, InTurnEachIsAskedOnceInTheInterval) {
  prober->set_pace({50ms, 40ms, false});
  ASSERT_TRUE(until([this] { return !said.empty(); }));
  asked.clear();
  prober->set_pace({200ms, 40ms, true});
  EXPECT_THAT(asked, IsEmpty());  // there was an answer just now
  ASSERT_TRUE(until([this] { return asked.size() == 3; }));
  EXPECT_THAT(asked, ElementsAre("a", "b", "a"));
}

TEST_F(PacedProberTest, AnAnswerThatIsLateIsLostFirstAndCountsWhenItComes) {
  all.answers = 150ms;
  prober->set_pace({60s, 30ms, false});
  ASSERT_TRUE(until([this] { return said.size() == 2; }));
  EXPECT_THAT(said, ElementsAre(false, true));
}

TEST_F(PacedProberTest, ALostRoundIsSaidOnce) {
  all.answers.reset();
  prober->set_pace({60s, 30ms, false});
  pass(600ms);
  EXPECT_THAT(said, ElementsAre(false));
}

TEST_F(PacedProberTest, ALossThatMayYetBeAnsweredIsHeldBack) {
  timeout = 50ms;
  remake();
  all.answers = 150ms;
  prober->set_pace({60s, 60s, false});
  ASSERT_TRUE(until([this] { return !said.empty(); }));
  EXPECT_THAT(said, ElementsAre(true));
}

TEST_F(PacedProberTest, AndSaidOnceItsTimeIsOver) {
  timeout = 50ms;
  remake();
  all.answers.reset();
  prober->set_pace({60s, 200ms, false});
  pass(100ms);
  EXPECT_THAT(said, IsEmpty());
  pass(400ms);
  EXPECT_THAT(said, ElementsAre(false));
}

TEST_F(PacedProberTest, ALossThatIsCertainIsSaidAtOnceAndOnce) {
  all.refused = true;
  prober->set_pace({60s, 300ms, false});
  pass(100ms);
  EXPECT_THAT(said, ElementsAre(false));
  pass(500ms);
  EXPECT_THAT(said, ElementsAre(false));
}

TEST_F(PacedProberTest, LikewiseInTurn) {
  for (LatentProber::Behaviour* how : {&all, &a, &b}) how->refused = true;
  prober->set_pace({60s, 60s, true});
  pass(100ms);
  EXPECT_GE(std::ranges::count(said, false), 1);
}

TEST_F(PacedProberTest, AnAnswerAfterAllTimesIsNone) {
  timeout = 50ms;
  remake();
  all.answers = 150ms;
  prober->set_pace({60s, 30ms, false});
  pass(500ms);
  EXPECT_THAT(said, ElementsAre(false));
}

TEST_F(PacedProberTest, LateAnswersInTurnAreNoLossWhereThereIsTime) {
  timeout = 50ms;
  remake();
  for (LatentProber::Behaviour* how : {&all, &a, &b}) how->answers = 150ms;
  prober->set_pace({80ms, 60s, true});
  ASSERT_TRUE(until([this] { return said.size() >= 8; }));
  EXPECT_THAT(said, ::testing::Each(true));
}

TEST_F(PacedProberTest, AndOneWhenItIsOver) {
  timeout = 50ms;
  remake();
  for (LatentProber::Behaviour* how : {&all, &a, &b}) how->answers.reset();
  prober->set_pace({80ms, 250ms, true});
  pass(200ms);
  EXPECT_THAT(said, IsEmpty());
  ASSERT_TRUE(until([this] { return said.size() >= 3; }));
  EXPECT_THAT(said, ::testing::Each(false));
}

TEST_F(PacedProberTest, OverlappingRoundsAreToldApart) {
  all.answers = 100ms;
  prober->set_pace({40ms, 300ms, false});
  ASSERT_TRUE(until([this] { return said.size() >= 8; }));
  EXPECT_THAT(said, ::testing::Each(true));
}

TEST_F(PacedProberTest, ATargetThatIsSilentAloneIsNoLoss) {
  b.answers.reset();
  prober->set_pace({200ms, 90ms, true});
  ASSERT_TRUE(until([this] { return std::ranges::count(asked, "b") >= 20; }));
  EXPECT_EQ(std::ranges::count(said, false), 0);
  EXPECT_GE(std::ranges::count(said, true), 5);
  EXPECT_LE(std::ranges::count(asked, "all"), 12);  // the first, and what b asked for once
}

TEST_F(PacedProberTest, ALossThatTheOthersConfirmIsTwo) {
  prober->set_pace({50ms, 40ms, false});
  ASSERT_TRUE(until([this] { return !said.empty(); }));
  a.answers.reset();
  b.answers.reset();
  all.answers.reset();
  prober->set_pace({10s, 30ms, true});
  prober->set_pace({60ms, 30ms, true});
  said.clear();
  ASSERT_TRUE(until([this] { return !said.empty(); }));
  prober->set_pace({60s, 30ms, false});
  ASSERT_TRUE(until([this] { return said.size() >= 2; }));
  EXPECT_EQ(std::ranges::count(said, true), 0);
}

TEST_F(PacedProberTest, TheOthersAreAskedBeforeALateAnswerCountsAsLost) {
  timeout = 120s;
  remake();
  prober->set_pace({60ms, 60s, true});
  ASSERT_TRUE(until([this] { return asked.size() >= 6 && said.size() >= 6; }));
  a.answers.reset();
  b.answers.reset();
  all.answers.reset();
  asked.clear();
  ASSERT_TRUE(until([this] { return std::ranges::count(asked, "all") >= 2; }));
  EXPECT_EQ(std::ranges::count(said, false), 0);
}

TEST_F(PacedProberTest, ARoundBesideThePaceThatNobodyAnswersSoonIsAskedAgain) {
  timeout = 120s;
  remake();
  prober->set_pace({60ms, 60s, true});
  ASSERT_TRUE(until([this] { return asked.size() >= 6 && said.size() >= 6; }));
  prober->set_pace({60s, 50s, true});
  all.answers.reset();
  asked.clear();
  prober->round();
  ASSERT_TRUE(until([this] { return std::ranges::count(asked, "all") >= 3; }));
  EXPECT_EQ(std::ranges::count(said, false), 0);
}

TEST_F(PacedProberTest, AndOnceWhereSomebodyDoes) {
  prober->set_pace({60ms, 300ms, true});
  ASSERT_TRUE(until([this] { return asked.size() >= 6 && said.size() >= 6; }));
  prober->set_pace({60s, 300ms, true});
  asked.clear();
  prober->round();
  pass(500ms);
  EXPECT_THAT(asked, ElementsAre("all"));
}

TEST_F(PacedProberTest, AnAnswerThatWasOnlyLateEndsTheDoubt) {
  prober->set_pace({60ms, 300ms, true});
  ASSERT_TRUE(until([this] { return asked.size() >= 6 && said.size() >= 6; }));
  prober->set_pace({60s, 300ms, true});
  a.answers = 200ms;
  b.answers = 200ms;
  asked.clear();
  prober->set_pace({50s, 300ms, true});
  pass(1500ms);
  EXPECT_THAT(said, ::testing::Each(true));
  EXPECT_THAT(std::ranges::count(asked, "all"),
              ::testing::AllOf(::testing::Ge(1), ::testing::Le(4)));
}

TEST_F(PacedProberTest, WhenAllAreSilentEachLossIsSaid) {
  a.answers.reset();
  b.answers.reset();
  all.answers.reset();
  prober->set_pace({80ms, 20ms, true});
  ASSERT_TRUE(until([this] { return std::ranges::count(said, false) >= 2; }));
  EXPECT_EQ(std::ranges::count(said, true), 0);
}

TEST_F(PacedProberTest, StoppedItSaysNothing) {
  all.answers = 50ms;
  prober->set_pace({40ms, 300ms, false});
  ASSERT_TRUE(until([this] { return asked.size() == 3; }));
  prober->set_pace({});
  said.clear();
  pass(200ms);
  EXPECT_THAT(said, IsEmpty());
  EXPECT_EQ(asked.size(), 3U);
}

TEST_F(PacedProberTest, OneRoundBesideThePace) {
  prober->set_pace({60s, 100ms, true});
  ASSERT_TRUE(until([this] { return said.size() == 1; }));
  asked.clear();
  prober->round();
  ASSERT_TRUE(until([this] { return said.size() == 2; }));
  EXPECT_THAT(asked, ElementsAre("all"));
}

TEST_F(PacedProberTest, WhereOneQuestionIsEnoughTheyStillTakeTurns) {
  prober->set_sparing(true);
  prober->set_pace({50ms, 40ms, false});
  ASSERT_TRUE(until([this] { return !said.empty(); }));
  asked.clear();
  const Instant begun = Loop::now();
  prober->set_pace({100ms, 40ms, true});
  ASSERT_TRUE(until([this] { return asked.size() == 4; }));
  EXPECT_THAT(asked, ElementsAre("a", "b", "a", "b"));
  EXPECT_GE(Loop::now() - begun, 380ms);
  // From now on each counts.
  asked.clear();
  prober->set_sparing(false);
  const Instant since = Loop::now();
  ASSERT_TRUE(until([this] { return asked.size() == 4; }));
  EXPECT_GE(Loop::now() - since, 190ms);
}

TEST_F(PacedProberTest, AllAreAskedSeveralTimesWhenALossIsSuspected) {
  prober->set_pace({60s, 100ms, true});
  ASSERT_TRUE(until([this] { return said.size() == 1; }));
  asked.clear();
  prober->look();
  pass(1500ms);
  EXPECT_EQ(std::ranges::count(asked, "all"), 10);
}

TEST_F(PacedProberTest, AndOnUntilItIsDecided) {
  prober->set_pace({60s, 100ms, true});
  ASSERT_TRUE(until([this] { return said.size() == 1; }));
  asked.clear();
  all.undecided = true;
  prober->look();
  ASSERT_TRUE(until([this] { return std::ranges::count(asked, "all") >= 15; }));
  all.undecided = false;
  pass(300ms);
  EXPECT_LE(std::ranges::count(asked, "all"), 17);
}

TEST_F(PacedProberTest, AQuickPaceNeedsNoCloserLook) {
  prober->set_pace({60s, 100ms, false});
  ASSERT_TRUE(until([this] { return said.size() == 1; }));
  asked.clear();
  prober->look();
  pass(300ms);
  EXPECT_THAT(asked, IsEmpty());
}

TEST_F(PacedProberTest, ALookThatAQuickPaceCutShortBeginsAgain) {
  prober->set_pace({60s, 100ms, true});
  ASSERT_TRUE(until([this] { return said.size() == 1; }));
  asked.clear();
  prober->look();
  prober->set_pace({100ms, 100ms, false});
  prober->set_pace({60s, 100ms, true});
  pass(1500ms);
  EXPECT_EQ(std::ranges::count(asked, "all"), 10);
}

}  // namespace
}  // namespace mwan::failover
