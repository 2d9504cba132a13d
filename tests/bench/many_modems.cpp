// SPDX-License-Identifier: LGPL-2.1-or-later
// The real daemon with many simulated QMI modems, each of which reports its signal once a second:
// memory for each modem, processor time, and the time from the modem's report to the fact in the
// daemon's decision log: first each modem at a time of its own, then all of them at the same
// moment. Both programs stamp with CLOCK_MONOTONIC, so that the times compare.
#include <csignal>
#include <cstdio>
#include <map>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/bench/figures.hpp"
#include "tests/bench/guarded.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::bench {
namespace {

using namespace std::chrono_literals;
using lab::Process;

constexpr int kSettle = 8;  // seconds that bring-up is given
// What the project promises: for two modems, and for the 99th percentile of the reports.
constexpr double kResidentTargetMb = 12;
constexpr double kLatencyTargetMs = 5;

struct Programs {
  std::string daemon = MWAN_DAEMON;
  std::string simulator = MWAN_SIMULATOR;
};

struct Figures {
  int modems = 0;
  Cost idle;  // connected, the radio quiet
  double idle_wakeups_per_s = 0;
  Cost busy;
  double cpu_percent = 0;  // of one processor, while every modem reports about once a second
  std::vector<Mapped> mapped;
  struct Times {
    std::size_t reports = 0;
    std::vector<double> ms;  // of those that became facts
  };
  Times spread;
  Times burst;  // all modems at once
};

std::string device(int i) { return fmt::format("/dev/simulated{}", i); }
std::string link(int i) { return fmt::format("modem{:02}", i); }

// The level tells one report from the next, and every step is past the thresholds.
double level(int number) { return -80.0 - 3.0 * (number % 10); }

// The driver asks for one report a second at most, and the modem keeps to it: a report that comes
// sooner waits in the modem, which is not what is measured.
constexpr int kPeriodMs = 1100;

// When, from the start, the report of a modem comes: each has its own part of the period for the
// first half, then all begin it together.
int moment_ms(int number, int reports, int modem, int modems) {
  if (number <= reports) return kPeriodMs * number + kPeriodMs * modem / modems;
  return kPeriodMs * (number + 1);
}

std::string scenario(int reports, int modem, int modems) {
  std::string out =
      "start=signal\nreply-latency=0ms\nsignal lte rsrp=-75 rsrq=-8 sinr=18\nregistration home\n";
  for (int i = 1; i <= 2 * reports; ++i) {
    out += fmt::format("at {}ms signal lte rsrp={} rsrq=-8 sinr=18\n",
                       moment_ms(i, reports, modem, modems), level(i));
  }
  return out;
}

Status write_config(const std::filesystem::path& folder, int modems) {
  const std::string settings =
      "PROBE_TARGETS=198.51.100.1\nPROBE_INTERVAL_MS=60000\nLOG_LEVEL=warning\n";
  if (auto done = lab::write_file(folder / "settings", settings); !done) return done;
  for (int i = 0; i < modems; ++i) {
    const std::string profile = fmt::format(
        "KIND=modem\nPRIORITY={}\nNETDEV=wwan{}\nDEVICE={}\nSIMULATED=yes\nAPN=internet\n"
        "IP_FAMILY=ipv4\nMETERED=yes\n",
        i + 1, i, device(i));
    if (auto done = lab::write_file(folder / "profiles" / link(i), profile); !done) return done;
  }
  return {};
}

Result<Figures> measure(const Programs& programs, int modems, int reports) {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  auto netns = lab::NetNs::create("bench");
  if (!netns) return failed(netns.error());
  const auto root = folder->path();
  if (auto done = write_config(root / "config", modems); !done) return failed(done.error());
  lab::Command sim{{programs.simulator}, &*netns, root / "simulator.jsonl", root / "simulator.log"};
  for (int i = 0; i < modems; ++i) {
    const auto file = root / (link(i) + ".scn");
    if (auto done = lab::write_file(file, scenario(reports, i, modems)); !done) {
      return failed(done.error());
    }
    sim.argv.insert(sim.argv.end(),
                    {"--modem", fmt::format("{}={},net=wwan{}", device(i), file.string(), i)});
  }
  auto simulator = Process::start(sim);
  if (!simulator) return failed(simulator.error());
  std::this_thread::sleep_for(1s);
  auto daemon = Process::start(
      {{programs.daemon, "--config-dir", root / "config", "--state-dir", root / "state"},
       &*netns,
       root / "daemon.log",
       root / "daemon.log"});
  if (!daemon) return failed(daemon.error());
  std::this_thread::sleep_for(std::chrono::seconds(kSettle));

  Figures out{.modems = modems};
  const auto before_idle = cost_of(daemon->pid());
  std::this_thread::sleep_for(5s);
  const auto idle = cost_of(daemon->pid());
  if (!before_idle || !idle) {
    return failed(FailureClass::Permanent, "the daemon",
                  "has ended: " + lab::last_lines(root / "daemon.log", 5));
  }
  out.idle = *idle;
  out.mapped = mapped_by(daemon->pid());
  out.idle_wakeups_per_s = static_cast<double>(idle->wakeups - before_idle->wakeups) / 5;
  simulator->signal(SIGUSR1);
  const auto playing = std::chrono::milliseconds(kPeriodMs * (2 * reports + 2));
  std::this_thread::sleep_for(playing);
  const auto busy = cost_of(daemon->pid());
  if (!busy) return failed(FailureClass::Permanent, "the daemon", "has ended while measured");
  out.busy = *busy;
  out.cpu_percent = 100.0 * (busy->cpu_seconds - idle->cpu_seconds) /
                    std::chrono::duration<double>(playing).count();
  daemon->stop(20s);
  simulator->stop(5s);

  // When each report was made, by modem and level; then the first fact that says so.
  std::map<std::string, std::string> link_of;
  for (int i = 0; i < modems; ++i) link_of[device(i)] = link(i);
  std::map<std::string, std::vector<std::pair<std::int64_t, double>>> told;
  for (const auto& line : lab::read_json_lines(root / "state" / "decisions.jsonl")) {
    if (!line.contains("event") || !line["event"].contains("signal")) continue;
    const auto& signal = line["event"]["signal"];
    told[signal.value("link", "")].emplace_back(line.value("t_us", std::int64_t{0}),
                                                signal.value("rsrp_dbm", 0.0));
  }
  for (const auto& line : lab::read_json_lines(root / "simulator.jsonl")) {
    double rsrp = 0;
    const std::string step = line.value("step", "");
    if (line.value("part", 0) != 1 ||
        std::sscanf(step.c_str(), "signal lte rsrp=%lf", &rsrp) != 1) {
      continue;
    }
    const std::int64_t at = line.value("monotonic_us", std::int64_t{0});
    Figures::Times& times =
        line.value("t_ms", 0.0) < kPeriodMs * (reports + 1.5) ? out.spread : out.burst;
    ++times.reports;
    for (const auto& [when, value] : told[link_of[line.value("modem", device(0))]]) {
      if (when < at || value != rsrp) continue;
      times.ms.push_back(static_cast<double>(when - at) / 1000.0);
      break;
    }
  }
  return out;
}

using Json = nlohmann::ordered_json;

Json as_json(const Figures::Times& times) {
  return {{"reports", times.reports},
          {"facts", times.ms.size()},
          {"p50_ms", percentile(times.ms, 0.5)},
          {"p99_ms", percentile(times.ms, 0.99)},
          {"p99_to_target", percentile(times.ms, 0.99) / kLatencyTargetMs},
          {"max_ms", percentile(times.ms, 1.0)}};
}

Json as_json(const Figures& f) {
  Json mapped = Json::array();
  for (const Mapped& one : f.mapped) {
    mapped.push_back(
        {{"name", one.name}, {"resident_kb", one.resident_kb}, {"own_kb", one.own_kb}});
  }
  return {{"modems", f.modems},
          {"resident_mb", f.idle.resident_mb},
          {"anonymous_mb", f.idle.anonymous_mb},
          {"idle_wakeups_per_s", f.idle_wakeups_per_s},
          {"cpu_percent_of_one", f.cpu_percent},
          {"report_to_fact", as_json(f.spread)},
          {"report_to_fact_all_at_once", as_json(f.burst)},
          {"mapped", mapped}};
}

std::string times_text(const Figures::Times& times) {
  return fmt::format("{:.2f} / {:.2f} / {:.2f} ({} of {})", percentile(times.ms, 0.5),
                     percentile(times.ms, 0.99), percentile(times.ms, 1.0), times.ms.size(),
                     times.reports);
}

int run(int argc, char** argv) {
  CLI::App app("The daemon with many simulated modems: memory, processor time, time to the fact");
  bool json = false;
  bool maps = false;
  int modems = 32;
  int reports = 20;
  Programs programs;
  app.add_flag("--json", json, "print JSON");
  app.add_option("--modems", modems, "how many at most")->check(CLI::Range(2, 64));
  app.add_option("--reports", reports, "of each modem, and as many from all at once")
      ->check(CLI::Range(2, 300));
  app.add_flag("--maps", maps, "print which files the memory of two modems is");
  app.add_option("--daemon", programs.daemon, "another daemon than the one of this build")
      ->check(CLI::ExistingFile);
  app.add_option("--simulator", programs.simulator, "another simulator than the one of this build")
      ->check(CLI::ExistingFile);
  CLI11_PARSE(app, argc, argv);

  std::vector<Figures> all;
  for (const int count : {2, modems}) {
    auto figures = measure(programs, count, reports);
    if (!figures) {
      fmt::print(stderr, "mwan-bench-modems: {}\n", figures.error().text());
      return 1;
    }
    all.push_back(std::move(*figures));
  }
  const Figures& few = all.front();
  const Figures& many = all.back();
  const double per_modem =
      many.modems == few.modems
          ? 0
          : (many.idle.anonymous_mb - few.idle.anonymous_mb) / (many.modems - few.modems) * 1024;
  const double to_target = few.idle.resident_mb / kResidentTargetMb;
  if (json) {
    const Json out = {{"build", MWAN_BUILD_TYPE},
                      {"daemon", programs.daemon},
                      {"few", as_json(few)},
                      {"many", as_json(many)},
                      {"resident_to_target", to_target},
                      {"anonymous_kb_per_modem", per_modem}};
    fmt::print("{}\n", out.dump(2));
    return 0;
  }
  fmt::print("{} ({} build of this program)\n", programs.daemon, MWAN_BUILD_TYPE);
  fmt::print("{:>7} {:>12} {:>13} {:>16} {:>6}  {:<36} {}\n", "modems", "resident MB",
             "anonymous MB", "idle wake-ups/s", "CPU %", "report to fact p50/p99/max ms",
             "all at once");
  for (const Figures& f : all) {
    fmt::print("{:>7} {:>12.2f} {:>13.2f} {:>16.1f} {:>6.1f}  {:<36} {}\n", f.modems,
               f.idle.resident_mb, f.idle.anonymous_mb, f.idle_wakeups_per_s, f.cpu_percent,
               times_text(f.spread), times_text(f.burst));
  }
  fmt::print("resident with two modems: {:.2f} of the {:.0f} MB promised\n", to_target,
             kResidentTargetMb);
  fmt::print(
      "99th percentile with {} modems: {:.2f} of the {:.0f} ms promised, {:.2f} all at once\n",
      many.modems, percentile(many.spread.ms, 0.99) / kLatencyTargetMs, kLatencyTargetMs,
      percentile(many.burst.ms, 0.99) / kLatencyTargetMs);
  fmt::print("anonymous memory for each further modem: {:.0f} kB\n", per_modem);
  if (!maps) return 0;
  for (const Mapped& one : few.mapped) {
    fmt::print("{:>7} kB, own {:>5} kB  {}\n", one.resident_kb, one.own_kb, one.name);
  }
  return 0;
}

}  // namespace
}  // namespace mwan::bench

int main(int argc, char** argv) { return mwan::bench::guarded(mwan::bench::run, argc, argv); }
