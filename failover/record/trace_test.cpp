// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/trace.hpp"

#include <fstream>
#include <random>
#include <sstream>

#include <gmock/gmock.h>

#include "failover/record/sample_records.hpp"

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::sample_facts;

const TraceHeader some_header{1700000000123, {"QMI", "Sierra", "EM7511", "01.14"}};

std::string file_of(const std::vector<std::string>& lines) {
  std::string out = encode_trace_header(some_header) + "\n";
  for (const auto& line : lines) out += line + "\n";
  return out;
}

// Reads everything; the error's text, or how many facts there were.
std::string read_all(const std::string& text) {
  std::istringstream in(text);
  TraceReader reader(in, "drive.trace");
  if (const auto header = reader.header(); !header) return header.error().text();
  for (int count = 0;; ++count) {
    const auto point = reader.next();
    if (!point) return point.error().text();
    if (!*point) return std::to_string(count) + (reader.torn() ? " torn" : "");
  }
}

TEST(Trace, TheHeaderRoundTrips) {
  const std::string line = encode_trace_header(some_header);
  EXPECT_THAT(line,
              HasSubstr(R"({"trace":"mwan-modem","version":1,"started_unix_ms":17000000001)"));
  const auto read = decode_trace_header(line);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, some_header);
}

TEST(Trace, EveryFactRoundTrips) {
  for (const Fact& fact : sample_facts()) {
    const TracePoint point{1500ms, fact};
    const std::string line = encode_trace_point(point);
    const auto read = decode_trace_point(line);
    ASSERT_TRUE(read) << line << "\n" << read.error().text();
    EXPECT_EQ(*read, point) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos);
  }
}

TEST(Trace, LinesAreAsTheManualSays) {
  EXPECT_EQ(encode_trace_point({1500ms, SignalSample{Rat::Lte, std::nullopt, -97.5, {}, {}}}),
            R"({"t_ms":1500,"fact":"signal","rat":"lte","rsrp_dbm":-97.5})");
  EXPECT_EQ(encode_trace_point({2s, PacketService{PacketServiceState::Detached, Rat::Lte}}),
            R"({"t_ms":2000,"fact":"packet-service","state":"detached","rat":"lte"})");
}

TEST(Trace, ErrorsNameTheFileTheLineAndTheField) {
  EXPECT_THAT(read_all("{}\n"), HasSubstr("drive.trace:1: trace: expected \"mwan-modem\""));
  EXPECT_THAT(read_all(""), HasSubstr("drive.trace:1: is not JSON"));
  EXPECT_THAT(read_all(R"({"trace":"mwan-modem","version":2})"), HasSubstr("version 1"));
  EXPECT_THAT(read_all(file_of({R"({"t_ms":5,"fact":"carrier","up":true})", "x"})),
              HasSubstr("drive.trace:3: is not JSON"));
  EXPECT_THAT(read_all(file_of({R"({"t_ms":5,"fact":"ghost"})"})),
              HasSubstr("drive.trace:2: fact: unknown kind \"ghost\""));
  EXPECT_THAT(read_all(file_of({R"({"t_ms":-1,"fact":"carrier","up":true})"})),
              HasSubstr("drive.trace:2: t_ms: expected a time"));
  EXPECT_THAT(read_all(file_of({R"({"t_ms":1,"fact":"carrier","up":1})"})),
              HasSubstr("drive.trace:2: up: expected true or false"));
  EXPECT_THAT(read_all(file_of({R"({"t_ms":1,"fact":"carrier","up":true,"x":1})"})),
              HasSubstr("drive.trace:2: x: is not known here"));
}

TEST(Trace, TimeDoesNotGoBack) {
  const std::string later = R"({"t_ms":500,"fact":"carrier","up":true})";
  const std::string earlier = R"({"t_ms":499,"fact":"carrier","up":false})";
  EXPECT_EQ(read_all(file_of({earlier, later, later})), "3");
  EXPECT_THAT(read_all(file_of({later, earlier})), HasSubstr("drive.trace:3: t_ms: is before"));
}

TEST(Trace, ALineThatWasCutOffIsLeftOut) {
  const std::string line = R"({"t_ms":500,"fact":"carrier","up":true})";
  EXPECT_EQ(read_all(file_of({line}) + line.substr(0, 20)), "1 torn");
  EXPECT_EQ(read_all(file_of({line}) + line), "2");
}

TEST(Trace, SurvivesWhateverItIsGiven) {
  std::mt19937 random(5);
  const std::string good = encode_trace_point({1s, sample_facts()[4]});
  for (int round = 0; round < 5000; ++round) {
    std::string line = good;
    for (unsigned n = random() % 4 + 1; n > 0; --n) {
      line[random() % line.size()] = static_cast<char>(random());
    }
    if (const auto read = decode_trace_point(line); !read) {
      EXPECT_FALSE(read.error().message.empty());
    }
  }
}

TEST(Trace, AWholeFileIsLoaded) {
  const std::string path = ::testing::TempDir() + "mwan_trace_test.trace";
  std::ofstream(path) << file_of({R"({"t_ms":5,"fact":"carrier","up":true})"});
  const auto trace = load_trace(path);
  ASSERT_TRUE(trace) << trace.error().text();
  EXPECT_EQ(trace->header, some_header);
  ASSERT_EQ(trace->points.size(), 1U);
  EXPECT_EQ(trace->points[0], (TracePoint{5ms, fact::Carrier{true}}));
  EXPECT_THAT(load_trace(path + ".none").error().text(), HasSubstr("cannot read the recording"));
}

}  // namespace
}  // namespace mwan::failover
