// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk/probe_features.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;

double value(const ProbeFeatures& probes, Feature f, Instant now) {
  Features features{};
  probes.read(now, features);
  return at(features, f);
}

TEST(ProbeFeatures, TheLastSecondIsWhatItSays) {
  ProbeFeatures probes;
  for (int i = 1; i <= 5; ++i) probes.add(Instant(i * 200ms), i > 3 ? 1 : 0);
  EXPECT_DOUBLE_EQ(value(probes, Feature::LossNow, Instant(1s)), 0.4);
  EXPECT_EQ(value(probes, Feature::LossAny, Instant(1s)), 1);
  EXPECT_EQ(value(probes, Feature::LossNow, Instant(3s)), 0);
}

TEST(ProbeFeatures, MeansDependOnTheTimeNotOnTheNumberOfProbes) {
  ProbeFeatures few;
  ProbeFeatures many;
  few.add(Instant(1s), 0);
  many.add(Instant(1s), 0);
  for (int t = 2; t <= 6; ++t) few.add(Instant(std::chrono::seconds(t)), 1);
  for (int t = 11; t <= 60; ++t) many.add(Instant(t * 100ms), 1);
  for (const Feature f : {Feature::LossFast, Feature::LossSlow, Feature::LossLong}) {
    EXPECT_NEAR(value(few, f, Instant(6s)), value(many, f, Instant(6s)), 1e-9) << name(f);
  }
}

TEST(ProbeFeatures, APauseIsNoEvidence) {
  ProbeFeatures probes;
  probes.add(Instant(1s), 1);
  const double before = value(probes, Feature::LossSlow, Instant(2s));
  EXPECT_EQ(value(probes, Feature::LossSlow, Instant(100s)), before);
  probes.add(Instant(100s), 0);
  EXPECT_NEAR(value(probes, Feature::LossSlow, Instant(100s)), before * 0.9, 1e-9);
}

}  // namespace
}  // namespace mwan::failover
