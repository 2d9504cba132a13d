// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/process_book.hpp"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mwan::failover::ipfire {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

// A process that sleeps, by any name.
class Sleeper {
 public:
  explicit Sleeper(const char* name) : pid_(::fork()) {
    if (pid_ == 0) {
      ::execl("/bin/sleep", name, "60", nullptr);
      ::_exit(127);
    }
    const std::string exe = "/proc/" + std::to_string(pid_) + "/exe";
    std::string target(64, '\0');
    while (!target.starts_with("/bin/sleep") && !target.starts_with("/usr/bin/sleep")) {
      static_cast<void>(::readlink(exe.c_str(), target.data(), target.size()));
    }
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() { end(); }
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

constexpr pid_t kNobody = 4000000;  // larger than any number of a process

TEST(ProcessBook, AProcessIsSeenWithWhoStartedIt) {
  const Sleeper connectd("connectd");
  const auto view = view_process(connectd.pid());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->argv, (std::vector<std::string>{"connectd", "60"}));
  ProcessBook book(kNobody);
  const auto doer = book.started(connectd.pid(), Instant{1s});
  ASSERT_TRUE(doer);
  EXPECT_EQ(doer->act, Act::Connect);
  ProcessBook ours(::getpid());
  EXPECT_EQ(ours.started(connectd.pid(), Instant{1s})->who, Who::Ourselves);
  EXPECT_THAT(ours.active(), IsEmpty());
}

TEST(ProcessBook, ItIsRememberedForAMomentAfterItsEnd) {
  Sleeper connectd("connectd");
  ProcessBook book(kNobody);
  const pid_t pid = connectd.pid();
  ASSERT_TRUE(book.started(pid, Instant{1s}));
  connectd.end();
  EXPECT_TRUE(book.ended(pid, Instant{2s}));
  EXPECT_FALSE(book.ended(pid, Instant{2s}));
  ASSERT_TRUE(book.who(pid));
  EXPECT_EQ(book.who(pid)->act, Act::Connect);
  EXPECT_THAT(book.lately(Instant{3s}, {Act::Connect}), SizeIs(1));
  EXPECT_THAT(book.lately(Instant{3s}, {Act::Lease}), IsEmpty());
  EXPECT_THAT(book.lately(Instant{5s}, {Act::Connect}), IsEmpty());
}

TEST(ProcessBook, OneThatRunsForLongIsADaemon) {
  const Sleeper connectd("connectd");
  ProcessBook book(kNobody);
  ASSERT_TRUE(book.started(connectd.pid(), Instant{1s}));
  EXPECT_THAT(book.lately(Instant{30s}, {Act::Connect}), SizeIs(1));
  EXPECT_THAT(book.lately(Instant{10min}, {Act::Connect}), IsEmpty());
}

TEST(ProcessBook, WithoutBeingToldItLooks) {
  const Sleeper connectd("connectd");
  const ProcessBook book(kNobody);
  const auto running = book.running();
  EXPECT_TRUE(
      std::ranges::any_of(running, [&](const Doer& doer) { return doer.pid == connectd.pid(); }));
}

TEST(ProcessBook, AProcessThatIsNotThereIsNothing) {
  ProcessBook book(kNobody);
  EXPECT_FALSE(book.started(kNobody - 1, Instant{}));
  EXPECT_FALSE(book.who(kNobody - 1));
  EXPECT_FALSE(view_process(kNobody - 1));
}

TEST(ProcessBook, OfOneThatIsGoneItsParentIsKnown) {
  const Sleeper connectd("connectd");
  ProcessBook book(kNobody);
  book.forked(kNobody - 1, connectd.pid());
  const auto doer = book.started(kNobody - 1, Instant{1s});
  ASSERT_TRUE(doer);
  EXPECT_EQ(doer->within, Act::Connect);
  EXPECT_EQ(doer->culprit, connectd.pid());
  EXPECT_THAT(book.just_now(Instant{1100ms}), SizeIs(1));
  EXPECT_THAT(book.just_now(Instant{3s}), IsEmpty());
}

TEST(ProcessBook, ItDoesNotGrow) {
  ProcessBook book(kNobody);
  for (int i = 0; i < 200; ++i) {
    Sleeper one("connectd");
    ASSERT_TRUE(book.started(one.pid(), Instant{1s}));
    book.ended(one.pid(), Instant{1s});
    book.forked(kNobody - 1 - i, 1);
  }
  EXPECT_LE(book.lately(Instant{1s}, {Act::Connect}).size(), 128U);
}

}  // namespace
}  // namespace mwan::failover::ipfire
