// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/table.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/bench/failover/application.hpp"

namespace mwan::bench {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Measured moved(Duration time, std::size_t lost) {
  Measured one;
  one.to_route = time;
  one.lost = lost;
  return one;
}
Measured stayed(std::size_t lost) {
  Measured one;
  one.lost = lost;
  return one;
}
Measured broken() {
  Measured one;
  one.problem = "did not become ready";
  return one;
}

TEST(FailoverTable, TimesHaveThreeDigits) {
  EXPECT_EQ(time_text(1234us), "1.2 ms");
  EXPECT_EQ(time_text(345ms), "345 ms");
  EXPECT_EQ(time_text(1620ms), "1.62 s");
  EXPECT_EQ(time_text(21300ms), "21.3 s");
}

TEST(FailoverTable, ACellHasTheMedianAndTheExtremes) {
  const Row& row = *find_row("dead-busy");
  const Measured runs[] = {moved(500ms, 50), moved(300ms, 30), moved(400ms, 40)};
  EXPECT_EQ(cell(row, runs), "400 ms (300 ms to 500 ms); 40 (30 to 50) lost");
  EXPECT_EQ(cell(row, std::span(runs).first(1)), "500 ms; 50 lost");
}

TEST(FailoverTable, WhatDidNotHappenIsSaid) {
  const Measured runs[] = {moved(500ms, 50), stayed(900), broken()};
  EXPECT_EQ(cell(*find_row("dead-busy"), runs),
            "500 ms in 1 of 2; 900 (50 to 900) lost; 2 of 3 runs");
  EXPECT_EQ(cell(*find_row("dead-busy"), std::span(runs).subspan(1, 1)), "never; 900 lost");
  EXPECT_EQ(cell(*find_row("one-target"), std::span(runs).subspan(1, 1)), "stays; 900 lost");
  EXPECT_EQ(cell(*find_row("one-target"), std::span(runs).first(1)),
            "LEAVES after 500 ms; 50 lost");
  EXPECT_EQ(cell(*find_row("one-target"), std::span(runs).subspan(2)), "-");
}

TEST(FailoverTable, AColumnForEachContenderAndWhatItCosts) {
  Results results;
  results.who = {Who::Ours, Who::Keepalived};
  results.rows = {find_row("carrier")};
  results.measured[{"carrier", Who::Ours}] = {moved(2ms, 0)};
  results.resources[Who::Ours] = {.interval = 60s, .resident_mb = 9.06};
  const std::string text = table(results);
  EXPECT_THAT(text, HasSubstr("| | universal-mwan | keepalived |\n"));
  EXPECT_THAT(text, HasSubstr("| the cable is pulled (`carrier`) | 2.0 ms; 0 lost | - |\n"));
  EXPECT_THAT(text, HasSubstr("| memory, resident | 9.1 MB | - |\n"));
  const auto json = as_json(results);
  EXPECT_EQ(json["rows"][0]["universal-mwan"]["runs"][0]["cause_to_route_ms"], 2.0);
  EXPECT_EQ(json["resources"]["universal-mwan"]["interval_s"], 60.0);
}

TEST(FailoverTable, NamesOfRowsAreUnique) {
  for (const Row& row : all_rows()) EXPECT_EQ(find_row(row.name), &row);
  EXPECT_EQ(find_row("nothing"), nullptr);
}

TEST(LongestGap, CountsTheTimeBeforeTheFirstAndAfterTheLastAnswer) {
  const Instant start{10s};
  const Instant answers[] = {start - 1s, start + 100ms, start + 150ms, start + 900ms};
  EXPECT_EQ(longest_gap(answers, start, start + 1s), 750ms);
  EXPECT_EQ(longest_gap(answers, start, start + 2s), 1100ms);
  EXPECT_EQ(longest_gap(answers, start + 1s, start + 4s), 3s);
}

TEST(LineCounters, AreTheSumOfBothLines) {
  const auto counted = read_counters(
      "Inter-|   Receive |  Transmit\n"
      "    lo: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0\n"
      "  eth1: 100 1 0 0 0 0 0 0 200 2 0 0 0 0 0 0\n"
      "  eth2:  10 1 0 0 0 0 0 0  20 3 0 0 0 0 0 0\n");
  EXPECT_EQ(counted.bytes, 330);
  EXPECT_EQ(counted.first_packets, 2);
}

}  // namespace
}  // namespace mwan::bench
