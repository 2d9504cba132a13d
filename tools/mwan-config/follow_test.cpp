// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/follow.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <unistd.h>

namespace mwan::config_tool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Follow : public testing::Test {
 protected:
  Follow() {
    std::string name = testing::TempDir() + "mwan-follow-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
    path_ = folder_ / "log";
  }
  ~Follow() override { std::filesystem::remove_all(folder_); }
  void append(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

TEST_F(Follow, TheLastLinesAndThoseThatCome) {
  append("one\ntwo\nthree\nfo");
  LineFollower follower(path_);
  EXPECT_THAT(*follower.last(2), ElementsAre("two", "three"));
  append("ur\n");
  EXPECT_THAT(*follower.next(), ElementsAre("four"));
}

TEST_F(Follow, WaitsForWhatIsWritten) {
  append("one\n");
  LineFollower follower(path_);
  ASSERT_TRUE(follower.last(1));
  std::thread later([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    append("two\n");
  });
  EXPECT_THAT(*follower.next(), ElementsAre("two"));
  later.join();
}

TEST_F(Follow, ANewFileInItsPlaceIsReadFromItsBeginning) {
  append("one\n");
  LineFollower follower(path_);
  ASSERT_TRUE(follower.last(1));
  std::filesystem::rename(path_, folder_ / "log.1");
  append("two\n");
  EXPECT_THAT(*follower.next(), ElementsAre("two"));
  std::filesystem::resize_file(path_, 0);
  append("x\n");
  EXPECT_THAT(*follower.next(), ElementsAre("x"));
}

TEST_F(Follow, OfALargeFileOnlyTheEnd) {
  for (int i = 0; i < 3000; ++i) append("line " + std::to_string(i) + "\n");
  EXPECT_THAT(*LineFollower(path_).last(2), ElementsAre("line 2998", "line 2999"));
  EXPECT_THAT(LineFollower(folder_ / "none").last(2).error().text(), HasSubstr("No such file"));
  EXPECT_THAT(LineFollower(folder_).last(2).error().text(), HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace mwan::config_tool
