// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/journal_stream.hpp"

#include <array>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mwan::daemon {
namespace {

TEST(JournalStream, IsTheConnectionThatSystemdMade) {
  std::array<int, 2> pair{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
  struct stat info {};
  ASSERT_EQ(fstat(pair[0], &info), 0);
  const std::string stream = std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
  EXPECT_TRUE(is_journal(pair[0], stream));
  EXPECT_FALSE(is_journal(pair[1], stream)) << "redirected since";
  EXPECT_FALSE(is_journal(pair[0], ""));
  EXPECT_FALSE(is_journal(pair[0], stream + "1"));
  close(pair[0]);
  close(pair[1]);
  EXPECT_FALSE(is_journal(pair[0], stream));
}

}  // namespace
}  // namespace mwan::daemon
