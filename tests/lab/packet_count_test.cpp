// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/packet_count.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "tests/lab/timeline_texts.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;

PacketRecord answered(Duration sent) { return {at(sent), at(sent + 1ms), at(sent + 2ms)}; }
PacketRecord lost(Duration sent) { return {at(sent), {}, {}}; }
PacketRecord unanswered(Duration sent) { return {at(sent), at(sent + 1ms), {}}; }

TEST(CountPackets, TellsLostFromUnanswered) {
  const std::vector<PacketRecord> records = {answered(0ms), lost(10ms), unanswered(20ms),
                                             lost(30ms), answered(40ms)};
  EXPECT_EQ(
      count_packets(records, at(0ms), at(50ms)),
      (PacketCount{
          .sent = 5, .lost = 2, .unanswered = 1, .first_lost = at(10ms), .last_lost = at(30ms)}));
}

TEST(CountPackets, LooksAtTheTimeOfSendingOnly) {
  const std::vector<PacketRecord> records = {lost(0ms), answered(10ms), lost(20ms), lost(30ms)};
  EXPECT_EQ(
      count_packets(records, at(10ms), at(30ms)),
      (PacketCount{
          .sent = 2, .lost = 1, .unanswered = 0, .first_lost = at(20ms), .last_lost = at(20ms)}));
}

TEST(CountPackets, NothingSentIsNothingLost) {
  EXPECT_EQ(count_packets({}, at(0ms), at(1000ms)), PacketCount{});
}

}  // namespace
}  // namespace mwan::lab
