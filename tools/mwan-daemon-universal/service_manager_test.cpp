// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/service_manager.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mwan::daemon {
namespace {

using namespace std::chrono_literals;

class ServiceManagerTest : public testing::Test {
 protected:
  // As systemd: a datagram socket with an abstract name.
  ServiceManagerTest() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const std::string name = "mwan-notify-test-" + std::to_string(getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~ServiceManagerTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }
  std::string heard() {
    std::array<char, 512> text{};
    const auto got = recv(socket_.get(), text.data(), text.size(), 0);
    return {text.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

  UniqueFd socket_;
  Loop loop_;
};

TEST_F(ServiceManagerTest, HearsThatItIsReadyAndThatItEnds) {
  auto manager = ServiceManager::from_environment();
  EXPECT_TRUE(manager.there());
  EXPECT_EQ(getenv("NOTIFY_SOCKET"), nullptr) << "programs that we start shall not have it";
  manager.ready(loop_, "3 links");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=3 links\n");
  manager.stopping();
  EXPECT_EQ(heard(), "STOPPING=1\n");
  EXPECT_EQ(heard(), "") << "without a watchdog nothing is fed";
}

TEST_F(ServiceManagerTest, TheLoopFeedsTheWatchdog) {
  setenv("WATCHDOG_USEC", "20000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  auto manager = ServiceManager::from_environment();
  manager.ready(loop_, "");
  heard();
  EXPECT_EQ(heard(), "WATCHDOG=1\n");
  loop_.iterate(true);
  EXPECT_EQ(heard(), "WATCHDOG=1\n");
}

TEST_F(ServiceManagerTest, SomebodyElsesWatchdogIsNotFed) {
  setenv("WATCHDOG_USEC", "20000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  auto manager = ServiceManager::from_environment();
  manager.ready(loop_, "");
  heard();
  EXPECT_EQ(heard(), "");
}

TEST(ServiceManagerAlone, WithoutASocketNothingIsSaid) {
  for (const std::string& place : {std::string(), std::string("relative"), std::string(200, '/')}) {
    setenv("NOTIFY_SOCKET", place.c_str(), 1);
    EXPECT_FALSE(ServiceManager::from_environment().there()) << place;
  }
}

}  // namespace
}  // namespace mwan::daemon
