// SPDX-License-Identifier: LGPL-2.1-or-later
// With the real mwan-tell.
#include "hal/process/report_socket.hpp"

#include <cstdlib>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "hal/program.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class ReportSocketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::path(::testing::TempDir()) / ("mwan_report_" + std::to_string(getpid()));
    auto opened = ReportSocket::open(
        loop_, path_,
        {.report = [this](const ScriptReport& report) { reports_.push_back(report); },
         .refused = [this](const std::string& why) { refused_.push_back(why); }});
    ASSERT_TRUE(opened) << opened.error().text();
    socket_ = std::move(*opened);
  }
  // What the program said, "" when it went well.
  std::string run(std::vector<std::string> argv) {
    Job job;
    std::optional<Result<ProgramResult>> result;
    job.start(run_it({.argv = std::move(argv), .limit = 20s}, result));
    while (job.running()) loop_.iterate(true);
    for (int i = 0; i < 10; ++i) loop_.iterate(false);
    if (!*result) return result->error().text();
    return (*result)->succeeded() ? "" : (*result)->words() + ": " + (*result)->output;
  }
  Task<void> run_it(Program program, std::optional<Result<ProgramResult>>& into) {
    const Cancel never;
    Task<Result<ProgramResult>> task = run_program(loop_, std::move(program), never);
    into = co_await task;
  }
  [[nodiscard]] std::vector<std::string> tell(std::vector<std::string> with) const {
    std::vector<std::string> argv = {"/usr/bin/env", "-i", "MWAN_SOCKET=" + path_.string(),
                                     "PATH=x"};
    argv.insert(argv.end(), with.begin(), with.end());
    return argv;
  }

  fs::path path_;
  Loop loop_;
  ReportSocket socket_;
  std::vector<ScriptReport> reports_;
  std::vector<std::string> refused_;
};

TEST_F(ReportSocketTest, TheProgramTellsWhatItWasCalledWith) {
  EXPECT_EQ(run(tell({"reason=BOUND", "new_ip_address=192.0.2.7", MWAN_TELL, "eth1", ""})), "");
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_EQ(reports_[0].name, "mwan-tell");
  EXPECT_THAT(reports_[0].arguments, ElementsAre("eth1", ""));
  EXPECT_EQ(reports_[0].value("new_ip_address"), "192.0.2.7");
  EXPECT_EQ(reports_[0].environment.size(), 2U);
}

TEST_F(ReportSocketTest, StrangersAndNonsenseAreNotHeard) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.string().copy(address.sun_path, sizeof address.sun_path - 1);
  const UniqueFd sender(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(sendto(sender.get(), "nonsense", 8, 0, reinterpret_cast<const sockaddr*>(&address),
                   sizeof address),
            8);
  loop_.iterate(true);
  EXPECT_THAT(refused_, ElementsAre(HasSubstr("empty, too long, or cut off")));
  if (geteuid() != 0) GTEST_SKIP() << "needs root to be somebody else";
  // Even one who can open the socket.
  ASSERT_EQ(chmod(path_.c_str(), 0666), 0);
  EXPECT_EQ(run(tell({"/usr/bin/setpriv", "--reuid", "65534", MWAN_TELL})), "");
  EXPECT_THAT(refused_.back(), HasSubstr("from user 65534"));
  EXPECT_TRUE(reports_.empty());
}

TEST_F(ReportSocketTest, OnlyItsOwnerCanSend) {
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  socket_.close();
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_THAT(run(tell({MWAN_TELL})), HasSubstr("No such file"));
  EXPECT_THAT(run({"/usr/bin/env", "-i", MWAN_TELL}), HasSubstr("MWAN_SOCKET"));
}

TEST_F(ReportSocketTest, APathThatIsTooLongIsRefusedInWords) {
  const auto opened = ReportSocket::open(loop_, "/tmp/" + std::string(200, 'x'), {});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().text(), HasSubstr("too long for a socket"));
}

}  // namespace
}  // namespace mwan
