// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/daemon_story.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/modem_story.hpp"
#include "tests/lab/timeline_texts.hpp"

namespace mwan::lab {
namespace {

using testing::ElementsAre;

TEST(JsonLines, OnlyCompleteObjectsAreRead) {
  const auto lines = parse_json_lines("{\"a\":1}\nnonsense\n[2]\n\n{\"b\":2}\n{\"c\":");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at("a"), 1);
  EXPECT_EQ(lines[1].at("b"), 2);
}

const char* const log_of_a_pulled_cable = R"({"log":"mwan-decisions","version":1,"policy":{}}
{"t_us":1000,"event":{"start":{}}}
{"t_us":1000,"action":{"prepare":{"link":"wired"}}}
{"t_us":2000,"event":{"probe":{"link":"wired","sent":3,"answered":3,"ok":true}}}
{"t_us":2500,"event":{"probe":{"link":"wired","sent":3,"answered":3,"ok":true}}}
{"t_us":3000,"event":{"carrier":{"link":"wired","up":false}}}
{"t_us":3000,"action":{"verdict":{"link":"wired","verdict":"down","reason":"no carrier"}}}
{"t_us":3000,"action":{"state":{"from":"MonitoringPrimary","to":"InitiatingFailover","on":"PrimaryFailed","reason":"wired: no carrier"}}}
{"t_us":3100,"action":{"step":{"step":"StopServices","from":"wired","to":"lte"}}}
{"t_us":3200,"action":{"state":{"from":"InitiatingFailover","to":"StoppingServices","on":"Begin","reason":""}}}
{"t_us":3300,"action":{"step":{"step":"ActivateLink","from":"wired","to":"lte"}}}
{"t_us":3400,"event":{"timer":{}}}
{"t_us":3500,"action":{"state":{"from":"StartingInterferencePrevention","to":"MonitoringBackup","on":"StepDone","reason":""}}}
)";

TEST(DaemonStory, TellsWhatWasSeenDecidedAndDone) {
  const auto entries = tell_daemon(parse_json_lines(log_of_a_pulled_cable));
  EXPECT_THAT(texts(entries),
              ElementsAre("starts", "wired: is brought up", "wired: probes are answered",
                          "wired: carrier is lost", "wired: is down: no carrier",
                          "InitiatingFailover: wired: no carrier", "moves the default route to lte",
                          "MonitoringBackup"));
  EXPECT_EQ(entries[3].time, Instant(Duration(3000)));
}

TEST(DaemonStory, SurvivesLinesThatAreNotWhatTheySeem) {
  const auto log = parse_json_lines(
      "{}\n{\"event\":1}\n{\"event\":{}}\n{\"event\":{\"probe\":3}}\n"
      "{\"t_us\":\"x\",\"event\":{\"trouble\":{\"error\":7}}}\n{\"action\":{\"verdict\":{}}}\n");
  EXPECT_THAT(texts(tell_daemon(log)), ElementsAre("trouble: ", "is : "));
  EXPECT_FALSE(link_is_good(log, "lte"));
}

TEST(DaemonStory, ALinkIsGoodByItsLastVerdictSinceTheStart) {
  std::string log = "{\"action\":{\"verdict\":{\"link\":\"lte\",\"verdict\":\"good\"}}}\n";
  EXPECT_TRUE(link_is_good(parse_json_lines(log), "lte"));
  EXPECT_FALSE(link_is_good(parse_json_lines(log), "wired"));
  log += "{\"event\":{\"start\":{}}}\n";
  EXPECT_FALSE(link_is_good(parse_json_lines(log), "lte"));
  log += "{\"action\":{\"verdict\":{\"link\":\"lte\",\"verdict\":\"good\"}}}\n";
  log += "{\"action\":{\"verdict\":{\"link\":\"lte\",\"verdict\":\"suspect\"}}}\n";
  EXPECT_FALSE(link_is_good(parse_json_lines(log), "lte"));
}

const char* const log_of_a_fade = R"({"part":0,"t_ms":0,"monotonic_us":500,"step":"ready"}
{"part":1,"t_ms":0,"monotonic_us":1000,"step":"start"}
{"part":1,"t_ms":0,"monotonic_us":1000,"step":"mark fade begins"}
{"part":1,"t_ms":6200,"monotonic_us":6201000,"step":"registration searching"}
)";

TEST(ModemStory, TellsTheSimulatorsSteps) {
  const auto entries = tell_modem(parse_json_lines(log_of_a_fade));
  EXPECT_THAT(texts(entries), ElementsAre("ready", "mark fade begins", "registration searching"));
  EXPECT_EQ(entries[2].time, Instant(Duration(6201000)));
}

TEST(ModemStory, TheLastRegistrationCounts) {
  std::string log = log_of_a_fade;
  EXPECT_TRUE(modem_is_lost(parse_json_lines(log)));
  log += "{\"monotonic_us\":7000000,\"step\":\"registration home\"}\n";
  EXPECT_FALSE(modem_is_lost(parse_json_lines(log)));
}

}  // namespace
}  // namespace mwan::lab
