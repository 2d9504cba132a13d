// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/judgement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::tool {
namespace {

using testing::HasSubstr;

struct Graded {
  Rat rat;
  Metric metric;
  double value;
  Grade grade;
};

TEST(Judgement, GradesFollowTheBounds) {
  const Graded table[] = {{Rat::Lte, Metric::Rsrp, -84, Grade::Excellent},
                          {Rat::Lte, Metric::Rsrp, -84.1, Grade::Good},
                          {Rat::Lte, Metric::Rsrp, -96.1, Grade::Fair},
                          {Rat::Lte, Metric::Rsrp, -108.1, Grade::Poor},
                          {Rat::Lte, Metric::Rsrp, -120.1, Grade::Unusable},
                          {Rat::Lte, Metric::Rsrq, -9, Grade::Excellent},
                          {Rat::Lte, Metric::Rsrq, -15.5, Grade::Poor},
                          {Rat::Lte, Metric::Sinr, -0.1, Grade::Poor},
                          {Rat::Lte, Metric::Sinr, 18, Grade::Excellent},
                          {Rat::Umts, Metric::Rsrq, -5, Grade::Excellent},
                          {Rat::Umts, Metric::Rsrp, -101, Grade::Poor},
                          {Rat::Gsm, Metric::Rssi, -110, Grade::Unusable},
                          {Rat::NrSa, Metric::Rsrq, -10, Grade::Excellent},
                          {Rat::NrNsa, Metric::Sinr, 5, Grade::Fair}};
  for (const Graded& row : table) {
    EXPECT_EQ(grade(row.rat, row.metric, row.value), row.grade)
        << name_of(row.metric, row.rat) << " " << row.value;
  }
}

TEST(Judgement, RssiOfLteDecidesNothing) {
  EXPECT_EQ(grade(Rat::Lte, Metric::Rssi, -50), std::nullopt);
  EXPECT_EQ(grade(Rat::Unknown, Metric::Rsrp, -50), std::nullopt);
  EXPECT_EQ(judge({Rat::Lte, -50.0, std::nullopt, std::nullopt, std::nullopt}), std::nullopt);
}

TEST(Judgement, UmtsHasNamesOfItsOwn) {
  EXPECT_EQ(name_of(Metric::Rsrp, Rat::Umts), "RSCP");
  EXPECT_EQ(name_of(Metric::Rsrq, Rat::Umts), "Ec/Io");
  EXPECT_EQ(name_of(Metric::Rsrq, Rat::Lte), "RSRQ");
}

TEST(Judgement, TheWorstValueDecidesAndSaysWhy) {
  const auto strong_but_noisy = judge({Rat::Lte, std::nullopt, -80.0, -16.0, 20.0});
  ASSERT_TRUE(strong_but_noisy);
  EXPECT_EQ(strong_but_noisy->grade, Grade::Poor);
  EXPECT_THAT(strong_but_noisy->sentence, HasSubstr("noisy"));

  const auto weak_but_clean = judge({Rat::Lte, std::nullopt, -112.0, -9.0, 12.0});
  ASSERT_TRUE(weak_but_clean);
  EXPECT_EQ(weak_but_clean->grade, Grade::Poor);
  EXPECT_THAT(weak_but_clean->sentence, HasSubstr("weak but clean"));

  const auto lost = judge({Rat::Lte, std::nullopt, -125.0, -9.0, 12.0});
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->grade, Grade::Unusable);

  const auto best = judge({Rat::Lte, std::nullopt, -70.0, -6.0, 25.0});
  ASSERT_TRUE(best);
  EXPECT_EQ(best->sentence, "as good as it gets");
}

TEST(Judgement, ReadingsComeStrengthFirst) {
  const auto all = readings({Rat::Lte, -60.0, -90.0, std::nullopt, 3.0});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0], (Reading{Metric::Rsrp, -90.0, Grade::Good}));
  EXPECT_EQ(all[1], (Reading{Metric::Rssi, -60.0, std::nullopt}));
  EXPECT_EQ(all[2], (Reading{Metric::Sinr, 3.0, Grade::Fair}));
}

}  // namespace
}  // namespace mwan::tool
