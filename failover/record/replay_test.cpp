// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/replay.hpp"

#include <deque>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <gmock/gmock.h>

#include "failover/record/decision_log.hpp"
#include "failover/record/sample_records.hpp"

namespace mwan::failover {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// An engine with a host that answers at once, and everything in the log, as the daemon does it.
class Recorded {
 public:
  Recorded(DecisionLog& log, Policy policy) : log_(log), engine_(std::move(policy)) {
    log_.begin(engine_.policy(), now);
    feed(Start{});
  }
  void feed(Event first) {
    std::deque<Event> queue = {std::move(first)};
    while (!queue.empty()) {
      const Event event = std::move(queue.front());
      queue.pop_front();
      const auto actions = engine_.step(now, event);
      log_.record(now, event, actions);
      ++events;
      for (const Action& action : actions) {
        changes += std::holds_alternative<StateChange>(action) ? 1 : 0;
        if (const auto* apply = std::get_if<ApplyConfig>(&action)) {
          queue.emplace_back(ConfigApplied{apply->link, std::nullopt});
        } else if (const auto* step = std::get_if<RunStep>(&action)) {
          queue.emplace_back(StepResult{step->step, std::nullopt});
        }
      }
    }
  }
  void advance(Duration d) {
    const Instant end = now + d;
    while (true) {
      const Instant deadline = engine_.deadline().value_or(Instant::max());
      if (deadline > end) break;
      now = std::max(now, deadline);
      feed(TimerFired{});
    }
    now = end;
  }

  Instant now{std::chrono::seconds(100)};
  std::size_t events = 0;
  int changes = 0;  // of the engine's state

 private:
  DecisionLog& log_;
  Engine engine_;
};

class ReplayLog : public ::testing::Test {
 public:
  ReplayLog() {
    std::string name = ::testing::TempDir() + "mwan-replay-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    directory_ = name;
    path_ = directory_ / "decisions.jsonl";
  }
  ~ReplayLog() override { std::filesystem::remove_all(directory_); }

 protected:
  [[nodiscard]] DecisionLogOptions options(std::uint64_t max_bytes = 64U << 20U) const {
    return {.path = path_.string(),
            .max_bytes = max_bytes,
            .wall_clock = [] { return std::int64_t{1700000000}; },
            .complain = [](const std::string& what) { ADD_FAILURE() << what; }};
  }
  // So that there is something to fail over from and to.
  static void heal(Recorded& run, LinkId link) {
    const std::vector<Fact> good = {
        fact::Device{true, "net0"},
        fact::Carrier{true},
        Registration{.state = RegistrationState::Home, .rat = Rat::Lte, .plmn = "26201"},
        PacketService{PacketServiceState::Attached, Rat::Lte},
        Bearer{IpFamily::V4, BearerState::Connected, {}},
        Bearer{IpFamily::V6, BearerState::Connected, {}},
        fact::Gateway{testing::some_address("192.0.2.1"), fact::Nud::Reachable},
        fact::Addressing{testing::sample_config()}};
    for (const Fact& fact : good) run.feed(Observation{link, fact});
  }
  // Two links live through a lot.
  std::size_t record_a_life(DecisionLog& log, unsigned seed, int length = 3000) {
    Policy policy = testing::sample_policy();
    policy.evidence = Evidence::All;
    policy.links[0].standby = Standby::Hot;
    Recorded run(log, policy);
    std::mt19937 random(seed);
    const auto facts = testing::sample_facts();
    for (int i = 0; i < length; ++i) {
      const LinkId link{static_cast<std::uint16_t>(random() % 2)};
      if (random() % 50 == 0) run.feed(Observation{link, facts[random() % facts.size()]});
      if (random() % 20 == 0) heal(run, link);
      const bool ok = (i / 40 + link.index) % 3 != 0;
      run.feed(Observation{link, fact::Probe{2, static_cast<std::uint16_t>(ok ? 2 : 0), ok, {}}});
      run.advance(std::chrono::microseconds(random() % 400000));
    }
    EXPECT_GT(run.changes, 20) << "a life too quiet to test anything";
    return run.events;
  }
  [[nodiscard]] std::string text() const {
    std::ifstream in(path_);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  static ReplayReport replay(const std::vector<std::string>& texts, std::string* error = nullptr) {
    Replay replay;
    for (const auto& text : texts) {
      std::istringstream in(text);
      DecisionReader reader(in, "log");
      const auto status = replay.add(reader);
      if (error != nullptr) *error = status ? "" : status.error().text();
      EXPECT_TRUE(status || error != nullptr) << (status ? "" : status.error().text());
    }
    return replay.finish();
  }

  std::filesystem::path directory_;
  std::filesystem::path path_;
};

TEST_F(ReplayLog, TheSameEngineDecidesTheSame) {
  DecisionLog log(options());
  std::size_t events = 0;
  for (const unsigned seed : {1U, 2U, 3U}) events += record_a_life(log, seed);
  const auto report = replay({text()});
  EXPECT_EQ(report.runs, 3U);
  EXPECT_EQ(report.events, events);
  EXPECT_GT(report.actions, 1000U);
  EXPECT_THAT(report.differences, IsEmpty());
  EXPECT_EQ(report.skipped, 0U);
  EXPECT_FALSE(report.torn);
}

TEST_F(ReplayLog, AnotherDecisionIsFound) {
  DecisionLog log(options());
  record_a_life(log, 4);
  std::string changed = text();
  const std::string verdict = R"("verdict":"down")";
  const auto at = changed.find(verdict);
  ASSERT_NE(at, std::string::npos);
  changed.replace(at, verdict.size(), R"("verdict":"good")");
  const auto report = replay({changed});
  ASSERT_THAT(report.differences, SizeIs(1));
  const auto& difference = report.differences.front();
  const auto line = std::count(changed.begin(), changed.begin() + static_cast<long>(at), '\n') + 1;
  // The event comes before the action.
  EXPECT_LT(std::stol(difference.where.substr(4)), line);
  EXPECT_THAT(difference.event, HasSubstr("\"event\""));
  EXPECT_THAT(difference.logged.front(), HasSubstr(R"("verdict":"good")"));
  EXPECT_THAT(difference.replayed.front(), HasSubstr(R"("verdict":"down")"));
}

TEST_F(ReplayLog, AMissingActionIsFound) {
  DecisionLog log(options());
  record_a_life(log, 5, 300);
  std::string changed = text();
  const auto at = changed.find('\n', changed.find(R"("action":{"apply_config")") - 40) + 1;
  changed.erase(at, changed.find('\n', at) + 1 - at);
  EXPECT_THAT(replay({changed}).differences, ::testing::Not(IsEmpty()));
}

TEST_F(ReplayLog, ARotatedLogIsOneLife) {
  DecisionLog unlimited(options());
  record_a_life(unlimited, 6);
  const auto size = text().size();
  std::filesystem::remove(path_);
  DecisionLog log(options(size * 2 / 3));
  const auto events = record_a_life(log, 6);
  std::ifstream in(path_.string() + ".1");
  std::ostringstream older;
  older << in.rdbuf();
  ASSERT_FALSE(older.str().empty());
  const auto both = replay({older.str(), text()});
  EXPECT_THAT(both.differences, IsEmpty());
  EXPECT_EQ(both.runs, 1U);
  EXPECT_EQ(both.events, events);

  // The newer part alone has no beginning.
  const auto newer = replay({text()});
  EXPECT_EQ(newer.events, 0U);
  EXPECT_GT(newer.skipped, 0U);
  EXPECT_THAT(newer.differences, IsEmpty());

  std::string error;
  std::string other = text();
  const std::string dwell = R"("dwell_us":1000000)";
  ASSERT_NE(other.find(dwell), std::string::npos);
  other.replace(other.find(dwell), dwell.size(), R"("dwell_us":1000001)");
  replay({older.str(), other}, &error);
  EXPECT_THAT(error, HasSubstr("log:1: the file goes on with another policy"));
}

TEST_F(ReplayLog, AKilledWriterIsNoDifference) {
  DecisionLog log(options());
  record_a_life(log, 7, 200);
  const std::string whole = text();
  // Cut anywhere in the last lines: nothing differs.
  for (std::size_t cut = whole.size() - 1; cut > whole.size() - 2000; cut -= 31) {
    const auto report = replay({whole.substr(0, cut)});
    EXPECT_THAT(report.differences, IsEmpty()) << cut;
  }
}

TEST_F(ReplayLog, NothingIsComparedAfterALoss) {
  DecisionLog log(options());
  record_a_life(log, 8, 300);
  std::string changed = text();
  // Takes away a middle part and says so.
  const auto from = changed.find('\n', changed.size() / 3) + 1;
  const auto to = changed.find('\n', changed.find("{\"t_us\"", changed.size() / 2)) + 1;
  changed.replace(from, to - from,
                  R"({"t_us":100000000,"lost":7})"
                  "\n");
  const auto report = replay({changed});
  EXPECT_THAT(report.differences, IsEmpty());
  EXPECT_GT(report.skipped, 10U);
}

TEST_F(ReplayLog, NonsenseInTheLogStopsWithAnError) {
  DecisionLog log(options());
  record_a_life(log, 9, 300);
  std::mt19937 random(3);
  const std::string whole = text();
  for (int i = 0; i < 50; ++i) {
    std::string changed = whole;
    for (int n = 0; n < 3; ++n) changed[random() % changed.size()] = static_cast<char>(random());
    std::string error;
    replay({changed}, &error);
    EXPECT_THAT(error, ::testing::AnyOf("", ::testing::StartsWith("log:")));
  }
  std::string error;
  replay({whole.substr(0, whole.find("{\"t_us\"")) +
          R"({"t_us":1,"action":{"prepare":{"link":"lte","level":"up"}}})"
          "\n"},
         &error);
  EXPECT_THAT(error, HasSubstr("an action without an event"));
}

}  // namespace
}  // namespace mwan::failover
