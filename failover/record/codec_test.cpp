// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/codec.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "failover/record/enum_names.hpp"
#include "failover/record/sample_records.hpp"

namespace mwan::failover {
namespace {

using ::testing::HasSubstr;
using testing::sample_actions;
using testing::sample_events;
using testing::sample_policy;

const Instant some_time{Duration(5000123)};

LinkNames names() { return LinkNames(sample_policy()); }
std::string encode(const Record& record) { return encode_record(record, names()); }
std::string event_text(const Event& event) {
  return encode(record::TimedEvent{Instant(Duration(1)), event});
}
std::string error_of(std::string_view line) {
  const auto decoded = decode_record(line, names());
  return decoded ? "accepted" : decoded.error().message;
}
void expect_round_trip(const Record& record) {
  const std::string line = encode(record);
  const auto decoded = decode_record(line, names());
  ASSERT_TRUE(decoded) << line << "\n" << decoded.error().text();
  EXPECT_EQ(*decoded, record) << line;
  EXPECT_EQ(encode(*decoded), line);
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(Codec, EveryKindOfRecordRoundTrips) {
  for (const auto& event : sample_events()) expect_round_trip(record::TimedEvent{some_time, event});
  for (const auto& action : sample_actions()) {
    expect_round_trip(record::TimedAction{some_time, action});
  }
  expect_round_trip(record::Header{sample_policy(), false});
  expect_round_trip(record::Header{sample_policy(), true});
  expect_round_trip(record::WallClock{1700000000, some_time});
  expect_round_trip(record::Lost{some_time, 3});
}

// A kind that is added to a variant must be added here too.
TEST(Codec, TheSamplesHoldEveryKind) {
  const auto kinds = [](const auto& values, auto index) {
    std::set<std::size_t> out;
    for (const auto& value : values) out.insert(index(value));
    return out.size();
  };
  const auto index = [](const auto& v) { return v.index(); };
  EXPECT_EQ(kinds(sample_events(), index), std::variant_size_v<Event>);
  EXPECT_EQ(kinds(testing::sample_facts(), index), std::variant_size_v<Fact>);
  EXPECT_EQ(kinds(sample_actions(), index), std::variant_size_v<Action>);
}

template <class E>
void expect_enumerators(std::size_t count) {
  ASSERT_EQ(enum_names<E>.size(), count);
}

TEST(Codec, EnumerationsHaveAllTheirNames) {
  expect_enumerators<LinkKind>(static_cast<std::size_t>(LinkKind::Pppoe) + 1);
  expect_enumerators<Standby>(static_cast<std::size_t>(Standby::Cold) + 1);
  expect_enumerators<Evidence>(static_cast<std::size_t>(Evidence::Pings) + 1);
  expect_enumerators<LinkVerdict>(static_cast<std::size_t>(LinkVerdict::Good) + 1);
  expect_enumerators<IpFamily>(static_cast<std::size_t>(IpFamily::V6) + 1);
  expect_enumerators<Rat>(static_cast<std::size_t>(Rat::NrSa) + 1);
  expect_enumerators<RegistrationState>(static_cast<std::size_t>(RegistrationState::Denied) + 1);
  expect_enumerators<PacketServiceState>(static_cast<std::size_t>(PacketServiceState::Attached) +
                                         1);
  expect_enumerators<BearerState>(static_cast<std::size_t>(BearerState::Disconnecting) + 1);
  expect_enumerators<fact::Nud>(static_cast<std::size_t>(fact::Nud::Failed) + 1);
  expect_enumerators<FailureClass>(static_cast<std::size_t>(FailureClass::Cancelled) + 1);
}

TEST(Codec, LinesAreForPeople) {
  EXPECT_EQ(encode(record::TimedEvent{some_time, Observation{LinkId{1}, fact::Carrier{false}}}),
            R"({"t_us":5000123,"event":{"carrier":{"link":"wired","up":false}}})");
  EXPECT_EQ(event_text(Observation{LinkId{0}, SignalSample{.rat = Rat::Lte, .rsrp_dbm = -101.5}}),
            R"({"t_us":1,"event":{"signal":{"link":"lte","rat":"lte","rsrp_dbm":-101.5}}})");
  EXPECT_EQ(
      encode(record::TimedAction{some_time, SetProbing{LinkId{0}, 100ms, 200ms}}),
      R"({"t_us":5000123,"action":{"probing":{"link":"lte","interval_us":100000,"limit_us":200000,"in_turn":false}}})");
  EXPECT_EQ(encode(record::WallClock{1700000000, some_time}),
            R"({"wall":1700000000,"t_us":5000123})");
  EXPECT_THAT(encode(record::Header{sample_policy(), false}),
              ::testing::StartsWith(R"({"log":"mwan-decisions","version":2,"policy":{"links":[)"));
}

TEST(Codec, DoublesKeepEveryBit) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isnan(value)) continue;
    expect_round_trip(
        record::TimedEvent{some_time, Observation{LinkId{0}, SignalSample{.rsrp_dbm = value}}});
  }
  const auto nan = decode_record(
      event_text(Observation{LinkId{0},
                             SignalSample{.rsrp_dbm = std::numeric_limits<double>::quiet_NaN()}}),
      names());
  ASSERT_TRUE(nan);
  EXPECT_THAT(encode(*nan), HasSubstr(R"("rsrp_dbm":"nan")"));
}

TEST(Codec, TextThatIsNoUtf8IsReplaced) {
  const Registration registration{.state = RegistrationState::Home,
                                  .rat = Rat::Lte,
                                  .plmn = "",
                                  .operator_name = std::string("A\xff\xc3(\0B", 6),
                                  .reject_cause = {}};
  const auto line = event_text(Observation{LinkId{0}, registration});
  const auto decoded = decode_record(line, names());
  ASSERT_TRUE(decoded) << decoded.error().text();
  const auto& seen = std::get<Observation>(std::get<record::TimedEvent>(*decoded).event);
  EXPECT_EQ(std::get<Registration>(seen.fact).operator_name,
            std::string("A\xef\xbf\xbd\xef\xbf\xbd(\0B", 10));
}

TEST(Codec, ErrorsNameTheField) {
  EXPECT_THAT(error_of(""), HasSubstr("is not JSON"));
  EXPECT_THAT(error_of("{\"t_us\":1,"), HasSubstr("is not JSON"));
  EXPECT_EQ(error_of("[]"), "record: expected an object");
  EXPECT_EQ(error_of("{}"), "t_us: is missing");
  EXPECT_EQ(error_of(R"({"t_us":1})"), "record: expected one of log, wall, event, action, lost");
  EXPECT_EQ(error_of(R"({"t_us":-1,"lost":1})"), "t_us: expected a time from 0 on");
  EXPECT_THAT(error_of(R"({"t_us":18446744073709551615,"lost":1})"), HasSubstr("t_us: expected"));
  EXPECT_THAT(error_of(R"({"t_us":1.5,"lost":1})"), HasSubstr("t_us: expected a whole number"));
  EXPECT_EQ(error_of(R"({"t_us":1,"lost":1,"x":2})"), "x: is not known here");
  EXPECT_EQ(error_of(R"({"t_us":1,"event":{"zap":{}}})"), "event: unknown kind \"zap\"");
  EXPECT_EQ(error_of(R"({"t_us":1,"event":{"":{}}})"), "event: unknown kind \"\"");
  EXPECT_EQ(error_of(R"({"t_us":1,"event":{"timer":{},"start":{}}})"),
            "event: expected an object with one member, the kind of it");
  EXPECT_EQ(error_of(R"({"t_us":1,"event":{"carrier":{"link":"dsl","up":true}}})"),
            "event.carrier.link: expected the name of a link of the policy");
  EXPECT_EQ(error_of(R"({"t_us":1,"event":{"carrier":{"link":"lte","up":1}}})"),
            "event.carrier.up: expected true or false");
  EXPECT_EQ(error_of(R"({"t_us":1,"event":{"signal":{"link":"lte","rat":"7g"}}})"),
            "event.signal.rat: expected one of the names that this version knows");
  EXPECT_EQ(error_of(R"({"t_us":1,"event":{"signal":{"link":"lte","rat":"lte","sinr_db":[]}}})"),
            "event.signal.sinr_db: expected a number");
  EXPECT_EQ(error_of(R"({"t_us":1,"event":{"cells":{"link":"lte","neighbours":[{"rat":"lte",)"
                     R"("pci":70000}]}}})"),
            "event.cells.neighbours[0].pci: expected a whole number from 0 to 65535");
  EXPECT_EQ(error_of(R"({"t_us":1,"action":{"verdict":{"link":"lte","verdict":"good"}}})"),
            "action.verdict.reason: is missing");
}

TEST(Codec, HeadersAreChecked) {
  std::string good = encode(record::Header{sample_policy(), false});
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return error_of(text.replace(at, from.size(), to));
  };
  EXPECT_THAT(with("mwan-decisions", "other"), HasSubstr("log: expected"));
  EXPECT_THAT(with("\"version\":2", "\"version\":1"), HasSubstr("version: this program reads"));
  EXPECT_THAT(with("\"name\":\"wired\"", "\"name\":\"lte\""), HasSubstr("a name of its own"));
  EXPECT_THAT(with("\"name\":\"wired\"", "\"name\":\"#1\""), HasSubstr("a name of its own"));
  EXPECT_THAT(with("\"dwell_us\"", "\"dwell\""), HasSubstr("policy.dwell_us: is missing"));
  Policy none = sample_policy();
  none.links.clear();
  EXPECT_THAT(error_of(encode(record::Header{none, false})), HasSubstr("1 to 256 links"));
  Policy older = sample_policy();
  older.risk.cost_weights.pop_back();
  EXPECT_THAT(error_of(encode(record::Header{older, false})),
              HasSubstr("policy.risk: has not the coefficients"));
}

TEST(Codec, AbsurdInputIsOnlyAnError) {
  EXPECT_EQ(error_of(std::string(500000, '[')), "record: is nested too deeply");
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += R"({"a":)";
  EXPECT_EQ(error_of(objects), "record: is nested too deeply");
  EXPECT_EQ(error_of(R"({"t_us":1,"lost":)" + std::string(100000, '9') + "}"),
            "holds a number that is out of range");
  std::string list = R"({"t_us":1,"event":{"cells":{"link":"lte","neighbours":[0)";
  for (int i = 0; i < 5000; ++i) list += ",0";
  EXPECT_THAT(error_of(list + "]}}}"), HasSubstr("a list of at most 1024"));
  EXPECT_NE(error_of(R"({"t_us":1,"event":{"carrier":{"link":")" + std::string(900000, 'x') +
                     R"(","up":true}}})"),
            "accepted");
  EXPECT_NE(error_of("{\"t_us\":1,\"lost\":1e999}"), "accepted");
}

// Whatever is accepted can be written again and read as the same.
TEST(Codec, MutatedLinesNeverCrash) {
  std::mt19937 random(7);
  std::vector<std::string> lines;
  for (const auto& event : sample_events()) lines.push_back(event_text(event));
  for (const auto& action : sample_actions()) {
    lines.push_back(encode(record::TimedAction{some_time, action}));
  }
  lines.push_back(encode(record::Header{sample_policy(), true}));
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string line = lines[random() % lines.size()];
    for (unsigned n = random() % 3 + 1; n > 0 && !line.empty(); --n) {
      const auto at = random() % line.size();
      switch (random() % 4) {
        case 0:
          line[at] = static_cast<char>(random());
          break;
        case 1:
          line.erase(at, random() % 8);
          break;
        case 2:
          line.insert(at, line.substr(random() % line.size(), random() % 16));
          break;
        default:
          line[at] = "0123456789-.eE\"{}[],:"[random() % 21];
      }
    }
    const auto decoded = decode_record(line, names());
    if (!decoded) continue;
    ++accepted;
    const auto again = decode_record(encode(*decoded), names());
    if (std::holds_alternative<record::Header>(*decoded)) continue;  // has its own names
    ASSERT_TRUE(again) << line;
    EXPECT_EQ(encode(*again), encode(*decoded)) << line;
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace mwan::failover
