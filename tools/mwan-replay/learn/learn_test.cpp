// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/learn/learn.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/mwan-replay/learn/write_model.hpp"

namespace mwan::replay {
namespace {

TEST(Logistic, FindsTheCoefficientsThatMadeTheData) {
  // Shares instead of draws: the truth is in the data without noise.
  const Eigen::Index n = 400;
  Matrix x(n, 2);
  Eigen::VectorXd y(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    x(i, 0) = static_cast<double>(i % 20) / 10;
    x(i, 1) = static_cast<double>(i / 20) / 5;
    y[i] = 1 / (1 + std::exp(-(-3 + 2 * x(i, 0) + 0.5 * x(i, 1))));
  }
  const Logistic fit = fit_logistic(x, y, Eigen::VectorXd::Ones(n), 1e-6);
  EXPECT_NEAR(fit.bias, -3, 0.01);
  EXPECT_NEAR(fit.weights[0], 2, 0.01);
  EXPECT_NEAR(fit.weights[1], 0.5, 0.01);
}

TEST(Logistic, ThePenaltyShrinksThem) {
  Matrix x(4, 1);
  x << 0, 0, 1, 1;
  Eigen::VectorXd y(4);
  y << 0, 0, 1, 1;
  const auto weight = [&](double penalty) {
    return fit_logistic(x, y, Eigen::VectorXd::Ones(4), penalty).weights[0];
  };
  EXPECT_GT(weight(0.1), weight(10));
  EXPECT_GT(weight(10), 0);
}

// Two phones; a low RSRQ is followed by lost seconds, three times an hour on each, never together.
Drives made_up_drives() {
  Drives out;
  for (const int phone : {0, 1}) {
    for (const char* date : {"2024-01-01", "2024-01-02"}) {
      Recording r;
      r.name = std::string(date) + (phone == 0 ? "-a" : "-b");
      for (int t = 0; t < 1200; ++t) {
        RecordedSecond s;
        s.measured = true;
        const int phase = (t + 150 * phone) % 300;
        s.lte = RecordedCell{-90, phase >= 97 && phase < 105 ? -19.0 : -9.0 - t % 3};
        if (phase >= 100 && phase < 104) s.lost_down = 500;
        r.seconds.push_back(s);
      }
      out.recordings.push_back(std::move(r));
      out.dates.emplace_back(date);
    }
  }
  for (std::size_t day = 0; day < 2; ++day) {
    out.pairs.push_back({.number = static_cast<std::int64_t>(day),
                         .date = out.dates[day],
                         .a = day,
                         .b = day + 2,
                         .seconds = 1200});
  }
  return out;
}

TEST(Learn, LearnsWhatAnnouncesALoss) {
  const Drives drives = made_up_drives();
  const Dataset data = make_dataset(drives, {});
  LearnOptions options;
  options.risk_penalty = 1;
  options.cost.penalty = 1;
  const failover::RiskModel model = learn(drives, data, "2024-01-02", options);
  ASSERT_TRUE(model.complete());
  failover::Features calm{};
  failover::Features warned{};
  at(warned, failover::Feature::RsrqLow) = 8;
  at(warned, failover::Feature::RsrqVeryLow) = 4;
  at(warned, failover::Feature::RsrqLowest) = 6;
  EXPECT_GT(assess_risk(model, warned, 0).risk(), 5 * assess_risk(model, calm, 0).risk());
  EXPECT_GT(assess_risk(model, warned, 0).cost, assess_risk(model, calm, 0).cost + 0.3);
}

TEST(Learn, TheSameDrivesGiveTheSameModel) {
  const Drives drives = made_up_drives();
  const Dataset data = make_dataset(drives, {});
  EXPECT_EQ(model_source(learn(drives, data, "", {})), model_source(learn(drives, data, "", {})));
  EXPECT_NE(model_source(learn(drives, data, "", {})),
            model_source(learn(drives, make_dataset(drives, {.run_surcharge = 3}), "", {})));
}

TEST(Learn, RunsOfLostSecondsCostMore) {
  Drives drives = made_up_drives();
  drives.recordings[0].seconds[10].lost_up = 400;
  const Dataset data = make_dataset(drives, {.run_surcharge = 0.5});
  EXPECT_DOUBLE_EQ(data.cost[10], 1.0);
  EXPECT_DOUBLE_EQ(data.cost[101], 1.5);
  EXPECT_DOUBLE_EQ(data.cost[50], 0.0);
}

}  // namespace
}  // namespace mwan::replay
