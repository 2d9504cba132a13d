// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/hotplug/notify.hpp"

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mwan::failover {
namespace {

class Notify : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "mwan-notify-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void open() {
    auto opened = NotifySocket::open(loop_, directory_, [this] { ++heard_; });
    ASSERT_TRUE(opened) << opened.error().text();
    socket_ = std::move(*opened);
  }
  void turn() {
    for (int i = 0; i < 10; ++i) loop_.iterate(false);
  }
  Loop loop_;
  std::string directory_;
  std::unique_ptr<NotifySocket> socket_;
  int heard_ = 0;
};

TEST_F(Notify, WithoutADaemonThereIsNobody) {
  EXPECT_EQ(notify_daemon(directory_), Result<bool>(false));
  EXPECT_EQ(notify_daemon(directory_ + "/nowhere"), Result<bool>(false));
}

TEST_F(Notify, ManyAreOneAndNoneBlocks) {
  open();
  for (int i = 0; i < 2000; ++i) EXPECT_EQ(notify_daemon(directory_), Result<bool>(true));
  turn();
  EXPECT_GE(heard_, 1);
  EXPECT_LT(heard_, 50);
}

TEST_F(Notify, TheSocketIsPrivateAndGoesWithTheDaemon) {
  open();
  struct stat info {};
  ASSERT_EQ(stat((directory_ + "/hotplug.sock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  socket_.reset();
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
  EXPECT_EQ(notify_daemon(directory_), Result<bool>(false));
}

TEST_F(Notify, WhatAKilledDaemonLeftIsTakenOver) {
  open();
  ASSERT_EQ(std::rename((directory_ + "/hotplug.sock").c_str(), (directory_ + "/kept").c_str()), 0);
  socket_.reset();
  ASSERT_EQ(std::rename((directory_ + "/kept").c_str(), (directory_ + "/hotplug.sock").c_str()), 0);
  EXPECT_EQ(notify_daemon(directory_), Result<bool>(false));
  open();
  EXPECT_EQ(notify_daemon(directory_), Result<bool>(true));
  turn();
  EXPECT_EQ(heard_, 1);
}

TEST_F(Notify, AStrangerIsNotHeard) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  open();
  // As if somebody had opened the way.
  std::filesystem::permissions(directory_, std::filesystem::perms(0755));
  std::filesystem::permissions(directory_ + "/hotplug.sock", std::filesystem::perms(0666));
  const pid_t child = fork();
  if (child == 0) {
    if (setgid(65534) != 0 || setuid(65534) != 0) _exit(2);
    _exit(notify_daemon(directory_).value_or(false) ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "it could not even send";
  turn();
  EXPECT_EQ(heard_, 0);
}

TEST_F(Notify, APathThatIsTooLongIsSaid) {
  const auto said = notify_daemon(std::string(200, 'x'));
  ASSERT_FALSE(said);
  EXPECT_THAT(said.error().text(), testing::HasSubstr("too long for a socket"));
}

}  // namespace
}  // namespace mwan::failover
