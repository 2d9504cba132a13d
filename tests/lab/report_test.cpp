// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/report.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;

PacketCount packets(std::size_t sent, std::size_t lost) {
  PacketCount count;
  count.sent = sent;
  count.lost = lost;
  return count;
}

const std::vector<ResultRow> rows = {
    {"fade", Mode::Radio, 1634260us, packets(812, 0)},
    {"cable", Mode::Radio, 2349us, packets(300, 1)},
    {"fade", Mode::Pings, {}, packets(1500, 700)},
};

TEST(Report, TheTableHasTheModesSideBySide) {
  EXPECT_EQ(result_table(rows),
            "               |        radio-aware         |         pings only        \n"
            "scenario       | route moved   packets lost | route moved   packets lost\n"
            "---------------+----------------------------+---------------------------\n"
            "fade           |   1634.3 ms       0 of 812 |       never    700 of 1500\n"
            "cable          |      2.3 ms       1 of 300 |           -              -\n");
}

TEST(Report, JsonHasTheSameRows) {
  const auto parsed = nlohmann::json::parse(result_json(rows));
  ASSERT_EQ(parsed.size(), 3U);
  EXPECT_EQ(parsed[0], nlohmann::json({{"scenario", "fade"},
                                       {"mode", "radio"},
                                       {"cause_to_route_ms", 1634.3},
                                       {"packets_sent", 812},
                                       {"packets_lost", 0}}));
  EXPECT_EQ(parsed[2].at("mode"), "pings");
  EXPECT_TRUE(parsed[2].at("cause_to_route_ms").is_null());
  EXPECT_EQ(parsed[2].at("packets_lost"), 700);
}

TEST(Report, NothingPlayedIsAnEmptyArray) { EXPECT_EQ(result_json({}), "[]\n"); }

}  // namespace
}  // namespace mwan::lab
