// SPDX-License-Identifier: LGPL-2.1-or-later
// The simulator, which is modem and proxy in one, dies at every single request of the bring-up. The
// list of requests is not written down here: it is what a bring-up was seen to send.
#include <set>

#include "modems/lab/modem_lab.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kParts = 4;  // the list is long: several tests share it

class Death : public ModemLab {
 protected:
  // What one whole life sends, each message once, in order.
  std::vector<std::string> messages_of_a_life() {
    simulate(header_ + steady());
    start();
    EXPECT_TRUE(until_fact("addressing ")) << log();
    stop();
    std::vector<std::string> out;
    std::set<std::string> seen;
    for (const std::string& name : requests()) {
      if (name != "ctl.release-cid" && seen.insert(name).second) out.push_back(name);
    }
    end_simulator();
    modem_.reset();
    facts_.clear();
    return out;
  }
  // What is sent after the bring-up, or by stop() alone.
  static bool later(const std::string& name) {
    return name == "wds.stop-network" || name == "nas.get-cell-location-info" ||
           name == "wds.get-packet-service-status";
  }

  void die_at_every(std::size_t part);

  // A modem that needs every step.
  const std::string header_ =
      "operating-mode=low-power\ndata-format=802-3\nautoconnect=yes\npin=4711\n";
};

void Death::die_at_every(std::size_t part) {
  config_.pin = Secret("4711");
  const std::vector<std::string> messages = messages_of_a_life();
  ASSERT_GE(messages.size(), 20U);
  for (std::size_t i = part; i < messages.size(); i += kParts) {
    const std::string& name = messages[i];
    if (later(name)) continue;
    SCOPED_TRACE(name);
    simulate(header_ + steady("die-on " + name + "\n"));
    start();
    ASSERT_TRUE(until([&] { return simulator_ended(); })) << "it was never asked: " << log();
    ASSERT_TRUE(until_fact("trouble ")) << log();
    const fact::Trouble trouble = *last<fact::Trouble>();
    EXPECT_EQ(trouble.error.failure, FailureClass::Gone) << trouble.error.text();
    EXPECT_TRUE(trouble.error.where.starts_with("lte: qmi ")) << trouble.error.text();
    EXPECT_NE(trouble.error.where, "lte: qmi connection") << "the step is not named";
    EXPECT_TRUE(trouble.retry_in) << trouble.error.text();
    EXPECT_TRUE(told("device gone")) << log();

    simulate(header_ + steady());
    EXPECT_TRUE(until_fact("addressing ")) << log();
    stop();
    expect_nothing_left();
    end_simulator();
    modem_.reset();
    facts_.clear();
  }
}

TEST_F(Death, AtEveryRequestOfTheBringUp1) { die_at_every(0); }
TEST_F(Death, AtEveryRequestOfTheBringUp2) { die_at_every(1); }
TEST_F(Death, AtEveryRequestOfTheBringUp3) { die_at_every(2); }
TEST_F(Death, AtEveryRequestOfTheBringUp4) { die_at_every(3); }

TEST_F(Death, WhileConnected) {
  simulate("start=signal\n" + steady("at 0s die\n"));
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  facts_.clear();
  trigger();
  ASSERT_TRUE(until_fact("trouble ")) << log();
  EXPECT_TRUE(words(facts_.front()).starts_with("bearer ipv4 disconnected")) << log();
  EXPECT_TRUE(told("addressing-lost")) << log();
  EXPECT_TRUE(told("registration unknown")) << log();
  EXPECT_TRUE(told("device gone")) << log();
  simulate(steady());
  EXPECT_TRUE(until_fact("addressing ")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Death, WhileStopping) {
  for (const char* name : {"wds.stop-network", "nas.register-indications", "ctl.release-cid"}) {
    SCOPED_TRACE(name);
    simulate("start=signal\n" + steady("at 0s die-on " + std::string(name) + "\n"));
    start();
    ASSERT_TRUE(until_fact("addressing ")) << log();
    trigger();
    turn(100ms);
    stop();
    EXPECT_TRUE(until([&] { return simulator_ended(); })) << log();
    end_simulator();
    modem_.reset();
    facts_.clear();
  }
}

}  // namespace
}  // namespace mwan::modem
