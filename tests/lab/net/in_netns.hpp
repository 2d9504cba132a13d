// SPDX-License-Identifier: LGPL-2.1-or-later
// A test that runs inside a network namespace of its own: the code under test opens its sockets
// there.
#pragma once

#include <optional>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/ok.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/until.hpp"

namespace mwan::lab {

class InNetNs : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";
    home_ = UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    auto here = NetNs::create("router");
    REQUIRE_OK(here);
    here_.emplace(std::move(*here));
    auto far = NetNs::create("isp");
    REQUIRE_OK(far);
    far_.emplace(std::move(*far));
    ASSERT_EQ(::setns(here_->fd(), CLONE_NEWNET), 0);
  }
  void TearDown() override {
    if (!home_) return;
    EXPECT_EQ(::setns(home_.get(), CLONE_NEWNET), 0);
  }

  // `ip ARGUMENTS` in the test's namespace, or at the far end of its cables.
  void here(const std::string& arguments) const { REQUIRE_OK(ip(*here_, arguments)); }
  void far(const std::string& arguments) const { REQUIRE_OK(ip(*far_, arguments)); }
  // A cable from `name` here to `name` there, both down.
  void cable(const std::string& name) const {
    here("link add " + name + " type veth peer name far-" + name);
    const auto moved = run(&*here_, {"ip", "link", "set", "far-" + name, "netns", far_->path()});
    REQUIRE_OK(moved);
    far("link set far-" + name + " name " + name);
  }
  // What a program printed here.
  [[nodiscard]] std::string says(const std::vector<std::string>& argv) const {
    auto out = run(&*here_, argv);
    return out ? *out : out.error().text();
  }
  // Turns the loop until the condition holds or the limit is over.
  template <class Condition>
  static bool until(Loop& loop, Condition condition, Duration limit = std::chrono::seconds(5)) {
    return lab::until(loop, limit, condition);
  }

  std::optional<NetNs> here_;
  std::optional<NetNs> far_;

 private:
  UniqueFd home_;
};

}  // namespace mwan::lab
