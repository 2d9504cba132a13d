// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/openers.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>

#include "hal/unique_fd.hpp"

namespace mwan {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

class OpenersTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/mwan_openers_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    fs::create_directories(root_ / "proc/self");
  }
  void TearDown() override { fs::remove_all(root_); }

  void process(pid_t pid, const std::string& comm, const std::string& open) {
    const fs::path folder = root_ / "proc" / std::to_string(pid);
    fs::create_directories(folder / "fd");
    std::ofstream(folder / "comm") << comm << '\n';
    fs::create_symlink("/usr/sbin/" + comm, folder / "exe");
    fs::create_symlink("socket:[12]", folder / "fd/0");
    fs::create_symlink(open, folder / "fd/7");
  }
  Openers find(const std::string& device, bool proxies_are_fine = true) {
    const Result<Openers> openers = find_openers({.device = device,
                                                  .proxies_are_fine = proxies_are_fine,
                                                  .self = 5,
                                                  .root = root_.string()});
    EXPECT_TRUE(openers);
    return openers.value_or(Openers{});
  }
  fs::path root_;
};

TEST_F(OpenersTest, NamesWhoHasItByTheLink) {
  process(5, "mwan", "/dev/cdc-wdm0");
  process(812, "ModemManager", "/dev/cdc-wdm0");
  process(30, "picocom", "/dev/cdc-wdm0 (deleted)");
  process(31, "bash", "/dev/pts/0");
  const Openers openers = find("/dev/cdc-wdm0");
  EXPECT_THAT(openers.found,
              ElementsAre(Field(&Opener::name, "picocom"), Field(&Opener::name, "ModemManager")));
  EXPECT_EQ(openers.found[1].exe, "/usr/sbin/ModemManager");
  EXPECT_TRUE(openers.complete);
  const std::string text = describe(openers, "/dev/cdc-wdm0");
  EXPECT_THAT(text, HasSubstr("ModemManager (pid 812, /usr/sbin/ModemManager) has /dev/cdc-wdm0"));
  EXPECT_THAT(text, HasSubstr("ID_MM_DEVICE_IGNORE=1"));
}

TEST_F(OpenersTest, TheDeviceNumberDecidesUnderWhateverName) {
  fs::create_directories(root_ / "dev");
  fs::create_symlink("/dev/null", root_ / "dev/cdc-wdm0");
  process(7, "uqmi", "/dev/null");
  process(8, "other", "/dev/zero");
  EXPECT_THAT(find("/dev/cdc-wdm0").found, ElementsAre(Field(&Opener::pid, 7)));
}

TEST_F(OpenersTest, TheProxiesAreFineForTheirClientsOnly) {
  process(9, "qmi-proxy", "/dev/cdc-wdm0");
  EXPECT_THAT(find("/dev/cdc-wdm0").found, IsEmpty());
  EXPECT_THAT(find("/dev/cdc-wdm0", false).found, ElementsAre(Field(&Opener::name, "qmi-proxy")));
}

TEST_F(OpenersTest, ANameIsNotTrusted) {
  process(9, "evil\x1b[2J", "/dev/cdc-wdm0");
  EXPECT_THAT(find("/dev/cdc-wdm0").found, ElementsAre(Field(&Opener::name, "evil?[2J")));
}

TEST_F(OpenersTest, WithoutProcItSaysSo) {
  fs::remove_all(root_ / "proc");
  const auto openers = find_openers({.device = "/dev/cdc-wdm0", .root = root_.string()});
  ASSERT_FALSE(openers);
  EXPECT_EQ(openers.error().failure, FailureClass::Transient);
}

TEST(Openers, SeesARealDescriptor) {
  const UniqueFd pty(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(pty);
  ASSERT_EQ(grantpt(pty.get()), 0);
  ASSERT_EQ(unlockpt(pty.get()), 0);
  const char* name = ptsname(pty.get());
  ASSERT_NE(name, nullptr);
  const UniqueFd open_end(open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(open_end);
  const auto by_others = find_openers({.device = name});
  ASSERT_TRUE(by_others);
  EXPECT_THAT(by_others->found, IsEmpty());
  // as somebody else would see us
  const auto by_us = find_openers({.device = name, .self = 1});
  ASSERT_TRUE(by_us);
  EXPECT_THAT(by_us->found, ElementsAre(Field(&Opener::pid, getpid())));
}

}  // namespace
}  // namespace mwan
