// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/decision_log.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "failover/record/codec.hpp"
#include "failover/record/decision_reader.hpp"
#include "failover/record/sample_records.hpp"

namespace mwan::failover {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::sample_actions;
using testing::sample_policy;
using ::testing::SizeIs;

class Log : public ::testing::Test {
 public:
  Log() {
    std::string name = ::testing::TempDir() + "mwan-log-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    directory_ = name;
    path_ = directory_ / "decisions.jsonl";
  }
  ~Log() override { std::filesystem::remove_all(directory_); }

 protected:
  DecisionLogOptions options(std::uint64_t max_bytes = 1U << 20U) {
    return {.path = path_.string(),
            .max_bytes = max_bytes,
            .wall_clock = [] { return std::int64_t{1700000000}; },
            .complain = [this](const std::string& what) { complaints_.push_back(what); }};
  }
  struct Contents {
    std::vector<Record> records;
    std::string error;
    bool torn = false;
  };
  static Contents read(const std::filesystem::path& path) {
    std::ifstream in(path);
    DecisionReader reader(in, path.filename().string());
    Contents out;
    while (true) {
      auto record = reader.next();
      out.torn = reader.torn();
      if (!record) out.error = record.error().text();
      if (!record) return out;
      const auto& value = *record;
      if (!value) return out;
      out.records.push_back(*value);
    }
  }
  [[nodiscard]] std::string text() const {
    std::ifstream in(path_);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  static Instant at(int second) { return Instant(std::chrono::seconds(second)); }

  std::filesystem::path directory_;
  std::filesystem::path path_;
  std::vector<std::string> complaints_;
};

TEST_F(Log, HoldsWhatHappenedInItsOrder) {
  DecisionLog log(options());
  log.begin(sample_policy(), at(1));
  log.record(at(2), Start{}, sample_actions());
  log.record(at(3), TimerFired{}, {});
  const auto contents = read(path_);
  EXPECT_EQ(contents.error, "");
  std::vector<Record> expected = {record::Header{sample_policy(), false},
                                  record::WallClock{1700000000, at(1)},
                                  record::TimedEvent{at(2), Start{}}};
  for (const auto& action : sample_actions()) {
    expected.emplace_back(record::TimedAction{at(2), action});
  }
  expected.emplace_back(record::TimedEvent{at(3), TimerFired{}});
  EXPECT_EQ(contents.records, expected);
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0137U, 0U);  // others: nothing; group: at most reading
  EXPECT_THAT(complaints_, IsEmpty());
}

TEST_F(Log, AppendsAfterCuttingOffAHalfLine) {
  {
    DecisionLog log(options());
    log.begin(sample_policy(), at(1));
  }
  std::ofstream(path_, std::ios::app) << R"({"t_us":5,"event":{"carr)";
  EXPECT_TRUE(read(path_).torn);
  EXPECT_THAT(read(path_).records, SizeIs(2));
  DecisionLog log(options());
  log.begin(sample_policy(), at(9));
  const auto contents = read(path_);
  EXPECT_EQ(contents.error, "");
  EXPECT_FALSE(contents.torn);
  EXPECT_THAT(contents.records, SizeIs(4));
  EXPECT_EQ(contents.records.at(2), Record(record::Header{sample_policy(), false}));
}

TEST_F(Log, RotatesOnceAndSaysThatItGoesOn) {
  constexpr std::uint64_t limit = 4000;
  DecisionLog log(options(limit));
  log.begin(sample_policy(), at(0));
  for (int i = 1; i < 200; ++i) log.record(at(i), TimerFired{}, {});
  EXPECT_LE(std::filesystem::file_size(path_), limit);
  EXPECT_LE(std::filesystem::file_size(path_.string() + ".1"), limit);
  const auto older = read(path_.string() + ".1");
  const auto newer = read(path_);
  EXPECT_EQ(older.error + newer.error, "");
  EXPECT_EQ(newer.records.front(), Record(record::Header{sample_policy(), true}));
  // Nothing is lost between the two.
  const auto last = std::get<record::TimedEvent>(older.records.back()).time;
  const auto first = std::get<record::TimedEvent>(newer.records.at(2)).time;
  EXPECT_EQ(first - last, std::chrono::seconds(1));
  EXPECT_EQ(std::get<record::TimedEvent>(newer.records.back()).time, at(199));
  EXPECT_THAT(complaints_, IsEmpty());
}

TEST_F(Log, ComplainsOnceAndGoesOn) {
  path_ = directory_ / "missing" / "decisions.jsonl";
  DecisionLog log(options());
  log.begin(sample_policy(), at(1));
  log.record(at(2), TimerFired{}, {});
  log.begin(sample_policy(), at(3));
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("cannot be opened: No such file or directory")));
  std::filesystem::create_directory(directory_ / "missing");
  log.begin(sample_policy(), at(4));
  EXPECT_THAT(read(path_).records, SizeIs(2));
}

TEST_F(Log, FollowsNoSymbolicLinkAndBlocksOnNoFifo) {
  std::ofstream(directory_ / "precious") << "x";
  std::filesystem::create_symlink(directory_ / "precious", path_);
  DecisionLog log(options());
  log.begin(sample_policy(), at(1));
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("is a symbolic link")));
  EXPECT_EQ(std::filesystem::file_size(directory_ / "precious"), 1U);
  std::filesystem::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  complaints_.clear();
  DecisionLog other(options());
  other.begin(sample_policy(), at(1));
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("is not a regular file")));
}

TEST_F(Log, CountsWhatAFullDiskLost) {
  DecisionLog log(options());
  log.begin(sample_policy(), at(1));
  const auto whole = text();
  // A limit of the process stands in for the end of the disk.
  struct rlimit before {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit small = before;
  small.rlim_cur = whole.size() + 20;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  log.record(at(2), TimerFired{}, {});
  log.record(at(3), TimerFired{}, {});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(text(), whole);
  log.record(at(4), TimerFired{}, {});
  const auto contents = read(path_);
  EXPECT_EQ(contents.error, "");
  ASSERT_THAT(contents.records, SizeIs(4));
  EXPECT_EQ(contents.records.at(2), Record(record::Lost{at(4), 2}));
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("cannot be written: File too large")));
}

TEST_F(Log, WritesNothingWithoutAPath) {
  DecisionLog log({});
  log.begin(sample_policy(), at(1));
  log.record(at(2), TimerFired{}, {});
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

std::string read_error(const std::string& text) {
  std::istringstream in(text);
  DecisionReader reader(in, "log");
  while (true) {
    const auto record = reader.next();
    if (!record) return record.error().text();
    if (!record->has_value()) return reader.torn() ? "torn" : "";
  }
}

TEST(Reader, ErrorsNameFileAndLine) {
  const std::string header = encode_record(record::Header{sample_policy(), false}, {}) + "\n";
  EXPECT_EQ(read_error(""), "");
  EXPECT_EQ(read_error(header), "");
  EXPECT_EQ(read_error(R"({"t_us":1,"lost":1})"
                       "\n"),
            "log:1: the first line must be the log's header, with the policy");
  EXPECT_THAT(read_error(header + "\n"), HasSubstr("log:2: is not JSON"));
  EXPECT_EQ(read_error(header + R"({"t_us":"x","lost":1})" + "\n"),
            "log:2: t_us: expected a whole number from -9007199254740992 to 9007199254740992");
  EXPECT_EQ(read_error(header + "{\"t_us\":1,\"lo"), "torn");
  EXPECT_EQ(read_error(header + "{\"t_us\":1,\"lost\":2}"), "");
  EXPECT_EQ(read_error(header + std::string(3U << 20U, 'x')),
            "log:2: the line is longer than 1 MiB");
}

}  // namespace
}  // namespace mwan::failover
