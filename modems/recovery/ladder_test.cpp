// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/recovery/ladder.hpp"

#include <map>
#include <random>
#include <vector>

#include <gmock/gmock.h>

#include "modems/words.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Instant at(Duration d) { return Instant(d); }
constexpr Remedies kAll = {.usb_device = true, .power_hook = true, .device_seen = true};
constexpr Trouble kLost = {FailureClass::Transient, TroubleKind::Bearer};

// The rungs of a trouble that nothing cures, with when they were carried out; every attempt takes
// this long.
struct Played {
  std::vector<std::pair<Duration, Rung>> rungs;

  explicit Played(Trouble trouble, const Remedies& remedies, Duration attempt = 1s,
                  Duration until = 3h, LadderPolicy policy = LadderPolicy()) {
    Ladder ladder{std::move(policy)};
    Instant now = at(0s);
    while (now < at(until)) {
      ladder.attaching(now);
      now += attempt;
      const Verdict verdict = ladder.failed(now, trouble, remedies);
      now += verdict.pause;
      rungs.emplace_back(now - at(0s), verdict.rung);
    }
  }
  [[nodiscard]] std::optional<Duration> first(Rung rung) const {
    for (const auto& [when, what] : rungs) {
      if (what == rung) return when;
    }
    return std::nullopt;
  }
  [[nodiscard]] long count(Rung rung) const {
    return std::count_if(rungs.begin(), rungs.end(),
                         [&](const auto& r) { return r.second == rung; });
  }
};

TEST(Words, ForDurations) {
  EXPECT_EQ(in_words(0s), "0 ms");
  EXPECT_EQ(in_words(800ms), "800 ms");
  EXPECT_EQ(in_words(12500ms), "12.5 s");
  EXPECT_EQ(in_words(60s), "60 s");
  EXPECT_EQ(in_words(2min), "2 min");
  EXPECT_EQ(in_words(1h), "1 h");
  EXPECT_EQ(in_words(90min), "1 h 30 min");
}

TEST(Ladder, ALostBearerIsReconnectedAtOnce) {
  Ladder ladder{LadderPolicy()};
  ladder.attaching(at(0s));
  ladder.working(at(2s));
  const Verdict verdict = ladder.failed(at(10min), kLost, kAll);
  EXPECT_EQ(verdict.rung, Rung::ReconnectBearer);
  EXPECT_EQ(verdict.pause, 1s);
  EXPECT_EQ(verdict.explanation, "no data connection: connected anew in 1 s");
}

TEST(Ladder, ClimbsByTime) {
  for (const Duration attempt : {100ms, 1000ms, 20000ms}) {
    const Played played(kLost, kAll, attempt);
    const Duration late = attempt + 62s;  // an attempt and a pause
    for (const auto& [rung, due] : std::map<Rung, Duration>{{Rung::Reregister, 45s},
                                                            {Rung::RadioCycle, 2min},
                                                            {Rung::ProtocolReset, 6min},
                                                            {Rung::UsbReset, 12min},
                                                            {Rung::PowerHook, 20min},
                                                            {Rung::GiveUp, 45min}}) {
      const auto first = played.first(rung);
      ASSERT_TRUE(first) << name_of(rung);
      EXPECT_GE(*first, due) << name_of(rung);
      // The verdict of giving up carries the slow pause.
      const Duration pause = rung == Rung::GiveUp ? Duration(1h) : Duration(0);
      EXPECT_LE(*first, due + 2 * late + pause) << name_of(rung);
    }
  }
}

TEST(Ladder, RepeatsAMeasureOnlySoOften) {
  const Played played(kLost, kAll);
  EXPECT_EQ(played.count(Rung::Reregister), 3);
  EXPECT_EQ(played.count(Rung::RadioCycle), 2);
  EXPECT_EQ(played.count(Rung::ProtocolReset), 2);
  EXPECT_EQ(played.count(Rung::UsbReset), 2);
  EXPECT_EQ(played.count(Rung::PowerHook), 3);
  EXPECT_GT(played.count(Rung::Retry), 10);
}

TEST(Ladder, GivenUpItIsTriedHourly) {
  Ladder ladder{LadderPolicy()};
  Instant now = at(0s);
  Verdict verdict;
  while (!ladder.given_up()) {
    ASSERT_LT(now, at(2h));
    now += 1s;
    verdict = ladder.failed(now, kLost, kAll);
    now += verdict.pause;
  }
  EXPECT_EQ(verdict.rung, Rung::GiveUp);
  EXPECT_EQ(verdict.pause, 1h);
  EXPECT_THAT(verdict.explanation, HasSubstr("given up"));
  EXPECT_THAT(verdict.explanation, HasSubstr("1 h"));
  EXPECT_EQ(ladder.failed(now, kLost, kAll).pause, 1h);
  ladder.forget();
  EXPECT_FALSE(ladder.given_up());
  EXPECT_EQ(ladder.failed(now, kLost, kAll).rung, Rung::ReconnectBearer);
}

TEST(Ladder, NoResetIsPassedOverHoweverLateItIsTold) {
  Ladder ladder{LadderPolicy()};
  static_cast<void>(ladder.failed(at(0s), kLost, kAll));
  std::vector<Rung> rungs;
  for (Duration t = 50min; t < 100min; t += 5min) {
    rungs.push_back(ladder.failed(at(t), kLost, kAll).rung);
  }
  rungs.resize(4);
  EXPECT_THAT(rungs, testing::ElementsAre(Rung::ProtocolReset, Rung::UsbReset, Rung::PowerHook,
                                          Rung::GiveUp));
}

TEST(Ladder, PermanentAndThrottledNeverClimb) {
  const Played wrong_apn({FailureClass::Permanent, TroubleKind::Bearer}, kAll, 1s, 24h);
  EXPECT_EQ(wrong_apn.count(Rung::Retry), static_cast<long>(wrong_apn.rungs.size()));
  EXPECT_LE(wrong_apn.rungs.size(), 24U * 6U);
  const Played throttled({FailureClass::Throttled, TroubleKind::Bearer}, kAll, 1s, 24h);
  EXPECT_EQ(throttled.count(Rung::Retry), static_cast<long>(throttled.rungs.size()));
}

TEST(Ladder, TimeOfAPermanentErrorIsNotTimeInTrouble) {
  Ladder ladder{LadderPolicy()};
  const Trouble wrong_pin = {FailureClass::Permanent, TroubleKind::Sim};
  static_cast<void>(ladder.failed(at(0s), wrong_pin, kAll));
  static_cast<void>(ladder.failed(at(5h), wrong_pin, kAll));
  EXPECT_EQ(ladder.failed(at(10h), kLost, kAll).rung, Rung::ReconnectBearer);
}

TEST(Ladder, ATunnelIsNoReasonForResets) {
  const Played tunnel({FailureClass::Transient, TroubleKind::NoNetwork}, kAll, 1s, 30min);
  EXPECT_EQ(tunnel.count(Rung::RadioCycle), 1);
  EXPECT_GE(tunnel.first(Rung::RadioCycle), 10min);
  EXPECT_FALSE(tunnel.first(Rung::ProtocolReset));

  const Played garage({FailureClass::Transient, TroubleKind::NoNetwork}, kAll, 1s, 24h);
  std::optional<Duration> last;
  for (const auto& [when, rung] : garage.rungs) {
    EXPECT_NE(rung, Rung::GiveUp);
    if (rung < Rung::RadioCycle) continue;
    if (last) {
      EXPECT_GE(when - *last, 1h);
    }
    last = when;
  }
  EXPECT_TRUE(garage.first(Rung::ProtocolReset));
}

TEST(Ladder, ATunnelDoesNotCountAgainstTheModemAfterIt) {
  Ladder ladder{LadderPolicy()};
  const Trouble tunnel = {FailureClass::Transient, TroubleKind::NoNetwork};
  static_cast<void>(ladder.failed(at(0s), tunnel, kAll));
  static_cast<void>(ladder.failed(at(59min), tunnel, kAll));
  EXPECT_EQ(ladder.failed(at(60min), kLost, kAll).rung, Rung::ReconnectBearer);
}

TEST(Ladder, TheHourBetweenMeasuresWithoutNetworkOutlivesAShortStretchOfCoverage) {
  Ladder ladder{LadderPolicy()};
  const Trouble tunnel = {FailureClass::Transient, TroubleKind::NoNetwork};
  static_cast<void>(ladder.failed(at(0s), tunnel, kAll));
  EXPECT_EQ(ladder.failed(at(11min), tunnel, kAll).rung, Rung::RadioCycle);
  ladder.working(at(12min));
  static_cast<void>(ladder.failed(at(14min), tunnel, kAll));
  EXPECT_EQ(ladder.failed(at(26min), tunnel, kAll).rung, Rung::Retry);
  EXPECT_EQ(ladder.failed(at(72min), tunnel, kAll).rung, Rung::RadioCycle);
}

TEST(Ladder, ASilentModemIsOpenedAnewThenReset) {
  const Trouble silent = {FailureClass::Transient, TroubleKind::Silent};
  const Played played(silent, kAll, 30s);
  EXPECT_EQ(played.rungs[0].second, Rung::Retry);
  EXPECT_EQ(played.rungs[1].second, Rung::UsbReset);
  EXPECT_FALSE(played.first(Rung::ProtocolReset));
  EXPECT_FALSE(played.first(Rung::RadioCycle));
  EXPECT_LE(played.first(Rung::PowerHook), 6min);
}

TEST(Ladder, AStuckTransmitQueueStartsWithTheRadio) {
  const Trouble stuck = {FailureClass::Transient, TroubleKind::TransmitStuck};
  const Played played(stuck, kAll, 20s);
  EXPECT_EQ(played.rungs[0].second, Rung::RadioCycle);
  EXPECT_TRUE(played.first(Rung::UsbReset));
  EXPECT_FALSE(played.first(Rung::ProtocolReset));
  // without USB, the modem can still be asked
  EXPECT_TRUE(Played(stuck, Remedies{}, 20s).first(Rung::ProtocolReset));
}

TEST(Ladder, AnAbsentDeviceIsWaitedForThenPowered) {
  const Trouble gone = {FailureClass::Gone, TroubleKind::Bearer};
  const Remedies away = {.power_hook = true, .device_seen = true};
  const Played played(gone, away, 10ms);
  EXPECT_GE(played.first(Rung::PowerHook), 2min);
  EXPECT_LE(played.first(Rung::PowerHook), 4min);
  EXPECT_FALSE(played.first(Rung::UsbReset));
  Remedies expected = away;
  expected.device_seen = false;
  EXPECT_FALSE(Played(gone, expected, 10ms).first(Rung::PowerHook));
}

TEST(Ladder, WhatIsNotPossibleIsNotDone) {
  const Played played(kLost, Remedies{}, 1s);
  EXPECT_FALSE(played.first(Rung::UsbReset));
  EXPECT_FALSE(played.first(Rung::PowerHook));
  EXPECT_TRUE(played.first(Rung::GiveUp));
}

TEST(Ladder, AFirstResetSkipsTheLesserOnes) {
  Remedies remedies = kAll;
  remedies.first_reset = FirstReset::Power;
  const Played power(kLost, remedies, 1s);
  EXPECT_FALSE(power.first(Rung::ProtocolReset));
  EXPECT_FALSE(power.first(Rung::UsbReset));
  EXPECT_GE(power.first(Rung::PowerHook), 6min);
  EXPECT_LE(power.first(Rung::PowerHook), 8min);
  // and where there is no hook, the others are what there is
  remedies.power_hook = false;
  EXPECT_TRUE(Played(kLost, remedies, 1s).first(Rung::ProtocolReset));
  remedies = kAll;
  remedies.first_reset = FirstReset::Usb;
  EXPECT_FALSE(Played(kLost, remedies, 1s).first(Rung::ProtocolReset));
  EXPECT_LE(Played(kLost, remedies, 1s).first(Rung::UsbReset), 8min);
}

TEST(Ladder, FlappingResumesAndStableForgets) {
  Ladder ladder{LadderPolicy()};
  static_cast<void>(ladder.failed(at(0s), kLost, kAll));
  EXPECT_EQ(ladder.failed(at(130s), kLost, kAll).rung, Rung::RadioCycle);
  ladder.working(at(140s));
  ladder.working(at(190s));  // the first counts
  // 50 s of working are not time in trouble
  EXPECT_EQ(ladder.failed(at(190s), kLost, kAll).rung, Rung::RadioCycle);
  ladder.working(at(200s));
  const Verdict fresh = ladder.failed(at(260s), kLost, kAll);
  EXPECT_EQ(fresh.rung, Rung::ReconnectBearer);
  EXPECT_EQ(fresh.pause, 1s);
}

TEST(Ladder, GivenUpAPermanentErrorStillHasItsPace) {
  Ladder ladder{LadderPolicy()};
  for (Duration t = 0s; t < 90min; t += 5min) {
    static_cast<void>(ladder.failed(at(t), kLost, kAll));
  }
  ASSERT_TRUE(ladder.given_up());
  const Verdict verdict =
      ladder.failed(at(2h), {FailureClass::Permanent, TroubleKind::Bearer}, kAll);
  EXPECT_EQ(verdict.rung, Rung::Retry);
  EXPECT_EQ(verdict.pause, 10min);
  EXPECT_THAT(verdict.explanation, HasSubstr("does not help by itself"));
}

// Whatever happens, in whatever order.
class LadderProperties : public testing::TestWithParam<unsigned> {};

TEST_P(LadderProperties, Hold) {
  std::mt19937 random(GetParam());
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  const LadderPolicy policy;
  Ladder ladder{policy};
  Instant now = at(1h);
  std::optional<Instant> last_attach;
  std::optional<Instant> last_measure;
  std::map<int, Rung> highest;  // by what is counted apart
  for (int i = 0; i < 400; ++i) {
    if (last_attach) {
      ASSERT_GE(now - *last_attach, policy.pauses.throttled);
    }
    last_attach = now;
    ladder.attaching(now);
    now += Duration(below(180'000'000));
    if (below(3) == 0) {
      ladder.working(now);
      const Duration lasted = std::chrono::seconds(below(120));
      now += lasted;
      if (lasted >= policy.pauses.stable) highest.clear();
    }
    if (below(200) == 0) {
      ladder.forget();
      highest.clear();
    }
    const Trouble trouble = {static_cast<FailureClass>(below(5)),
                             static_cast<TroubleKind>(below(7))};
    const Remedies remedies = {.usb_device = below(2) == 0,
                               .power_hook = below(2) == 0,
                               .device_seen = below(2) == 0,
                               .first_reset = static_cast<FirstReset>(below(3))};
    const Verdict verdict = ladder.failed(now, trouble, remedies);
    const TroubleKind kind =
        trouble.failure == FailureClass::Gone ? TroubleKind::Gone : trouble.kind;
    SCOPED_TRACE(verdict.explanation);

    EXPECT_FALSE(verdict.explanation.empty());
    EXPECT_GE(verdict.pause, 0s);
    EXPECT_LE(verdict.pause, policy.slow_try);
    EXPECT_EQ(verdict.rung == Rung::GiveUp, ladder.given_up());
    if (trouble.failure != FailureClass::Transient && trouble.failure != FailureClass::Gone) {
      EXPECT_EQ(verdict.rung, Rung::Retry);
    }
    if (trouble.failure == FailureClass::Permanent) {
      EXPECT_GE(verdict.pause, policy.pauses.permanent);
    }
    if (trouble.failure == FailureClass::Throttled) {
      EXPECT_GE(verdict.pause, policy.pauses.throttled);
    }
    if (verdict.rung == Rung::UsbReset) {
      EXPECT_TRUE(remedies.usb_device);
    }
    if (verdict.rung == Rung::PowerHook) {
      EXPECT_TRUE(remedies.power_hook);
    }
    if (kind == TroubleKind::Silent) {
      EXPECT_THAT((std::vector{Rung::ReconnectBearer, Rung::Reregister, Rung::RadioCycle,
                               Rung::ProtocolReset}),
                  Not(Contains(verdict.rung)));
    }
    now += verdict.pause;
    if (verdict.rung == Rung::Retry) continue;
    if (kind == TroubleKind::NoNetwork && verdict.rung >= Rung::RadioCycle) {
      if (last_measure) {
        EXPECT_GE(now - *last_measure, policy.no_network_spacing);
      }
      last_measure = now;
    }
    const int track = kind == TroubleKind::NoNetwork ? 1
                      : kind == TroubleKind::Gone    ? 2
                      : kind == TroubleKind::Sim     ? 3
                                                     : 0;
    EXPECT_GE(verdict.rung, highest[track]);
    highest[track] = verdict.rung;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LadderProperties, testing::Range(0U, 50U));

}  // namespace
}  // namespace mwan
