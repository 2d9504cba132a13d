// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/state/state_store.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace mwan::failover {
namespace {

using testing::HasSubstr;

class State : public testing::Test {
 public:
  State() {
    std::string name = testing::TempDir() + "mwan-state-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    top_ = name;
    path_ = top_ / "lib/state";
  }
  ~State() override { std::filesystem::remove_all(top_); }

 protected:
  [[nodiscard]] StateStore store() const {
    auto opened = StateStore::open(path_);
    EXPECT_TRUE(opened) << opened.error().text();
    return std::move(*opened);
  }
  [[nodiscard]] std::string error() const {
    const auto opened = StateStore::open(path_);
    return opened ? "" : opened.error().text();
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    std::ifstream in(path_ / name);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }

  std::filesystem::path top_;
  std::filesystem::path path_;
};

TEST_F(State, KeepsNamedFiles) {
  auto state = store();
  EXPECT_EQ(state.get("current-profile").value(), std::nullopt);
  ASSERT_TRUE(state.put("current-profile", "lte\n"));
  EXPECT_EQ(state.get("current-profile").value(), "lte\n");
  ASSERT_TRUE(state.put("current-profile", ""));
  EXPECT_EQ(state.get("current-profile").value(), "");
  ASSERT_TRUE(state.remove("current-profile"));
  ASSERT_TRUE(state.remove("current-profile"));
  EXPECT_EQ(state.get("current-profile").value(), std::nullopt);
  EXPECT_TRUE(std::filesystem::is_empty(path_));
}

TEST_F(State, ReplacesAFileInOneGo) {
  auto state = store();
  ASSERT_TRUE(state.put("found", std::string(100000, 'a')));
  std::ifstream reader(path_ / "found");  // has the old file open while the new one comes
  ASSERT_TRUE(state.put("found", "b"));
  std::ostringstream seen;
  seen << reader.rdbuf();
  EXPECT_EQ(seen.str(), std::string(100000, 'a'));
  EXPECT_EQ(file("found"), "b");
}

TEST_F(State, GetsOverTheRemainsOfAKilledWriter) {
  auto state = store();
  std::ofstream(path_ / ".found.new") << "half";
  ASSERT_TRUE(state.put("found", "whole"));
  EXPECT_EQ(file("found"), "whole");
  EXPECT_FALSE(std::filesystem::exists(path_ / ".found.new"));
}

TEST_F(State, RefusesOddNames) {
  auto state = store();
  for (const auto* name : {"", ".", "..", "../x", "a/b", ".hidden", "a b"}) {
    EXPECT_FALSE(state.put(name, "x")) << name;
    EXPECT_FALSE(state.get(name)) << name;
    EXPECT_FALSE(state.remove(name)) << name;
  }
}

TEST_F(State, NeverFollowsSymbolicLinks) {
  auto state = store();
  std::ofstream(top_ / "precious") << "untouched";
  std::filesystem::create_symlink(top_ / "precious", path_ / "found");
  std::filesystem::create_symlink(top_ / "precious", path_ / ".found.new");
  const auto got = state.get("found");
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().text(), HasSubstr("found: is a symbolic link"));
  ASSERT_TRUE(state.put("found", "ours"));
  EXPECT_FALSE(std::filesystem::is_symlink(path_ / "found"));
  EXPECT_EQ(file("found"), "ours");
  std::ifstream in(top_ / "precious");
  std::string word;
  in >> word;
  EXPECT_EQ(word, "untouched");
}

TEST_F(State, RefusesWhatIsNoFile) {
  auto state = store();
  ASSERT_EQ(mkfifo((path_ / "found").c_str(), 0600), 0);
  EXPECT_THAT(state.get("found").error().text(), HasSubstr("is not a regular file"));
  std::ofstream(path_ / "large") << std::string(std::size_t{1025} * 1024, 'x');
  EXPECT_THAT(state.get("large").error().text(), HasSubstr("larger than 1 MiB"));
}

TEST_F(State, RefusesADirectoryThatIsNotItsOwn) {
  std::filesystem::create_directories(top_ / "elsewhere");
  std::filesystem::create_directories(top_ / "lib");
  std::filesystem::create_directory_symlink(top_ / "elsewhere", path_);
  EXPECT_THAT(error(), HasSubstr("symbolic link"));
  std::filesystem::remove(path_);
  std::ofstream(path_) << "";
  EXPECT_THAT(error(), HasSubstr("is not a directory"));
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  std::filesystem::permissions(path_, std::filesystem::perms(0777));
  EXPECT_THAT(error(), HasSubstr("can be written to by others (mode 0777)"));
  std::filesystem::permissions(path_, std::filesystem::perms(0755));
  EXPECT_EQ(error(), "");
  if (geteuid() == 0) {
    ASSERT_EQ(chown(path_.c_str(), 65534, 65534), 0);
    EXPECT_THAT(error(), HasSubstr("belongs to user id 65534, the daemon runs as 0"));
  }
  std::filesystem::remove(path_);
  path_ = "/proc/nowhere/state";
  EXPECT_THAT(error(), HasSubstr("cannot be made"));
}

TEST_F(State, OnlyOneIsTheDaemon) {
  auto first = store();
  ASSERT_TRUE(first.become_daemon());
  ASSERT_TRUE(first.become_daemon());
  EXPECT_EQ(file("daemon.pid"), std::to_string(getpid()) + "\n");
  auto second = store();
  const auto refused = second.become_daemon();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().failure, FailureClass::Permanent);
  EXPECT_THAT(refused.error().text(),
              HasSubstr("already running as process " + std::to_string(getpid())));
  first.resign();
  EXPECT_FALSE(std::filesystem::exists(path_ / "daemon.pid"));
  EXPECT_TRUE(second.become_daemon());
}

TEST_F(State, AKilledDaemonIsSucceeded) {
  const auto child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto state = StateStore::open(path_);
    const bool locked = state && state->become_daemon();
    if (locked) kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  auto state = store();
  EXPECT_EQ(file("daemon.pid"), std::to_string(child) + "\n");
  ASSERT_TRUE(state.become_daemon());
  EXPECT_EQ(file("daemon.pid"), std::to_string(getpid()) + "\n");
}

TEST_F(State, AMovedStoreStaysTheDaemon) {
  auto first = store();
  ASSERT_TRUE(first.become_daemon());
  {
    const StateStore moved(std::move(first));
    EXPECT_TRUE(std::filesystem::exists(path_ / "daemon.pid"));
  }
  EXPECT_FALSE(std::filesystem::exists(path_ / "daemon.pid"));
}

}  // namespace
}  // namespace mwan::failover
