// SPDX-License-Identifier: LGPL-2.1-or-later
// Another user of the same modem: the stock command line programs beside our driver, through the
// same proxy, disturb nothing and are not disturbed.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "modems/lab/modem_lab.hpp"
#include "tests/lab/process.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class TwoManagers : public ModemLab {
 protected:
  // Runs a program to its end while our loop turns; its standard output.
  std::string beside(const std::vector<std::string>& argv) {
    const auto out = folder() / fmt::format("other-{}.log", ++calls_);
    auto other = lab::Process::start({argv, nullptr, out, out});
    EXPECT_TRUE(other) << (other ? "" : other.error().text());
    if (!other) return {};
    EXPECT_TRUE(until([&] { return !other->running(); }, 20s)) << argv.back();
    EXPECT_EQ(other->wait(0s), 0) << lab::read_file(out);
    return lab::read_file(out);
  }
  int calls_ = 0;
  void up() {
    start();
    ASSERT_TRUE(until_fact("addressing ")) << log();
    facts_.clear();
  }
  // What our link was told meanwhile: its signal and nothing else.
  void expect_undisturbed() {
    for (const Fact& fact : facts_) {
      const bool radio =
          std::holds_alternative<SignalSample>(fact) || std::holds_alternative<CellReport>(fact);
      EXPECT_TRUE(radio) << words(fact);
    }
  }
};

TEST_F(TwoManagers, QmicliBesideUs) {
  config_.proxy = "qmi-proxy";
  config_.timings.cross_check = 300ms;
  simulate(steady());
  up();
  const int clients = books()["clients"].value("open", -1);
  const std::vector<std::pair<std::string, std::string>> asked = {
      {"--dms-get-ids", "IMEI"},
      {"--dms-get-operating-mode", "online"},
      {"--uim-get-card-status", "ready"},
      {"--nas-get-signal-info", "RSRP"},
      {"--nas-get-serving-system", "registered"},
      {"--nas-get-cell-location-info", "Intrafrequency"},
      {"--wds-get-packet-service-status", "Connection status"},
      {"--wda-get-data-format", "raw-ip"},
  };
  for (int round = 0; round < 3; ++round) {
    for (const auto& [request, answer] : asked) {
      EXPECT_THAT(beside({"qmicli", "-p", "--device-open-qmi", "-d", "/dev/null", request}),
                  HasSubstr(answer))
          << request;
    }
  }
  expect_undisturbed();
  EXPECT_TRUE(until([&] { return books()["clients"].value("open", -1) == clients; }, 5s))
      << "the other one left something, or took ours: " << books().dump(2);
  EXPECT_EQ(books()["sessions"].value("open", -1), 1);
  stop();
  expect_nothing_left();
}

#if MWAN_WITH_MBIM
TEST_F(TwoManagers, MbimcliBesideUs) {
  speak(ModemProtocol::Mbim);
  config_.timings.cross_check = 300ms;
  simulate(steady());
  up();
  const std::vector<std::pair<std::string, std::string>> asked = {
      {"--query-device-caps", "Device ID"},   {"--query-subscriber-ready-status", "initialized"},
      {"--query-registration-state", "home"}, {"--query-packet-service-state", "attached"},
      {"--query-signal-state", "RSSI"},       {"--query-connection-state", "activated"},
  };
  for (int round = 0; round < 3; ++round) {
    for (const auto& [request, answer] : asked) {
      EXPECT_THAT(beside({"mbimcli", "-p", "-d", "/dev/null", request}), HasSubstr(answer))
          << request;
    }
  }
  expect_undisturbed();
  stop();
  expect_nothing_left();
}
#endif

}  // namespace
}  // namespace mwan::modem
