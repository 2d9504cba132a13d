// SPDX-License-Identifier: LGPL-2.1-or-later
// Bad lines are as bad as they are told to be.
#include "tests/vm/lab/netem.hpp"

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
  [[nodiscard]] Pings ping(const std::string& count) const {
    // An exit code of 1: not a single answer.
    const auto ran =
        lab::run(&*here_, {"ping", "-q", "-i", "0.05", "-W", "2", "-c", count, "192.0.2.2"}, 60s);
    const std::string text = ran ? *ran : ran.error().message;
    Pings pings;
    std::smatch found;
    if (std::regex_search(text, found, std::regex("(\\d+) received"))) {
      pings.answered = std::stoi(found[1]);
    }
    if (std::regex_search(text, found, std::regex("= ([0-9.]+)/"))) {
      pings.best_ms = std::stod(found[1]);
    }
    return pings;
  }

  std::optional<lab::NetNs> here_;
  std::optional<lab::NetNs> there_;
};

TEST_F(Netem, DelayIsAddedAndTakenAway) {
  REQUIRE_OK(set_line(&*here_, "eth0", {150ms, 0ms, 0}));
  Pings pings = ping("10");
  EXPECT_EQ(pings.answered, 10);
  EXPECT_GE(pings.best_ms, 150);
  REQUIRE_OK(mend_line(&*here_, "eth0"));
  pings = ping("10");
  EXPECT_EQ(pings.answered, 10);
  EXPECT_LT(pings.best_ms, 150);
}

TEST_F(Netem, PacketsAreLost) {
  REQUIRE_OK(set_line(&*there_, "eth0", {0ms, 0ms, 40}));
  // Outside of 20 to 100 of 100 once in a million runs.
  const Pings pings = ping("100");
  EXPECT_GE(pings.answered, 35);
  EXPECT_LE(pings.answered, 85);
  REQUIRE_OK(set_line(&*there_, "eth0", {0ms, 0ms, 100}));
  EXPECT_EQ(ping("5").answered, 0);
}

}  // namespace
}  // namespace mwan::vm
