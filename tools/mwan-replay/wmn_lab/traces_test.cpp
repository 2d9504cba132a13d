// SPDX-License-Identifier: LGPL-2.1-or-later
// On the recorded drives themselves, where they are at hand (docs/prediction.md).
#include <algorithm>
#include <filesystem>
#include <random>

#include <gtest/gtest.h>

#include "tools/mwan-replay/wmn_lab/play.hpp"

namespace mwan::replay {
namespace {

const std::filesystem::path folder = MWAN_TRACES;

failover::Policy policy() {
  failover::Policy out;
  out.links.resize(2);
  out.links[0].name = "A";
  out.links[1].name = "B";
  for (auto& link : out.links) {
    link.probe.interval = std::chrono::seconds(1);
    link.probe.fast_interval = std::chrono::seconds(1);
  }
  out.risk.switch_price = 0.3;
  return out;
}

class Traces : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no recordings in " << folder;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".csv") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const auto& file : files) {
      if (recordings_.size() == 6) break;
      auto read = load_recording(file.string());
      ASSERT_TRUE(read.has_value()) << read.error().text();
      if (read->seconds.size() >= 200) recordings_.push_back(std::move(*read));
    }
    ASSERT_EQ(recordings_.size(), 6U);
  }
  std::vector<Recording> recordings_;
};

TEST_F(Traces, WhatComesLaterChangesNoDecisionBefore) {
  std::mt19937 random(7);
  for (std::size_t i = 0; i + 1 < recordings_.size(); ++i) {
    const Recording& a = recordings_[i];
    const Recording& b = recordings_[i + 1];
    const std::size_t seconds = std::min(a.seconds.size(), b.seconds.size());
    const std::size_t half = seconds / 2;
    Recording scrambled_a = a;
    Recording scrambled_b = b;
    const auto middle = static_cast<std::ptrdiff_t>(half);
    std::shuffle(scrambled_a.seconds.begin() + middle, scrambled_a.seconds.end(), random);
    std::shuffle(scrambled_b.seconds.begin() + middle, scrambled_b.seconds.end(), random);
    const Played as_it_was = play(policy(), {{&a, 0}, {&b, 0}}, seconds, {}, false);
    const Played scrambled =
        play(policy(), {{&scrambled_a, 0}, {&scrambled_b, 0}}, seconds, {}, false);
    for (std::size_t t = 0; t <= half; ++t) {
      ASSERT_EQ(as_it_was.result.seconds[t].active, scrambled.result.seconds[t].active)
          << a.name << " second " << t;
    }
  }
}

TEST_F(Traces, RadioSavesMoreThanProbesAlone) {
  Score radio;
  Score pings;
  Options probes_alone;
  probes_alone.mode = Mode::Pings;
  failover::Policy blind = policy();
  blind.evidence = failover::Evidence::Pings;
  for (std::size_t i = 0; i + 1 < recordings_.size(); ++i) {
    const std::vector<ScoredLink> links = {{&recordings_[i], 0}, {&recordings_[i + 1], 0}};
    const std::size_t seconds =
        std::min(recordings_[i].seconds.size(), recordings_[i + 1].seconds.size());
    radio.add(play(policy(), links, seconds, {}, false).score);
    pings.add(play(blind, links, seconds, probes_alone, false).score);
  }
  EXPECT_LE(radio.lost, pings.lost);
}

}  // namespace
}  // namespace mwan::replay
