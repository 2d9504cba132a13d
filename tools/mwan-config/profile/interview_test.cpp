// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/profile/interview.hpp"

#include <deque>

#include <gmock/gmock.h>

namespace mwan::config_tool {
namespace {

using testing::HasSubstr;

struct Talk {
  std::deque<std::string> answers;
  std::string said;
  std::vector<std::string> secrets;  // questions whose answers are not shown

  std::optional<InterviewAnswers> with(InterviewFacts facts) {
    return interview(facts, {.say = [this](const std::string& line) { said += line + "\n"; },
                             .ask = [this](const std::string& question,
                                           bool secret) -> std::optional<std::string> {
                               if (secret) secrets.push_back(question);
                               if (answers.empty()) return std::nullopt;
                               auto out = answers.front();
                               answers.pop_front();
                               return out;
                             }});
  }
};

std::string text(const std::vector<Assignment>& assignments) {
  std::string out;
  for (const auto& one : assignments) out += one.key + "=" + one.value.value_or("?") + " ";
  return out;
}

HardwareDevice card(const std::string& name) {
  HardwareDevice out;
  out.kind = DeviceKind::Ethernet;
  out.id = "/sys/devices/" + name;
  out.net = Port{.syspath = out.id,
                 .subsystem = "net",
                 .sysname = name,
                 .driver = "e1000e",
                 .mac = "02:00:5e:10:00:01"};
  return out;
}

TEST(Interview, AFoundCardNeedsThreeAnswers) {
  const std::vector<HardwareDevice> devices{card("eth1"), card("eth2")};
  Talk talk{.answers = {"2", "", "", ""}, .said = {}, .secrets = {}};
  const auto out =
      talk.with({.devices = devices, .notes = {{"eth1", "192.0.2.1/24"}}, .next_priority = 20});
  ASSERT_TRUE(out);
  EXPECT_EQ(text(out->profile), "KIND=ethernet NETDEV=eth2 ADDRESSING=dhcp PRIORITY=20 ");
  EXPECT_THAT(talk.said, HasSubstr("1  ethernet eth1 (e1000e): 192.0.2.1/24\n"));
  EXPECT_THAT(talk.said, HasSubstr("2  ethernet eth2 (e1000e)\n"));
}

TEST(Interview, ModemWithALoginAndTargets) {
  Talk talk{.answers = {"modem", "any", "internet.example", "me", "", "word", "4711", "", "2",
                        "198.51.100.1,198.51.100.2"},
            .said = {},
            .secrets = {}};
  const auto out =
      talk.with({.devices = {}, .notes = {}, .next_priority = 1, .targets_missing = true});
  ASSERT_TRUE(out);
  EXPECT_EQ(text(out->profile),
            "KIND=modem MATCH=any APN=internet.example USERNAME=me AUTH=chap PASSWORD=word "
            "PIN=4711 METERED=yes PRIORITY=2 ");
  EXPECT_EQ(text(out->settings), "PROBE_TARGETS=198.51.100.1,198.51.100.2 ");
  EXPECT_EQ(talk.secrets.size(), 2U);
}

TEST(Interview, ACardMayLeadToPppoe) {
  const std::vector<HardwareDevice> devices{card("eth1")};
  Talk talk{.answers = {"1", "yes", "me@provider", "word", ""}, .said = {}, .secrets = {}};
  const auto out = talk.with({.devices = devices, .notes = {}, .next_priority = 1});
  ASSERT_TRUE(out);
  EXPECT_EQ(text(out->profile),
            "KIND=pppoe NETDEV=eth1 USERNAME=me@provider PASSWORD=word PRIORITY=1 ");
}

TEST(Interview, AWrongAnswerIsExplainedAndAskedAgain) {
  Talk talk{.answers = {"carrier pigeon", "ethernet", "eth0; reboot", "eth0", "", "0", "5"},
            .said = {},
            .secrets = {}};
  const auto out = talk.with({.devices = {}, .notes = {}, .next_priority = 1});
  ASSERT_TRUE(out);
  EXPECT_EQ(text(out->profile), "KIND=ethernet NETDEV=eth0 ADDRESSING=dhcp PRIORITY=5 ");
  EXPECT_THAT(talk.said, HasSubstr("a whole number from 1 to 1000"));
}

TEST(Interview, GivesUpWithoutAnAnswer) {
  EXPECT_FALSE((Talk{.answers = {"x", "y", "z", "modem"}, .said = {}, .secrets = {}})
                   .with({.devices = {}, .notes = {}, .next_priority = 1}));
  EXPECT_FALSE((Talk{.answers = {"modem"}, .said = {}, .secrets = {}})
                   .with({.devices = {}, .notes = {}, .next_priority = 1}));
}

}  // namespace
}  // namespace mwan::config_tool
