// SPDX-License-Identifier: LGPL-2.1-or-later
// The host controller's files in a folder of the test's.
#include "tools/mwan-sim/usb/vhci.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <unistd.h>

namespace mwan::sim::usb {
namespace {

using ::testing::HasSubstr;

constexpr const char* kStatus = R"(hub port sta spd dev      sockfd local_busid
hs  0000 006 003 00010001 000004 1-1
hs  0001 004 000 00000000 000000 0-0
hs  0002 004 000 00000000 000000 0-0
ss  0008 004 000 00000000 000000 0-0
)";

class VhciTest : public testing::Test {
 public:
  ~VhciTest() override { std::filesystem::remove_all(folder_); }

 protected:
  VhciTest()
      : folder_(std::filesystem::temp_directory_path() / ("vhci" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  void write(const char* name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  std::string read(const char* name) {
    std::stringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  std::filesystem::path folder_;
};

TEST_F(VhciTest, ReadsThePortsAndLeavesOutTheRest) {
  EXPECT_THAT(parse_vhci_status(kStatus),
              testing::ElementsAre(VhciPort{0, true, false}, VhciPort{1, true, true},
                                   VhciPort{2, true, true}, VhciPort{8, false, true}));
  EXPECT_TRUE(parse_vhci_status("hs what\n\nhs 1\n").empty());
}

TEST_F(VhciTest, TakesThePortOfTheLastTimeWhenItIsFree) {
  write("status", kStatus);
  const Vhci vhci(folder_);
  EXPECT_EQ(vhci.free_port({}), 1U);
  EXPECT_EQ(vhci.free_port(2U), 2U);
  EXPECT_EQ(vhci.free_port(0U), 1U);
  write("status", "hub\nhs  0000 006 003 00010001 000004 1-1\nss  0008 004 000 0 0 0-0\n");
  const auto none = vhci.free_port({});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text(), HasSubstr("all high-speed ports"));
}

TEST_F(VhciTest, PlugsInAndOut) {
  write("attach", "");
  write("detach", "");
  const Vhci vhci(folder_);
  EXPECT_TRUE(vhci.attach(3, 17));
  EXPECT_EQ(read("attach"), "3 17 65540 3");
  vhci.detach(3);
  EXPECT_EQ(read("detach"), "3");
}

TEST_F(VhciTest, SaysThatTheModuleIsMissing) {
  const Vhci vhci(folder_ / "nowhere");
  const auto port = vhci.free_port({});
  ASSERT_FALSE(port);
  EXPECT_THAT(port.error().text(), HasSubstr("vhci-hcd"));
  EXPECT_FALSE(vhci.attach(0, 3));
}

}  // namespace
}  // namespace mwan::sim::usb
