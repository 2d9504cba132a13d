// SPDX-License-Identifier: LGPL-2.1-or-later
// How soon a failed line is left, what is lost meanwhile and what that costs: our daemon beside
// keepalived and NetworkManager.
#include <algorithm>
#include <cstdio>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "tests/bench/failover/measure.hpp"
#include "tests/bench/failover/reaction.hpp"
#include "tests/bench/failover/table.hpp"
#include "tests/bench/figures.hpp"
#include "tests/bench/guarded.hpp"
#include "tests/lab/clock.hpp"

namespace mwan::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kReactionTargetMs = 10;

struct Options {
  bool json = false;
  bool reaction = false;
  std::vector<std::string> rows;
  std::vector<std::string> who;
  int runs = 3;
  int jobs = 1;
  int idle_seconds = 60;
  int limit_seconds = 40;
  Installed installed{MWAN_DAEMON, MWAN_SIMULATOR, MWAN_BENCH_SANDBOX, MWAN_BENCH_PEERS};
};

bool wanted(const std::vector<std::string>& list, std::string_view name) {
  return list.empty() || std::ranges::find(list, name) != list.end();
}

std::vector<const Row*> wanted_rows(const Options& options) {
  std::vector<const Row*> rows;
  for (const Row& row : all_rows()) {
    if (wanted(options.rows, row.name)) rows.push_back(&row);
  }
  return rows;
}

// Peers that are not there are left out, with a note.
std::vector<Who> contenders(const Options& options) {
  std::vector<Who> out;
  for (const Who who : everybody) {
    if (!wanted(options.who, name(who))) continue;
    if (make(who, options.installed)) {
      out.push_back(who);
    } else {
      fmt::print(stderr, "{} is not installed: left out (docs/bench-failover.md)\n", name(who));
    }
  }
  return out;
}

// Measurements are independent of each other: each has namespaces of its own.
class Work {
 public:
  explicit Work(const Options& options) : options_(options) {}

  Results run() {
    results_.who = contenders(options_);
    results_.rows = wanted_rows(options_);
    for (int number = 0; number < options_.runs; ++number) {
      for (const Row* row : results_.rows) {
        for (const Who who : results_.who) waiting_.push_back({row, who, number});
      }
    }
    total_ = waiting_.size();
    // NOTE Programs end with the thread that started them; these stay until all is done.
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(options_.jobs));
    for (int i = 0; i < options_.jobs; ++i) threads.emplace_back([this] { take_jobs(); });
    for (std::thread& thread : threads) thread.join();
    if (options_.idle_seconds > 0) {
      for (const Who who : results_.who) measure_costs(who);
    }
    return std::move(results_);
  }

 private:
  struct Job {
    const Row* row = nullptr;
    Who who = Who::Ours;
    int number = 0;
  };

  void take_jobs() {
    while (!lab::interrupted()) {
      Job job;
      {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) return;
        job = waiting_.front();
        waiting_.pop_front();
      }
      const Measured one =
          measure(*job.row, job.who, options_.installed,
                  {.move = std::chrono::seconds(options_.limit_seconds)}, job.number);
      if (lab::interrupted()) return;
      const std::lock_guard lock(mutex_);
      fmt::print(stderr, "[{}/{}] {}, {}, run {}: {}\n", ++done_, total_, job.row->name,
                 name(job.who), job.number + 1,
                 one.problem ? "not measured: " + *one.problem : cell(*job.row, {&one, 1}));
      results_.measured[{job.row->name, job.who}].push_back(one);
    }
  }

  void measure_costs(Who who) {
    if (lab::interrupted()) return;
    fmt::print(stderr, "{}: idle for {} s\n", name(who), options_.idle_seconds);
    auto cost =
        measure_resources(who, options_.installed, std::chrono::seconds(options_.idle_seconds));
    if (cost.problem) fmt::print(stderr, "not measured: {}\n", *cost.problem);
    results_.resources[who] = std::move(cost);
  }

  const Options& options_;
  std::mutex mutex_;
  std::deque<Job> waiting_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  Results results_;
};

int compare(const Options& options) {
  const Results results = Work(options).run();
  if (lab::interrupted()) return 130;
  if (options.json) {
    Json out = as_json(results);
    out["build"] = MWAN_BUILD_TYPE;
    out["runs"] = options.runs;
    fmt::print("{}\n", out.dump(2));
    return 0;
  }
  fmt::print("{}", table(results));
  fmt::print("\n{} runs of each row ({} build of this program); costs over {} s\n", options.runs,
             MWAN_BUILD_TYPE, options.idle_seconds);
  return 0;
}

int react(const Options& options) {
  Json all = Json::array();
  for (const Row* row : wanted_rows(options)) {
    if (!has_reaction(row->name)) continue;
    fmt::print(stderr, "{}: {} runs\n", row->name, options.runs);
    const auto times = measure_reaction(row->name, options.installed, options.runs);
    if (lab::interrupted()) return 130;
    if (!times) {
      fmt::print(stderr, "mwan-bench-failover: {}\n", times.error().text());
      return 1;
    }
    all.push_back({{"row", row->name},
                   {"runs", times->size()},
                   {"p50_ms", percentile(*times, 0.5)},
                   {"p99_ms", percentile(*times, 0.99)},
                   {"max_ms", percentile(*times, 1)},
                   {"p99_to_target", percentile(*times, 0.99) / kReactionTargetMs}});
  }
  if (options.json) {
    fmt::print("{}\n", all.dump(2));
    return 0;
  }
  fmt::print(
      "| | runs | p50 | p99 | most | of {:.0f} ms |\n| --- | --- | --- | --- | --- | --- |\n",
      kReactionTargetMs);
  for (const Json& one : all) {
    fmt::print("| {} | {} | {:.2f} ms | {:.2f} ms | {:.2f} ms | {:.2f} |\n",
               one["row"].get<std::string>(), one["runs"].get<int>(), one["p50_ms"].get<double>(),
               one["p99_ms"].get<double>(), one["max_ms"].get<double>(),
               one["p99_to_target"].get<double>());
  }
  return 0;
}

std::vector<std::string> names_of_rows() {
  std::vector<std::string> names;
  for (const Row& row : all_rows()) names.emplace_back(row.name);
  return names;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app(
      "How soon a failed line is left, what is lost, and what that costs, beside keepalived and "
      "NetworkManager");
  app.add_flag("--json", options.json, "print JSON");
  app.add_option("--rows", options.rows, "only these rows, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(names_of_rows()));
  app.add_option("--who", options.who, "only these programs, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(std::vector<std::string>{name(Who::Ours), name(Who::Keepalived),
                                                     name(Who::NetworkManager)}));
  app.add_option("--runs", options.runs, "of each row")->check(CLI::Range(1, 1000));
  app.add_option("--jobs", options.jobs,
                 "measurements at the same time; more than one costs milliseconds of accuracy")
      ->check(CLI::Range(1, 16));
  app.add_option("--idle", options.idle_seconds,
                 "seconds over which memory, processor time and bytes are measured; 0: not at all")
      ->check(CLI::Range(0, 3600));
  app.add_option("--limit", options.limit_seconds, "seconds until a switch counts as never")
      ->check(CLI::Range(5, 600));
  app.add_flag("--reaction", options.reaction,
               "our daemon only: from the kernel's or modem's message to the moved route, for the "
               "rows carrier, unplug and registration");
  app.add_option("--daemon", options.installed.daemon, "another daemon than this build's")
      ->check(CLI::ExistingFile);
  app.add_option("--simulator", options.installed.simulator, "another simulator than this build's")
      ->check(CLI::ExistingFile);
  app.add_option("--peers", options.installed.peers, "where Debian's packages were unpacked");
  CLI11_PARSE(app, argc, argv);
  if (::geteuid() != 0) {
    fmt::print(stderr, "mwan-bench-failover: run it as root: it makes namespaces of its own.\n");
    return 2;
  }
  lab::catch_interrupts();
  return options.reaction ? react(options) : compare(options);
}

}  // namespace
}  // namespace mwan::bench

int main(int argc, char** argv) { return mwan::bench::guarded(mwan::bench::run, argc, argv); }
