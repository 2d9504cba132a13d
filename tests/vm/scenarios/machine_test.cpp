// SPDX-License-Identifier: LGPL-2.1-or-later
// The virtual machine itself is what scenarios take it for.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/process.hpp"

namespace mwan::vm {
namespace {

TEST(Machine, HasUdevRunningAndModulesToLoad) {
  EXPECT_TRUE(std::filesystem::exists("/run/udev/control"));
  const auto loaded = lab::run(nullptr, {"modprobe", "-a", "dummy_hcd", "vhci_hcd", "pppoe"});
  ASSERT_TRUE(loaded) << loaded.error().text();
  const auto settled = lab::run(nullptr, {"udevadm", "settle"});
  EXPECT_TRUE(settled) << settled.error().text();
  EXPECT_TRUE(std::filesystem::exists("/sys/class/udc/dummy_udc.0"));
  EXPECT_TRUE(std::filesystem::exists("/sys/devices/platform/vhci_hcd.0"));
}

// The agent gives each program files of its own, so what one of these two wrote the other does not
// see; unless both run in one program, which only somebody who runs them by hand does.
class Files : public testing::TestWithParam<int> {};
TEST_P(Files, WrittenAreGoneWithTheProgram) {
  static bool written = false;
  for (const char* path : {"/etc/mwan-vm-test", "/tmp/mwan-vm-test", "/run/mwan-vm-test"}) {
    EXPECT_EQ(std::filesystem::exists(path), written) << path;
    EXPECT_TRUE(std::ofstream(path) << "text" << std::flush) << path;
  }
  written = true;
}
INSTANTIATE_TEST_SUITE_P(, Files, testing::Values(1, 2));

}  // namespace
}  // namespace mwan::vm
