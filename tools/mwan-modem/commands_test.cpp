// SPDX-License-Identifier: LGPL-2.1-or-later
// Commands with a made-up modem: what they ask of it, what they print and how they end.
#include "tools/mwan-modem/commands/commands.hpp"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tools/mwan-modem/fake_adapter.hpp"

namespace mwan::tool {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Commands : public testing::Test {
 protected:
  ExitCode run_command(Command command) {
    options_.command = command;
    options_.simulated = true;
    options_.run_dir = testing::TempDir() + "mwan-modem-commands-" + std::to_string(::getpid());
    const auto make = [this](Loop& /*loop*/,
                             ModemConfig config) -> Result<std::unique_ptr<ModemAdapter>> {
      config_ = std::move(config);
      return std::make_unique<FakeAdapter>(modem_);
    };
    Context context{.loop = loop_,
                    .options = options_,
                    .out = out_,
                    .err = err_,
                    .terminal = false,
                    .make = make,
                    .cancel = cancel_};
    return run(context);
  }
  ExitCode unlock(const std::string& line) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    EXPECT_EQ(::write(ends[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
    ::close(ends[1]);
    options_.pin_fd = ends[0];
    const ExitCode out = run_command(Command::SimUnlock);
    ::close(ends[0]);
    return out;
  }

  Loop loop_;
  Options options_;
  ModemConfig config_;
  FakeModem modem_;
  Cancel cancel_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(Commands, CloseFollowsEveryOpenAlsoAfterFailures) {
  modem_.identity = failed(fake_error());
  modem_.sim = failed(fake_error());
  modem_.signal = failed(fake_error());
  EXPECT_EQ(run_command(Command::Info), ExitCode::Failed);
  EXPECT_EQ(modem_.calls.front(), "open");
  EXPECT_EQ(modem_.calls.back(), "close");
  EXPECT_THAT(out_.str(), HasSubstr("not known (no answer)"));

  modem_.calls.clear();
  modem_.opens = failed(fake_error());
  EXPECT_EQ(run_command(Command::Info), ExitCode::Silent);
  EXPECT_THAT(modem_.calls, ElementsAre("open", "close"));
}

TEST_F(Commands, AFailureIsJsonWhereJsonWasAskedFor) {
  options_.json = true;
  modem_.opens = failed(fake_error());
  EXPECT_EQ(run_command(Command::Signal), ExitCode::Silent);
  const Json said = Json::parse(out_.str());
  EXPECT_EQ(said["exit_code"], 8);
  EXPECT_EQ(said["error"], "fake: step: no answer");
}

TEST_F(Commands, ThePinIsSentOnceAndNeverPrinted) {
  modem_.sim->state = SimState::PinRequired;
  EXPECT_EQ(unlock("4711\n"), ExitCode::Ok);
  EXPECT_THAT(modem_.pins, ElementsAre("4711"));
  EXPECT_THAT(out_.str() + err_.str(), Not(HasSubstr("4711")));
}

TEST_F(Commands, APinIsNotSentWithFewerThanThreeTriesOrAnUnknownNumber) {
  modem_.sim->state = SimState::PinRequired;
  for (const std::optional<std::uint8_t> tries :
       {std::optional<std::uint8_t>(2), std::optional<std::uint8_t>(1),
        std::optional<std::uint8_t>(0), std::optional<std::uint8_t>()}) {
    modem_.sim->pin_tries = tries;
    EXPECT_EQ(unlock("4711\n"), ExitCode::Sim);
  }
  EXPECT_TRUE(modem_.pins.empty());
  EXPECT_EQ(modem_.calls.back(), "close");
}

TEST_F(Commands, WhatIsNoPinIsNotSent) {
  modem_.sim->state = SimState::PinRequired;
  for (const char* line : {"123\n", "123456789\n", "12a4\n", "\n", ""}) {
    EXPECT_EQ(unlock(line), ExitCode::Usage) << line;
  }
  EXPECT_TRUE(modem_.pins.empty());
}

TEST_F(Commands, APukIsNotAskedForAsAPin) {
  modem_.sim->state = SimState::PukRequired;
  EXPECT_EQ(unlock("4711\n"), ExitCode::Sim);
  EXPECT_TRUE(modem_.pins.empty());
}

TEST_F(Commands, RadioResetIsOffAndOn) {
  options_.reset = ResetKind::Radio;
  EXPECT_EQ(run_command(Command::Reset), ExitCode::Ok);
  EXPECT_THAT(modem_.calls, ElementsAre("open", "radio-off", "radio-on", "close"));
}

TEST_F(Commands, ConnectDoesNotRoamUnasked) {
  modem_.registration->state = RegistrationState::Roaming;
  EXPECT_EQ(run_command(Command::Connect), ExitCode::Network);
  EXPECT_THAT(modem_.calls, Not(Contains("connect")));
  EXPECT_THAT(err_.str(), HasSubstr("--roaming"));
}

TEST_F(Commands, ConnectTellsTheRefusal) {
  modem_.outcomes = std::vector<FamilyOutcome>{
      {IpFamily::V4,
       failed(FailureClass::Permanent, "fake: start", "3GPP cause 27 (missing or unknown APN)"),
       false}};
  EXPECT_EQ(run_command(Command::Connect), ExitCode::Data);
  EXPECT_THAT(err_.str(), HasSubstr("3GPP cause 27"));
  EXPECT_EQ(modem_.calls.back(), "close");
}

TEST_F(Commands, ApplyWantsANetworkDevice) {
  options_.apply = true;
  EXPECT_EQ(run_command(Command::Connect), ExitCode::Usage);
  EXPECT_TRUE(modem_.calls.empty());
}

TEST_F(Commands, DiagnoseChangesNothingUnasked) {
  modem_.radio = RadioPower::Off;
  EXPECT_EQ(run_command(Command::Diagnose), ExitCode::Radio);
  EXPECT_THAT(modem_.calls, Not(Contains("radio-on")));
  EXPECT_THAT(modem_.calls, Not(Contains("connect")));
  EXPECT_THAT(modem_.calls, Not(Contains("attach")));
  EXPECT_EQ(modem_.calls.back(), "close");
}

TEST_F(Commands, TheTimeoutReachesTheModem) {
  options_.timeout_s = 2.5;
  run_command(Command::Info);
  EXPECT_EQ(config_.timings.request, std::chrono::milliseconds(2500));
  EXPECT_EQ(config_.timings.open, std::chrono::milliseconds(2500));
  EXPECT_TRUE(config_.no_file_check);
}

}  // namespace
}  // namespace mwan::tool
