// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/wmn_lab/recording.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/mwan-replay/wmn_lab/facts.hpp"

namespace mwan::replay {
namespace {

using ::testing::HasSubstr;

const std::string header =
    "Timestamp,LTE_HO,MN_HO,gNB_HO,RSRP,RSRQ,RSRP1,RSRQ1,RSRP2,RSRQ2,nr-RSRP,nr-RSRQ,nr-RSRP1,"
    "nr-RSRQ1,nr-RSRP2,nr-RSRQ2,dl-loss,ul-loss\n";
std::string row(const std::string& time, const std::string& rest) {
  return "2023-04-01 14:07:" + time + "," + rest + "\n";
}
const std::string good = "0,0,0,-90,-10,-95,-12,0,0,0,0,0,0,0,0,0,0";

Result<Recording> read(const std::string& rows) {
  std::istringstream in(header + rows);
  return read_recording(in, "drive.csv");
}

TEST(Recording, ReadsWhatIsThere) {
  const auto r = read(row("34", "1,1,0,-90,-10,-95,-12,0,0,-101,-11,0,0,0,0,50,3"));
  ASSERT_TRUE(r.has_value());
  ASSERT_EQ(r->seconds.size(), 1U);
  const RecordedSecond& s = r->seconds[0];
  EXPECT_EQ(s.lte->rsrp_dbm, -90);
  EXPECT_EQ(s.lte_neighbours.size(), 1U);
  EXPECT_EQ(s.nr->rsrq_db, -11);
  EXPECT_TRUE(s.nr_neighbours.empty());
  EXPECT_EQ(s.lte_handovers, 2);
  EXPECT_TRUE(s.lost());
  EXPECT_NEAR(s.echo_loss(), 1 - 0.9 * 0.994, 1e-9);
}

TEST(Recording, MalformedRowsAreLeftOutAndCounted) {
  const auto r = read(row("34", good) + "what is this\n" + row("99", good) + row("35", good) +
                      row("35", good) + row("30", good) + row("36", good + ",1,2"));
  ASSERT_TRUE(r.has_value());
  EXPECT_EQ(r->seconds.size(), 2U);
  EXPECT_EQ(r->rows_left_out, 5U);
}

TEST(Recording, AGapKeepsTheRadioAndLosesNothing) {
  const auto r = read(row("34", "1,0,0,-90,-10,0,0,0,0,0,0,0,0,0,0,500,0") + row("37", good));
  ASSERT_TRUE(r.has_value());
  ASSERT_EQ(r->seconds.size(), 4U);
  EXPECT_FALSE(r->seconds[1].measured);
  EXPECT_FALSE(r->seconds[1].lost());
  EXPECT_EQ(r->seconds[1].lte_handovers, 0);
  EXPECT_EQ(r->seconds[1].lte->rsrp_dbm, -90);
  EXPECT_TRUE(r->seconds[3].measured);
}

TEST(Recording, RsrpZeroIsNoReading) {
  const auto r = read(row("34", "0,0,0,0,0,-95,-12,0,0,0,0,0,0,0,0,0,0"));
  ASSERT_TRUE(r.has_value());
  EXPECT_FALSE(r->seconds[0].lte);
  EXPECT_EQ(RecordedRadio().facts(r->seconds[0]).size(), 1U);  // "no 5G" alone
}

TEST(Recording, DashesAreAsInTheRowBefore) {
  const auto r = read(row("34", good) + row("35", "0,0,0,-,-,-,-,0,0,0,0,0,0,0,0,0,0"));
  ASSERT_TRUE(r.has_value());
  EXPECT_EQ(r->seconds[1].lte->rsrp_dbm, -90);
}

TEST(Recording, ErrorsNameTheFileAndTheReason) {
  std::istringstream other("a,b,c\n1,2,3\n");
  EXPECT_THAT(read_recording(other, "x.csv").error().text(),
              HasSubstr("x.csv:1: no column Timestamp"));
  EXPECT_THAT(read("junk\n").error().text(), HasSubstr("drive.csv: has no row"));
  std::istringstream empty("");
  EXPECT_THAT(read_recording(empty, "e.csv").error().text(), HasSubstr("e.csv: is empty"));
  EXPECT_THAT(load_recording("/nonexistent/x.csv").error().text(), HasSubstr("cannot be read"));
}

TEST(RecordedRadio, ChangesOfCellAreSeenAsANewIdentity) {
  const auto r = read(row("34", good) + row("35", "0,1,0,-90,-10,-95,-12,0,0,0,0,0,0,0,0,0,0"));
  ASSERT_TRUE(r.has_value());
  RecordedRadio radio;
  const auto pci = [&](const RecordedSecond& s) {
    for (const Fact& fact : radio.facts(s)) {
      if (const auto* report = std::get_if<CellReport>(&fact)) return report->serving->pci;
    }
    return std::uint16_t{9999};
  };
  const auto before = pci(r->seconds[0]);
  EXPECT_NE(pci(r->seconds[1]), before);
}

}  // namespace
}  // namespace mwan::replay
