// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/mwan-sim/must.hpp"
#include "tools/mwan-sim/scenario/scenario.hpp"

namespace mwan::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::SizeIs;
using ::testing::StartsWith;

Scenario good(std::string_view text) {
  auto scenario = parse_scenario(text, "test.scn");
  EXPECT_TRUE(scenario) << scenario.error().text();
  return scenario ? *scenario : Scenario{};
}

TEST(ParseScenario, AnEmptyFileIsAModemAtHome) {
  const Scenario scenario = good("");
  EXPECT_THAT(scenario.parts, SizeIs(1));
  EXPECT_FALSE(scenario.start_by_signal);
  EXPECT_EQ(scenario.modem.home.mcc, "001");
}

TEST(ParseScenario, ReadsSettingsAndIgnoresComments) {
  const Scenario scenario = good(
      "# a comment\n"
      "home-plmn=26201   # Germany\n"
      "home-name=Some Network\n"
      "ipv4-address=10.1.2.3/30\n"
      "ipv6-dns=2001:db8::1, 2001:db8::2\n"
      "registration-delay=1.5s\n"
      "start=signal\n"
      "grants=ipv6\n");
  EXPECT_EQ(scenario.modem.home, (Plmn{"262", "01", "Some Network"}));
  EXPECT_EQ(scenario.modem.ipv4.address.text(), "10.1.2.3/30");
  EXPECT_THAT(scenario.modem.ipv6.dns, SizeIs(2));
  EXPECT_EQ(scenario.modem.registration_delay, std::chrono::milliseconds(1500));
  EXPECT_TRUE(scenario.start_by_signal);
  EXPECT_FALSE(scenario.modem.grants_ipv4);
}

TEST(ParseScenario, SortsTimedStepsAndKeepsThePartsApart) {
  const Scenario scenario = good(
      "signal lte rsrp=-85\n"
      "at 2s registration searching\n"
      "at 500ms packet-service detach\n"
      "trigger\n"
      "at 0s registration home\n");
  EXPECT_THAT(scenario.initial, SizeIs(1));
  ASSERT_THAT(scenario.parts, SizeIs(2));
  ASSERT_THAT(scenario.parts[0], SizeIs(2));
  EXPECT_EQ(scenario.parts[0][0].text, "packet-service detach");
  EXPECT_EQ(scenario.parts[0][0].line, 3U);
  EXPECT_EQ(scenario.parts[1][0].at, Duration(0));
}

TEST(ParseScenario, ReadsARampsBothEnds) {
  const Scenario scenario = good("ramp 4s..10s signal lte rsrp=-95->-125 rsrq=-9\n");
  const Step& step = scenario.parts[0][0];
  EXPECT_EQ(step.until, std::chrono::seconds(10));
  const StepAction end = must(step.ramp_end);
  EXPECT_THAT(std::get<step::Signal>(step.action).levels.rsrp_dbm, Optional(-95));
  EXPECT_THAT(std::get<step::Signal>(end).levels.rsrp_dbm, Optional(-125));
  EXPECT_THAT(std::get<step::Signal>(end).levels.rsrq_db, Optional(-9));
}

TEST(ParseScenario, ReadsEveryVerb) {
  const Scenario scenario = good(
      "at 0s signal nr rsrp=-100 rsrq=-11 sinr=5\n"
      "at 0s signal umts rssi=-80 rscp=-90 ecio=-7\n"
      "at 0s rat lte+nr\n"
      "at 0s cells serving pci=7 arfcn=6300 tac=0x10 ci=0x123 neighbour pci=8 rsrp=-99 neighbour "
      "pci=9 "
      "arfcn=1300\n"
      "at 0s neighbour pci=8 rsrp=-97\n"
      "at 0s registration denied cause=15\n"
      "at 0s packet-service attach\n"
      "at 0s bearer drop family=ipv6 cause=39\n"
      "at 0s refuse-connect cause=27\n"
      "at 0s accept-connect\n"
      "at 0s renumber ipv4=10.9.9.2/30 gateway=10.9.9.1 dns=192.0.2.1\n"
      "at 0s sim remove\n"
      "at 0s hang\n"
      "at 0s hang-on nas.get-signal-info\n"
      "at 0s resume\n"
      "at 0s fail-on wds.start-network error=14 times=2\n"
      "at 0s die-on wds.start-network\n"
      "at 0s mark anything at all -> even this\n"
      "at 0s unplug\n"
      "at 0s plug\n"
      "at 0s die\n"
      "at 9s loop\n");
  EXPECT_THAT(scenario.parts[0], SizeIs(22));
  const auto& cells = std::get<step::Cells>(scenario.parts[0][3].action);
  EXPECT_EQ(cells.neighbours.at(0).arfcn, 6300U) << "as the serving cell's unless said otherwise";
  EXPECT_EQ(cells.neighbours.at(1).arfcn, 1300U);
  EXPECT_EQ(std::get<step::FailOn>(scenario.parts[0][15].action).times, 2U);
}

struct Bad {
  const char* text;
  const char* line;
  const char* says;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.text; }

class ParseScenarioError : public testing::TestWithParam<Bad> {};

TEST_P(ParseScenarioError, NamesFileLineAndReason) {
  const auto scenario = parse_scenario(GetParam().text, "test.scn");
  ASSERT_FALSE(scenario);
  EXPECT_THAT(scenario.error().text(),
              StartsWith(std::string("test.scn:") + GetParam().line + ": "));
  EXPECT_THAT(scenario.error().text(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    All, ParseScenarioError,
    testing::Values(
        Bad{"\nmodle=X\n", "2", "unknown key \"modle\""},
        Bad{"imei=123\n", "1", "should have 15 digits"}, Bad{"model=\n", "1", "empty"},
        Bad{"mtu=abc\n", "1", "not a whole number"}, Bad{"mtu=100\n", "1", "out of range"},
        Bad{"start=now\n", "1", "none of: immediately, signal"},
        Bad{"ipv4-address=10.0.0.1\n", "1", "with its prefix length"},
        Bad{"ipv4-gateway=2001:db8::1\n", "1", "not an IPv4 address"},
        Bad{"at 5x hang\n", "1", "not a time"}, Bad{"at -1s hang\n", "1", "out of range"},
        Bad{"at 1s\n", "1", "a time and something to do"},
        Bad{"at 1s explode\n", "1", "unknown step \"explode\""},
        Bad{"at 1s hang now\n", "1", "one word too many"},
        Bad{"at 1s signal\n", "1", "signal of what"},
        Bad{"at 1s signal lte\n", "1", "no level given"},
        Bad{"at 1s signal lte rsrp=-500\n", "1", "rsrp: -500 is out of range"},
        Bad{"at 1s signal lte power=3\n", "1", "unknown word \"power\""},
        Bad{"at 1s signal lte rsrp\n", "1", "KEY=VALUE"},
        Bad{"at 1s signal lte rsrp=-95->-99\n", "1", "for ramps"},
        Bad{"ramp 1s..2s signal lte rsrp=-95\n", "1", "needs a value like"},
        Bad{"ramp 2s..1s signal lte rsrp=-95->-99\n", "1", "end after it begins"},
        Bad{"ramp 1s signal lte rsrp=-95->-99\n", "1", "FROM..TO"},
        Bad{"ramp 1s..2s bearer drop cause=1->2\n", "1", "only signal and neighbour"},
        Bad{"ramp 1s..2s mark halfway\n", "1", "only signal and neighbour"},
        Bad{"ramp 1s..2s neighbour pci=1->2 rsrp=-90\n", "1", "a pci cannot"},
        Bad{"registration denied\n", "1", "needs a cause"},
        Bad{"registration home cause=3\n", "1", "unknown word \"cause\""},
        Bad{"at 0s hang-on nas.get-weather\n", "1", "not a known message"},
        Bad{"at 0s fail-on nas.get-signal-info\n", "1", "needs an error"},
        Bad{"at 0s refuse-connect\n", "1", "needs a cause"},
        Bad{"at 0s renumber ipv4=10.0.0.2/24\n", "1", "renumber needs"},
        Bad{"at 0s renumber gateway=10.0.0.1\n", "1", "comes after ipv4="},
        Bad{"at 0s renumber gateway=10.0.0.1 ipv6=2001:db8::2/64\n", "1", "comes after"},
        Bad{"at 0s renumber ipv4=10.0.0.2/24 gateway=10.0.0.1 ipv6=2001:db8::2/64\n", "1",
            "one address"},
        Bad{"at 0s neighbour rsrp=-90\n", "1", "needs its pci"},
        Bad{"at 0s cells lonely pci=3\n", "1", "expected serving or neighbour"},
        Bad{"at 0s hang\nmodel=X\n", "2", "before the first timed step"},
        Bad{"at 0s hang\nresume\n", "2", "has no time"},
        Bad{"trigger now\n", "1", "stands alone"}));

TEST(LoadScenario, SaysWhichFileItCouldNotRead) {
  const auto scenario = load_scenario("/nonexistent/thing.scn");
  ASSERT_FALSE(scenario);
  EXPECT_THAT(scenario.error().text(),
              HasSubstr("/nonexistent/thing.scn: cannot read the scenario"));
}

}  // namespace
}  // namespace mwan::sim
