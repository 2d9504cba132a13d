// SPDX-License-Identifier: LGPL-2.1-or-later
// Faults by name, chaos and recordings, in the simulator as a program and through libqmi.
#include <csignal>

#include "failover/record/trace.hpp"
#include "tests/lab/sim/sim_lab.hpp"
#include "tools/mwan-sim/faults/catalogue.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class FieldFaults : public SimLab {
 protected:
  // From a scenario that waits for the signal.
  void begin() {
    simulator_.signal(SIGUSR1);
    ASSERT_TRUE(eventually([this] { return said("start"); }));
  }
  [[nodiscard]] std::vector<std::string> steps() const {
    std::vector<std::string> out;
    for (const auto& line : read_json_lines(file("timeline.jsonl"))) {
      out.push_back(line.value("step", ""));
    }
    return out;
  }
};

TEST_F(FieldFaults, EveryFaultThatIsPlayedHereIsTakenOnTheCommandLine) {
  REQUIRE_OK(write_file(file("plain.scn"), ""));
  for (const sim::FaultInfo& info : sim::fault_catalogue()) {
    if (!info.played_here) continue;
    const std::string name(info.name);
    if (name == "usb-error-storm") continue;  // needs a bus: tests/vm/usb_modem plays it
    simulate_file(file("plain.scn"), {"--fault", name + "@50ms", "--fault", name});
    ASSERT_TRUE(eventually([&] { return said("fault " + name); })) << name;
    EXPECT_EQ(simulator_.stop(5s), 0) << name;
  }
}

TEST_F(FieldFaults, TheProxyDiesAndListensAgain) {
  simulate("start=signal\nat 0s fault proxy-death time=5s\n");
  ASSERT_TRUE(eventually([this] { return registered(); }));
  ASSERT_NO_FATAL_FAILURE(start_network("4"));
  ASSERT_NO_FATAL_FAILURE(begin());
  EXPECT_THAT(qmicli({"--dms-get-model"}), StartsWith("error"));
  ASSERT_TRUE(eventually([this] { return said("fault ends: proxy-death"); }));
  EXPECT_THAT(ask_session("--wds-get-packet-service-status"), HasSubstr("'connected'"));
}

TEST_F(FieldFaults, ASilentResetLeavesTheDeviceAndForgetsTheClient) {
  simulate("start=signal\nat 0s fault silent-reset\n");
  ASSERT_TRUE(eventually([this] { return registered(); }));
  ASSERT_NO_FATAL_FAILURE(start_network("4"));
  ASSERT_NO_FATAL_FAILURE(begin());
  EXPECT_THAT(ask_session("--wds-get-packet-service-status"), HasSubstr("InvalidClientId"));
  EXPECT_TRUE(device_exists());
  EXPECT_FALSE(said("modem vanishes"));
}

TEST_F(FieldFaults, AModemThatVanishesWithARequestUnderWayComesBack) {
  simulate("fault vanishes-mid-transaction on=dms.get-model time=1s\n");
  EXPECT_THAT(qmicli({"--dms-get-revision"}), HasSubstr("Revision"));
  EXPECT_THAT(qmicli({"--dms-get-model"}), StartsWith("error"));
  EXPECT_TRUE(said("modem vanishes"));
  ASSERT_TRUE(eventually([this] { return said("modem is back"); }));
  EXPECT_TRUE(eventually([this] { return device_exists(); }));
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("Model"));
}

TEST_F(FieldFaults, OnlyAPowerCycleCures) {
  simulate("start=signal\nat 0s fault needs-power-cycle\ntrigger\nat 0s unplug\nat 300ms plug\n");
  ASSERT_NO_FATAL_FAILURE(begin());
  EXPECT_THAT(qmicli({"--dms-set-operating-mode=reset"}), StartsWith("error"));
  simulator_.signal(SIGUSR1);
  ASSERT_TRUE(eventually([this] { return said("fault ends: needs-power-cycle"); }));
  EXPECT_TRUE(eventually([this] { return device_exists() && said("plug"); }));
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("Model"));
}

TEST_F(FieldFaults, TheFccLockIsOpenedByTheStockClient) {
  simulate("fault fcc-lock\n");
  EXPECT_THAT(qmicli({"--dms-get-operating-mode"}), HasSubstr("low-power"));
  EXPECT_THAT(qmicli({"--dms-set-operating-mode=online"}), HasSubstr("InvalidTransition"));
  EXPECT_THAT(qmicli({"--dms-set-fcc-authentication"}), Not(StartsWith("error")));
  EXPECT_THAT(qmicli({"--dms-set-operating-mode=online"}), Not(StartsWith("error")));
  EXPECT_TRUE(eventually([this] { return registered(); }));
}

TEST_F(FieldFaults, ALyingLengthCostsOneAnswerOnly) {
  simulate("");
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("Model"));
  EXPECT_EQ(simulator_.stop(5s), 0);
  // The answer to the second request: version info and the client id have come before.
  simulate_file(file("scenario.scn"), {"--fault", "malformed-lengths"});
  EXPECT_THAT(qmicli({"--dms-get-model"}), StartsWith("error"));
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("Model"));
}

TEST_F(FieldFaults, ChaosIsInTheTimelineAndTheModemLivesOn) {
  REQUIRE_OK(write_file(file("plain.scn"), ""));
  simulate_file(file("plain.scn"), {"--chaos", "11"});
  const auto faults = [this] {
    std::size_t count = 0;
    for (const std::string& step : steps()) {
      count += static_cast<std::size_t>(step.starts_with("chaos: fault "));
    }
    return count;
  };
  EXPECT_TRUE(eventually(
      [&] {
        (void)run(&*router_,
                  {"qmicli", "-p", "--device-open-qmi", "-d", "/dev/null", "--dms-get-model"}, 1s);
        return faults() >= 2;
      },
      60s));
  EXPECT_EQ(simulator_.stop(5s), 0);
}

TEST_F(FieldFaults, ARecordingIsPlayed) {
  const auto line = [](Duration since, Fact fact) {
    return failover::encode_trace_point({since, std::move(fact)}) + "\n";
  };
  REQUIRE_OK(write_file(
      file("drive.trace"),
      failover::encode_trace_header({1700000000000, {"QMI", "Example", "MX-9", "1"}}) + "\n" +
          line(0ms, SignalSample{Rat::Lte, {}, -117, -16, -3}) +
          line(300ms, Registration{RegistrationState::Searching, Rat::Lte, "", "", {}}) +
          line(900ms, Registration{RegistrationState::Home, Rat::Lte, "00101", "", {}})));
  simulate("start=signal\nregistration-delay=0ms\nat 0s replay drive.trace\n");
  ASSERT_TRUE(eventually([this] { return registered(); }));
  ASSERT_NO_FATAL_FAILURE(begin());
  EXPECT_TRUE(eventually([this] { return stats().value("registration", "") == "searching"; }));
  ASSERT_TRUE(eventually([this] { return said("replay ends"); }));
  EXPECT_TRUE(eventually([this] { return registered(); }));
  EXPECT_THAT(qmicli({"--nas-get-signal-info"}), HasSubstr("RSRP: '-117 dBm'"));
}

TEST_F(FieldFaults, SaysWhatCannotBePlayed) {
  REQUIRE_OK(write_file(file("plain.scn"), ""));
  const auto refused = [this](std::vector<std::string> more) {
    std::vector<std::string> argv = {MWAN_SIMULATOR, "--scenario", file("plain.scn")};
    argv.insert(argv.end(), more.begin(), more.end());
    const auto out = run(&*router_, argv);
    return out ? "accepted" : out.error().text();
  };
  EXPECT_THAT(refused({"--fault", "late-ports"}), HasSubstr("tests/lab/faults"));
  EXPECT_THAT(refused({"--fault", "no-such"}), HasSubstr("unknown fault \"no-such\""));
  REQUIRE_OK(write_file(file("plain.scn"), "at 1s replay nothing.trace\n"));
  EXPECT_THAT(refused({}), HasSubstr("nothing.trace: cannot read the recording"));
  const auto list = run(nullptr, {MWAN_SIMULATOR, "--list-faults", "--json"});
  REQUIRE_OK(list);
  EXPECT_EQ(nlohmann::json::parse(*list, nullptr, false).size(), sim::kFaults);
}

}  // namespace
}  // namespace mwan::lab
