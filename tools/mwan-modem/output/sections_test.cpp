// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/sections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/mwan-modem/output/words.hpp"

namespace mwan::tool {
namespace {

using testing::HasSubstr;
using testing::Not;

const Sim kSim{SimState::Ready, 3, 10, "89490200001234567890", "262011234567890"};

TEST(Sheet, TextAlignsAndJsonNests) {
  Section one{"one", "One", {}};
  one.add("a", "short", "1", 1);
  one.add("hidden", "", "", true);
  Section two{"two", "Two", {}};
  two.add_text("b", "a longer label", "");
  EXPECT_EQ(to_text({one, two}), "One\n  short           1\n\nTwo\n  a longer label  -\n");
  EXPECT_EQ(line(to_json({one, two})), R"({"one":{"a":1,"hidden":true},"two":{"b":null}})");
}

TEST(Sheet, WhatCannotBeReadSaysWhy) {
  Section section{"s", "S", {}};
  section.add_unknown("model", "model", {FailureClass::Transient, "lte: qmi x", "no answer"});
  EXPECT_EQ(to_text({section}), "S\n  model  not known (no answer)\n");
  EXPECT_EQ(line(to_json({section})),
            R"({"s":{"model":null,"model_error":"lte: qmi x: no answer"}})");
}

TEST(Sheet, ControlCharactersOfAModemDoNotReachTheTerminal) {
  Section section{"s", "S", {}};
  section.add("name", "name", "evil\x1b[2J\nname");
  EXPECT_EQ(to_text({section}), "S\n  name  evil [2J name\n");
  Section bytes{"s", "S", {}};
  bytes.add("name", "name", "caf\xe9");
  EXPECT_EQ(line(to_json({bytes})), "{\"s\":{\"name\":\"caf\xef\xbf\xbd\"}}");
}

TEST(SectionOfSim, MasksNumbersInTextAndJson) {
  const HomeNetwork home{"26201", "Example"};
  const Sheet full = {section_of_sim(kSim, home, Show::Full)};
  EXPECT_THAT(to_text(full), HasSubstr("262011234567890"));
  const Sheet hidden = {section_of_sim(kSim, home, Show::Masked)};
  EXPECT_THAT(to_text(hidden) + line(to_json(hidden)), Not(HasSubstr("1234567890")));
  EXPECT_EQ(to_json(hidden)["sim"]["imsi"], "26201**********");
  EXPECT_EQ(to_json(hidden)["sim"]["home_plmn"], "26201");
}

TEST(SectionOfSignal, EveryValueHasUnitAndGrade) {
  const SignalSample sample{Rat::Lte, -57.0, -97.5, -9.0, 12.0};
  const std::string text = to_text({section_of(sample)});
  EXPECT_THAT(text, HasSubstr("-97.5 dBm  fair"));
  EXPECT_THAT(text, HasSubstr("-57.0 dBm\n"));
  const Json json = to_json(sample);
  EXPECT_EQ(json["rat"], "lte");
  EXPECT_EQ(json["rsrp_grade"], "fair");
  EXPECT_FALSE(json.contains("rssi_grade"));
  EXPECT_EQ(json["grade"], "fair");
}

TEST(Cells, NeighboursByStrengthWithTheirLead) {
  CellReport cells;
  cells.serving = Cell{Rat::Lte, 101, 1300, -100.0, -12.0};
  cells.neighbours = {{Rat::Lte, 7, 1300, -110.0, std::nullopt},
                      {Rat::Lte, 9, 1300, -96.0, -10.0},
                      {Rat::NrNsa, 3, std::nullopt, -90.0, std::nullopt},
                      {Rat::Lte, 8, 1300, std::nullopt, std::nullopt}};
  const std::vector<ActiveBand> bands = {
      {.rat = Rat::Lte, .band = 3, .channel = 1300, .bandwidth_mhz = 20.0},
      {.rat = Rat::NrNsa, .band = 78, .channel = 640000, .bandwidth_mhz = {}}};
  const Json json = to_json(cells, bands);
  EXPECT_EQ(json["serving"]["band"], "band 3 (1800 MHz)");
  ASSERT_EQ(json["neighbours"].size(), 4U);
  EXPECT_EQ(json["neighbours"][0]["pci"], 3);
  EXPECT_FALSE(json["neighbours"][0].contains("lead_db"));  // 5G against LTE: no comparison
  EXPECT_EQ(json["neighbours"][1]["lead_db"], 4.0);
  EXPECT_EQ(json["neighbours"][2]["lead_db"], -10.0);
  EXPECT_EQ(json["bands"][0]["band"], 3);
  EXPECT_EQ(json["bands"][1]["name"], "n78");
  EXPECT_THAT(to_text(cells, bands), HasSubstr("+4.0 dB"));
  EXPECT_THAT(to_text(cells, bands),
              HasSubstr("in use: LTE band 3 (1800 MHz), channel 1300, 20 MHz wide\n"
                        "in use: 5G beside LTE n78, channel 640000\n"));
  EXPECT_THAT(to_text(CellReport{}, {}), HasSubstr("sees no cell"));
}

TEST(Words, Carriers) {
  EXPECT_EQ(band_of_channel(Rat::Lte, 6300), "band 20 (800 MHz)");
  EXPECT_EQ(band_of_channel(Rat::NrSa, 640000), "");
  EXPECT_EQ(sentence(ActiveBand{.rat = Rat::Gsm, .band = 900, .channel = 62, .bandwidth_mhz = {}}),
            "GSM 900, channel 62");
  EXPECT_EQ(sentence(ActiveBand{.rat = Rat::Umts, .band = {}, .channel = 1, .bandwidth_mhz = {}}),
            "UMTS, channel 1");
}

TEST(Words, RegistrationAsASentence) {
  EXPECT_EQ(sentence({RegistrationState::Home, Rat::Lte, "26201", "Example", std::nullopt}),
            "registered at home in Example (26201), LTE");
  EXPECT_EQ(sentence({RegistrationState::Searching, Rat::Unknown, "", "", std::nullopt}),
            "searching for a network");
}

}  // namespace
}  // namespace mwan::tool
