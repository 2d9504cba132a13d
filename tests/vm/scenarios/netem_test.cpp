// SPDX-License-Identifier: LGPL-2.1-or-later
// Bad lines are as bad as they are told to be.
#include "tests/vm/lab/netem.hpp"

#include <algorithm>
#include <regex>

#include "tests/lab/process.hpp"
#include "tests/vm/lab/until.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;

class Netem : public testing::Test {
 protected:
  void SetUp() override {
    auto here = lab::NetNs::create("here");
    auto there = lab::NetNs::create("there");
    REQUIRE_OK(here);
    REQUIRE_OK(there);
    here_.emplace(std::move(*here));
    there_.emplace(std::move(*there));
    REQUIRE_OK(lab::ip(*here_, "link add eth0 type veth peer name eth0 netns " + there_->path()));
    for (const auto& [netns, address] :
         {std::pair{&*here_, "192.0.2.1/24"}, {&*there_, "192.0.2.2/24"}}) {
      REQUIRE_OK(lab::ip(*netns, std::string("addr add ") + address + " dev eth0"));
      REQUIRE_OK(lab::ip(*netns, "link set eth0 up"));
    }
  }
  struct Pings {
    int answered = -1;
    double best_ms = -1;
  };
  // Asked one after the other: where something came back, ping waits for the rest only as long as
  // two round trips, and the emulator may stand still for longer than that.
  [[nodiscard]] Pings ping(int count, const char* seconds) const {
    Pings pings{.answered = 0};
    for (int i = 0; i < count; ++i) {
      const auto ran =
          lab::run(&*here_, {"ping", "-n", "-q", "-W", seconds, "-c", "1", "192.0.2.2"});
      std::smatch found;
      if (!ran || !std::regex_search(*ran, found, std::regex("= ([0-9.]+)/"))) continue;
      const double ms = std::stod(found[1]);
      pings.best_ms = pings.answered++ == 0 ? ms : std::min(pings.best_ms, ms);
    }
    return pings;
  }
  // Of a flood, in which single answers that come after its end do not matter.
  [[nodiscard]] int answers_of_a_hundred() const {
    const auto ran =
        lab::run(&*here_, {"ping", "-n", "-q", "-i", "0.05", "-W", "5", "-c", "100", "192.0.2.2"});
    // An exit code of 1: not a single answer.
    const std::string text = ran ? *ran : ran.error().message;
    std::smatch found;
    return std::regex_search(text, found, std::regex("(\\d+) received")) ? std::stoi(found[1]) : -1;
  }

  std::optional<lab::NetNs> here_;
  std::optional<lab::NetNs> there_;
};

TEST_F(Netem, DelayIsAddedAndTakenAway) {
  REQUIRE_OK(set_line(&*here_, "eth0", {150ms, 0ms, 0}));
  Pings pings = ping(10, "30");
  EXPECT_EQ(pings.answered, 10);
  EXPECT_GE(pings.best_ms, 150);
  REQUIRE_OK(mend_line(&*here_, "eth0"));
  pings = ping(10, "30");
  EXPECT_EQ(pings.answered, 10);
  EXPECT_LT(pings.best_ms, 150);
}

TEST_F(Netem, PacketsAreLost) {
  // They know each other by then: three lost answers to ARP would be three lost seconds.
  ASSERT_EQ(ping(1, "30").answered, 1);
  REQUIRE_OK(set_line(&*there_, "eth0", {0ms, 0ms, 40}));
  // Outside of 20 to 100 of 100 once in a million runs.
  const int answers = answers_of_a_hundred();
  EXPECT_GE(answers, 35);
  EXPECT_LE(answers, 85);
  REQUIRE_OK(set_line(&*there_, "eth0", {0ms, 0ms, 100}));
  EXPECT_EQ(ping(3, "2").answered, 0);
}

}  // namespace
}  // namespace mwan::vm
