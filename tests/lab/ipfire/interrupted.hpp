// SPDX-License-Identifier: LGPL-2.1-or-later
// A box whose daemon is killed in the middle of what it does, by --kill-at. What kills and power
// cuts have in common.
#pragma once

#include <csignal>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/lab/ipfire/ipfire_lab.hpp"

namespace mwan::lab {

class Interrupted : public IpfireLab {
 protected:
  // A box that is up, with our configuration; what it looks like is kept.
  void prepare(Red type, bool full) {
    IpfireLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    type_ = type;
    boot(type);
    if (HasFatalFailure()) return;
    write_config(full ? "IPFIRE_MODE=full\n" : "");
    before_ = box_state();
    settings_ = read_file(folder() / "ipfire/ethernet/settings");
  }
  void expect_killed(const std::string& point) {
    const auto status = daemon().wait(std::chrono::seconds(60));
    ASSERT_TRUE(status) << "not killed at " << point;
    ASSERT_EQ(Process::words(*status), Process::words(SIGKILL));
  }
  void expect_primary_kept() const {
    const auto folder = state() / "primary-backup";
    EXPECT_EQ(read_file(folder / "connection-type"), type_ == Red::Static ? "STATIC\n" : "DHCP\n");
    EXPECT_EQ(read_file(folder / "ethernet-settings"), settings_);
    EXPECT_EQ(read_file(folder / "red-state/iface"), "red0");
  }
  // As it was before the daemon came.
  void expect_box_as_before() { expect_box_is(before_); }

  // "StaticFull".
  static std::string name_of(Red type, bool full) {
    return std::string(type == Red::Static ? "Static" : "Dhcp") + (full ? "Full" : "Fast");
  }
  // A point's name as that of a test.
  static std::string name_of(std::string point) {
    for (char& c : point) c = c == '-' ? '_' : c;
    return point;
  }

 private:
  Red type_ = Red::Static;
  std::vector<std::string> before_;
  std::string settings_;
};

}  // namespace mwan::lab
