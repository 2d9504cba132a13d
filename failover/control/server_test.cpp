// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/control/server.hpp"

#include <cstdlib>
#include <filesystem>
#include <future>

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failover/control/client.hpp"

namespace mwan::failover::control {
namespace {

using namespace std::chrono_literals;

class Control : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "mwan-control-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void open(std::optional<gid_t> group = {}) {
    auto opened = Server::open(loop_, {.directory = directory_, .group = group},
                               [this](const Request& request, const std::string& who) {
                                 heard_.push_back(request);
                                 who_ = who;
                                 return Answer{.words = "so be it"};
                               });
    ASSERT_TRUE(opened) << opened.error().text();
    server_ = std::move(*opened);
  }
  void turn() {
    for (int i = 0; i < 200; ++i) loop_.iterate(false);
  }
  // Asks beside the loop, which has to turn for an answer.
  Result<Answer> ask(const Request& request) {
    auto asked = std::async(std::launch::async,
                            [this, request] { return control::ask(directory_, request, 5s); });
    while (asked.wait_for(1ms) != std::future_status::ready) turn();
    return asked.get();
  }
  [[nodiscard]] UniqueFd connect() const {
    UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto address = socket_address(directory_ + "/" + socket_name);
    EXPECT_TRUE(address);
    if (::connect(fd.get(), generic(*address), sizeof *address) != 0) fd.reset();
    return fd;
  }
  // What comes of these bytes.
  [[nodiscard]] Answer tell(const UniqueFd& fd, const std::string& text) {
    EXPECT_EQ(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
    turn();
    std::string out(max_answer, '\0');
    const ssize_t got = ::recv(fd.get(), out.data(), out.size(), 0);
    EXPECT_GT(got, 0) << "no answer to " << text.substr(0, 80);
    out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return parse_answer(out);
  }

  Loop loop_;
  std::string directory_;
  std::unique_ptr<Server> server_;
  std::vector<Request> heard_;
  std::string who_;
};

TEST_F(Control, ARequestIsHeardAndAnswered) {
  open();
  const Request request{.verb = Verb::Failover, .link = "lte"};
  const auto answer = ask(request);
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(*answer, (Answer{.words = "so be it"}));
  EXPECT_EQ(heard_, std::vector{request});
  EXPECT_EQ(who_, "user id " + std::to_string(getuid()) + ", process " + std::to_string(getpid()));
}

TEST_F(Control, ManyRequestsOverOneConnection) {
  open();
  const auto fd = connect();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(tell(fd, encode_request({.verb = Verb::Pause})).words, "so be it");
  }
  EXPECT_EQ(heard_.size(), 50U);
}

TEST_F(Control, BadInputIsExplainedAndTheNextIsHeard) {
  open();
  const auto fd = connect();
  const Answer bad = tell(fd, R"({"version":1,"command":"failover","link":7})");
  EXPECT_EQ(bad.kind, Kind::BadRequest);
  EXPECT_EQ(bad.field, "link");
  EXPECT_EQ(tell(fd, std::string(60'000, '{')).kind, Kind::BadRequest);
  EXPECT_EQ(tell(fd, std::string("\0\xff", 2)).kind, Kind::BadRequest);
  EXPECT_TRUE(heard_.empty());
  EXPECT_EQ(tell(fd, encode_request({.verb = Verb::Resume})).kind, Kind::Done);
}

TEST_F(Control, WithoutADaemonThereIsNobody) {
  EXPECT_EQ(control::tell(directory_, Verb::Look), Result<bool>(false));
  EXPECT_EQ(control::tell(directory_ + "/nowhere", Verb::Look), Result<bool>(false));
  const auto answer = control::ask(directory_, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().failure, FailureClass::Gone);
}

TEST_F(Control, ADaemonThatHangsIsNotWaitedForLong) {
  open();
  const auto answer = control::ask(directory_, {}, 50ms);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().text(), testing::HasSubstr("does not answer"));
}

TEST_F(Control, ManyLooksAreHeardAndNoneBlocks) {
  open();
  for (int i = 0; i < 2000; ++i)
    EXPECT_EQ(control::tell(directory_, Verb::Look), Result<bool>(true));
  turn();
  EXPECT_THAT(heard_, testing::Contains(Request{.verb = Verb::Look}));
  EXPECT_LT(heard_.size(), 200U);
  heard_.clear();
  EXPECT_EQ(control::tell(directory_, Verb::Look), Result<bool>(true));
  turn();
  EXPECT_EQ(heard_.size(), 1U) << "there is place again";
}

TEST_F(Control, ThoseBeyondTheLimitWaitForAPlace) {
  open();
  std::vector<UniqueFd> idle;
  for (int i = 0; i < 16; ++i) idle.push_back(connect());
  turn();
  const auto late = connect();
  ASSERT_TRUE(late);
  const std::string text = encode_request({.verb = Verb::Pause});
  ASSERT_GT(::send(late.get(), text.data(), text.size(), 0), 0);
  turn();
  EXPECT_THAT(heard_, testing::Not(testing::Contains(Request{.verb = Verb::Pause})));
  idle.pop_back();
  turn();
  EXPECT_THAT(heard_, testing::Contains(Request{.verb = Verb::Pause}));
}

TEST_F(Control, OneThatDoesNotReadIsLeft) {
  open();
  const auto fd = connect();
  const std::string text = encode_request({.verb = Verb::Pause});
  for (int i = 0; i < 100'000; ++i) {
    if (::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0 && errno == EPIPE) break;
    loop_.iterate(false);
  }
  EXPECT_LT(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL), 0);
  EXPECT_EQ(errno, EPIPE);
}

TEST_F(Control, TheSocketIsPrivateAndGoesWithTheDaemon) {
  open();
  struct stat info {};
  ASSERT_EQ(stat((directory_ + "/control.sock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  server_.reset();
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

TEST_F(Control, WhatAKilledDaemonLeftIsTakenOver) {
  open();
  ASSERT_EQ(std::rename((directory_ + "/control.sock").c_str(), (directory_ + "/kept").c_str()), 0);
  server_.reset();
  ASSERT_EQ(std::rename((directory_ + "/kept").c_str(), (directory_ + "/control.sock").c_str()), 0);
  EXPECT_EQ(control::tell(directory_, Verb::Look), Result<bool>(false));
  open();
  EXPECT_TRUE(ask({}));
}

// As nobody, with this group beside. 0: it was answered as expected.
int as_a_stranger(const std::string& directory, gid_t group, Kind expected) {
  const pid_t child = fork();
  if (child == 0) {
    if (setgroups(1, &group) != 0 || setgid(65534) != 0 || setuid(65534) != 0) _exit(2);
    const auto answer = control::ask(directory, {.verb = Verb::Pause}, 5s);
    _exit(answer && answer->kind == expected ? 0 : 1);
  }
  return child;
}

TEST_F(Control, AStrangerIsNotHeard) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  open(1234);
  // As if somebody had opened the way.
  std::filesystem::permissions(directory_, std::filesystem::perms(0755));
  std::filesystem::permissions(directory_ + "/control.sock", std::filesystem::perms(0666));
  const auto wait_for = [this](pid_t child) {
    int status = -1;
    while (waitpid(child, &status, WNOHANG) == 0) turn();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  EXPECT_EQ(wait_for(as_a_stranger(directory_, 4321, Kind::NotPermitted)), 0);
  EXPECT_TRUE(heard_.empty());
  EXPECT_EQ(wait_for(as_a_stranger(directory_, 1234, Kind::Done)), 0);
  EXPECT_EQ(heard_.size(), 1U);
}

TEST_F(Control, TheGroupMayConnectAndNobodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a file to a group";
  open(1234);
  struct stat info {};
  ASSERT_EQ(stat((directory_ + "/control.sock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660U);
  EXPECT_EQ(info.st_gid, 1234U);
}

TEST_F(Control, APathThatIsTooLongIsSaid) {
  const auto said = control::tell(std::string(200, 'x'), Verb::Look);
  ASSERT_FALSE(said);
  EXPECT_THAT(said.error().text(), testing::HasSubstr("too long for a socket"));
}

TEST(ControlGroup, IsFoundByItsName) {
  EXPECT_EQ(group_named("root"), Result<gid_t>(0));
  const auto none = group_named("no-such-group-here");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().text(), "CONTROL_GROUP=no-such-group-here: no such group");
}

}  // namespace
}  // namespace mwan::failover::control
