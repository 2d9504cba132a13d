// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/red_watch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mwan::failover::ipfire {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class RedWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "red-watch-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    paths_.root = name;
    fs::create_directories(paths_.red());
    fs::create_directories(name + "/run");
    fs::create_directory_symlink("../run", paths_.run());
    fs::create_directories(name + "/var/ipfire/ethernet");
    fs::create_directories(name + "/var/ipfire/ppp");
  }
  ~RedWatchTest() override { fs::remove_all(paths_.root); }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  }
  void open() {
    auto opened = RedWatch::open(loop_, paths_, [this](Place place, const std::string& name) {
      seen_.push_back(std::to_string(static_cast<int>(place)) + name);
    });
    ASSERT_TRUE(opened) << opened.error().text();
    watch_ = std::move(*opened);
  }
  void settle() {
    bool over = false;
    const auto timer = loop_.after(std::chrono::milliseconds(50), [&] { over = true; });
    while (!over) loop_.iterate(true);
  }
  Paths paths_;
  Loop loop_;
  std::unique_ptr<RedWatch> watch_;
  std::vector<std::string> seen_;
};

TEST_F(RedWatchTest, ChangesAreTold) {
  open();
  write(paths_.red() + "/iface", "red0");
  write(paths_.run() + "/dns1", "10.0.0.1\n");
  write(paths_.run() + "/other.pid", "1\n");
  write(paths_.ethernet_settings(), "RED_TYPE=DHCP\n");
  write(paths_.root + "/var/ipfire/ppp/settings-3",
        "TYPE=pppoe\n");  // ppp/settings by another name
  write(paths_.run() + "/xtables.lock", "");
  settle();
  EXPECT_THAT(seen_,
              UnorderedElementsAre("0iface", "1dns1", "2xtables.lock", "3settings", "4settings-3"));
}

TEST_F(RedWatchTest, OfTheFirewallsLockOpeningIsEnough) {
  write(paths_.run() + "/xtables.lock", "");
  open();
  std::ifstream(paths_.run() + "/xtables.lock").get();
  settle();
  EXPECT_THAT(seen_, ElementsAre("2xtables.lock"));
}

TEST_F(RedWatchTest, TheLockMayBeElsewhere) {
  fs::remove(paths_.run());
  fs::create_directories(paths_.run());
  open();
  write(paths_.root + "/run/xtables.lock", "");
  write(paths_.root + "/run/dns1", "");
  write(paths_.run() + "/dns2", "\n");
  settle();
  EXPECT_THAT(seen_, UnorderedElementsAre("2xtables.lock", "1dns2"));
}

TEST_F(RedWatchTest, WhoWroteIsTold) {
  open();
  if (!watch_->names_writers()) GTEST_SKIP() << watch_->names_writers().error().text();
  write(paths_.red() + "/iface", "red0");
  write(paths_.run() + "/other.pid", "1\n");
  settle();
  EXPECT_THAT(watch_->take_writers({Place::NameServers}), IsEmpty());
  EXPECT_THAT(watch_->take_writers({Place::Red}), ElementsAre(::getpid()));
  EXPECT_THAT(watch_->take_writers({Place::Red}), IsEmpty());
}

TEST_F(RedWatchTest, FilesAreReadAsTheyAre) {
  EXPECT_EQ(read_red(paths_), FoundRed{});
  write(paths_.red() + "/iface", "usb0");
  write(paths_.red() + "/active", "");
  write(paths_.red() + "/local-ipaddress", "10.0.0.2");
  write(paths_.run() + "/dns1", "10.0.0.53\n");
  EXPECT_EQ(
      read_red(paths_),
      (FoundRed{.iface = "usb0", .local = "10.0.0.2", .active = true, .dns1 = "10.0.0.53\n"}));
  EXPECT_FALSE(keepconnected_there(paths_));
  write(paths_.red() + "/keepconnected", "0\n");
  EXPECT_TRUE(keepconnected_there(paths_));
}

TEST_F(RedWatchTest, LinksPipesAndFloodsAreNotRead) {
  write(paths_.root + "/secret", "usb0");
  fs::create_symlink(paths_.root + "/secret", paths_.red() + "/iface");
  ASSERT_EQ(::mkfifo((paths_.red() + "/local-ipaddress").c_str(), 0600), 0);
  write(paths_.red() + "/remote-ipaddress", std::string(10 << 20, '1'));
  fs::create_directory(paths_.red() + "/active");
  EXPECT_EQ(read_red(paths_), FoundRed{});
}

TEST_F(RedWatchTest, AFolderThatIsALinkIsRefused) {
  fs::rename(paths_.red(), paths_.root + "/elsewhere");
  fs::create_directory_symlink(paths_.root + "/elsewhere", paths_.red());
  write(paths_.root + "/elsewhere/iface", "usb0");
  EXPECT_EQ(read_red(paths_), FoundRed{});
  EXPECT_FALSE(RedWatch::open(loop_, paths_, [](Place, const std::string&) {}));
}

TEST_F(RedWatchTest, AFingerprintTellsContentsApart) {
  const std::string path = paths_.ethernet_settings();
  const std::string none = fingerprint(path);
  write(path, "A=1\n");
  const std::string one = fingerprint(path);
  write(path, "A=2\n");
  EXPECT_NE(fingerprint(path), one);
  write(path, "A=1\n");
  EXPECT_EQ(fingerprint(path), one);
  write(path, std::string(10 << 20, 'A'));
  EXPECT_EQ(fingerprint(path), none);
  fs::remove(path);
  fs::create_symlink("/etc/passwd", path);
  EXPECT_EQ(fingerprint(path), none);
}

}  // namespace
}  // namespace mwan::failover::ipfire
