// SPDX-License-Identifier: LGPL-2.1-or-later
// What goes wrong on purpose, seen from outside.
#include <csignal>

#include <sys/wait.h>

#include "tests/lab/sim/sim_lab.hpp"

namespace mwan::lab {
namespace {

using ::testing::HasSubstr;

class Faults : public SimLab {};

TEST_F(Faults, AnUnpluggedModemVanishesAndComesBackFresh) {
  simulate_file(std::filesystem::path(MWAN_SIM_SCENARIOS) / "unplug.scn");
  ASSERT_TRUE(eventually([this] { return registered(); }));
  ASSERT_NO_FATAL_FAILURE(start_network("4"));
  EXPECT_TRUE(device_exists());
  simulator_.signal(SIGUSR1);
  EXPECT_TRUE(eventually([this] { return !device_exists(); }));
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("error"));
  EXPECT_TRUE(eventually([this] { return device_exists(); }, std::chrono::seconds(20)));
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("Model"));
  EXPECT_THAT(ask_session("--wds-get-packet-service-status"), HasSubstr("InvalidClientId"));
  const auto books = stats();
  EXPECT_EQ(books["clients"]["lost"], 1);
  EXPECT_EQ(books["sessions"]["open"], 0);
}

TEST_F(Faults, AModemThatIsNotThereAtFirstComesWhenItIsPluggedIn) {
  simulate("unplug\nstart=signal\nat 0s plug\n");
  EXPECT_FALSE(device_exists());
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("error"));
  simulator_.signal(SIGUSR1);
  EXPECT_TRUE(eventually([this] { return device_exists(); }));
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("Model"));
}

TEST_F(Faults, DiesOnTheMessageItWasToldTo) {
  simulate("die-on wds.start-network\n");
  ASSERT_TRUE(eventually([this] { return registered(); }));
  EXPECT_THAT(qmicli({"--wds-start-network=apn=internet"}), HasSubstr("error"));
  const auto status = simulator_.wait(std::chrono::seconds(5));
  ASSERT_TRUE(status);
  EXPECT_EQ(WEXITSTATUS(*status), 86);
  EXPECT_TRUE(said("dies"));
  EXPECT_FALSE(device_exists());
}

TEST_F(Faults, ARefusedConnectSaysWhy) {
  simulate("refuse-connect cause=27\n");
  ASSERT_TRUE(eventually([this] { return registered(); }));
  const std::string out = qmicli({"--wds-start-network=apn=wrong"});
  EXPECT_THAT(out, HasSubstr("CallFailed"));
  EXPECT_THAT(out, HasSubstr("unknown-apn"));
  EXPECT_TRUE(eventually([this] {
    const auto books = stats();
    return books.is_object() && books["clients"]["open"] == 0;
  }));
}

TEST_F(Faults, AClientThatLeavesItsIdBehindIsSeenInTheBooks) {
  simulate("");
  EXPECT_THAT(qmicli({"--client-no-release-cid", "--nas-noop"}), HasSubstr("not released"));
  EXPECT_TRUE(eventually([this] {
    const auto books = stats();  // nothing while they are being written
    if (!books.is_object()) return false;
    const auto nas = books["clients"]["services"]["nas"];
    return nas["open"] == 1 && nas["disowned"] == 1;
  })) << stats().dump(2);
}

TEST_F(Faults, TheTimelineIsOnTheMonotonicClock) {
  simulate("start=signal\nat 100ms mark here\nat 300ms mark there\n");
  const auto before = now().time_since_epoch().count();
  simulator_.signal(SIGUSR1);
  ASSERT_TRUE(eventually([this] { return said("mark there"); }));
  const auto after = now().time_since_epoch().count();
  const auto lines = read_json_lines(file("timeline.jsonl"));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0]["step"], "ready");
  EXPECT_EQ(lines[1]["step"], "start");
  EXPECT_EQ(lines[2]["step"], "mark here");
  EXPECT_GE(lines[2]["t_ms"], 100);
  EXPECT_GE(lines[2]["monotonic_us"], before);
  EXPECT_LE(lines[3]["monotonic_us"], after);
  EXPECT_GE(
      lines[3]["monotonic_us"].get<std::int64_t>() - lines[2]["monotonic_us"].get<std::int64_t>(),
      150000);
}

TEST_F(Faults, SaysWhatItCannotDo) {
  simulate("");
  const auto second = run(&*router_, {MWAN_SIMULATOR, "--scenario", file("scenario.scn")});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text(), HasSubstr("another proxy or simulator runs"));
  REQUIRE_OK(write_file(file("bad.scn"), "signal lte rsrp=-85\nat 1s explode\n"));
  const auto bad = run(&*router_, {MWAN_SIMULATOR, "--scenario", file("bad.scn")});
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().text(), HasSubstr("bad.scn:2: unknown step \"explode\""));
  const auto name = run(&*router_, {MWAN_SIMULATOR, "--proxy", "other", "--scenario",
                                    file("scenario.scn"), "--net", "wwan0"});
  ASSERT_FALSE(name);
  EXPECT_THAT(name.error().text(), HasSubstr("wwan0"));
}

TEST_F(Faults, EverySampleScenarioIsReadable) {
  for (const auto& entry : std::filesystem::directory_iterator(MWAN_SIM_SCENARIOS)) {
    simulate_file(entry.path());
    EXPECT_EQ(simulator_.stop(std::chrono::seconds(5)), 0) << entry.path();
  }
}

}  // namespace
}  // namespace mwan::lab
