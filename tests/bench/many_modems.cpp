// SPDX-License-Identifier: LGPL-2.1-or-later
// The real daemon with many simulated QMI modems, each of which reports its signal once a second:
// memory for each modem, processor time, and the time from the modem's report to the fact in the
// daemon's decision log. Both programs stamp with CLOCK_MONOTONIC, so that the times compare.
#include <csignal>
#include <cstdio>
#include <exception>
#include <map>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/bench/figures.hpp"
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

struct Figures {
  int modems = 0;
  Cost idle;  // connected, the radio quiet
  double idle_wakeups_per_s = 0;
  Cost busy;
  double cpu_percent = 0;  // of one processor, while every modem reports once a second
  std::size_t reports = 0;
  std::vector<double> latency_ms;
};

std::string device(int i) { return fmt::format("/dev/simulated{}", i); }
std::string link(int i) { return fmt::format("modem{:02}", i); }

// The level tells one report from the next, and every step is past the thresholds.
double level(int second) { return -80.0 - 3.0 * (second % 10); }

std::string scenario(int seconds) {
  std::string out =
      "start=signal\nreply-latency=0ms\nsignal lte rsrp=-75 rsrq=-8 sinr=18\nregistration home\n";
  for (int s = 1; s <= seconds; ++s) {
    out += fmt::format("at {}ms signal lte rsrp={} rsrq=-8 sinr=18\n", 1000 * s, level(s));
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

Result<Figures> measure(int modems, int seconds) {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  auto netns = lab::NetNs::create("bench");
  if (!netns) return failed(netns.error());
  const auto root = folder->path();
  if (auto done = write_config(root / "config", modems); !done) return failed(done.error());
  if (auto done = lab::write_file(root / "scenario.scn", scenario(seconds)); !done) {
    return failed(done.error());
  }
  lab::Command sim{{MWAN_SIMULATOR}, &*netns, root / "simulator.jsonl", root / "simulator.log"};
  for (int i = 0; i < modems; ++i) {
    sim.argv.insert(sim.argv.end(), {"--modem", fmt::format("{}={},net=wwan{}", device(i),
                                                            (root / "scenario.scn").string(), i)});
  }
  auto simulator = Process::start(sim);
  if (!simulator) return failed(simulator.error());
  std::this_thread::sleep_for(1s);
  auto daemon =
      Process::start({{MWAN_DAEMON, "--config-dir", root / "config", "--state-dir", root / "state"},
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
  out.idle_wakeups_per_s = static_cast<double>(idle->wakeups - before_idle->wakeups) / 5;
  simulator->signal(SIGUSR1);
  std::this_thread::sleep_for(std::chrono::seconds(seconds + 1));
  const auto busy = cost_of(daemon->pid());
  if (!busy) return failed(FailureClass::Permanent, "the daemon", "has ended while measured");
  out.busy = *busy;
  out.cpu_percent = 100.0 * (busy->cpu_seconds - idle->cpu_seconds) / (seconds + 1);
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
    ++out.reports;
    for (const auto& [when, value] : told[link_of[line.value("modem", device(0))]]) {
      if (when < at || value != rsrp) continue;
      out.latency_ms.push_back(static_cast<double>(when - at) / 1000.0);
      break;
    }
  }
  return out;
}

nlohmann::ordered_json as_json(const Figures& f) {
  return {{"modems", f.modems},
          {"resident_mb", f.idle.resident_mb},
          {"anonymous_mb", f.idle.anonymous_mb},
          {"idle_wakeups_per_s", f.idle_wakeups_per_s},
          {"cpu_percent_of_one", f.cpu_percent},
          {"reports", f.reports},
          {"facts", f.latency_ms.size()},
          {"report_to_fact_ms",
           {{"p50", percentile(f.latency_ms, 0.5)},
            {"p99", percentile(f.latency_ms, 0.99)},
            {"max", percentile(f.latency_ms, 1.0)}}}};
}

int run(int argc, char** argv) {
  CLI::App app("The daemon with many simulated modems: memory, processor time, time to the fact");
  bool json = false;
  int modems = 32;
  int seconds = 20;
  app.add_flag("--json", json, "print JSON");
  app.add_option("--modems", modems, "how many at most")->check(CLI::Range(2, 64));
  app.add_option("--seconds", seconds, "of reports")->check(CLI::Range(2, 300));
  CLI11_PARSE(app, argc, argv);

  std::vector<Figures> all;
  for (const int count : {2, modems}) {
    auto figures = measure(count, seconds);
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
  if (json) {
    nlohmann::ordered_json out = {
        {"few", as_json(few)}, {"many", as_json(many)}, {"anonymous_kb_per_modem", per_modem}};
    fmt::print("{}\n", out.dump(2));
    return 0;
  }
  fmt::print("{:>7} {:>13} {:>12} {:>14} {:>9} {:>9} {:>24}\n", "modems", "resident MB",
             "anonymous MB", "idle wake-ups/s", "CPU %", "facts", "report to fact p50/p99 ms");
  for (const Figures& f : all) {
    fmt::print("{:>7} {:>13.1f} {:>12.1f} {:>14.1f} {:>9.1f} {:>4}/{:<4} {:>15.2f} / {:.2f}\n",
               f.modems, f.idle.resident_mb, f.idle.anonymous_mb, f.idle_wakeups_per_s,
               f.cpu_percent, f.latency_ms.size(), f.reports, percentile(f.latency_ms, 0.5),
               percentile(f.latency_ms, 0.99));
  }
  fmt::print("anonymous memory for each further modem: {:.0f} kB\n", per_modem);
  return 0;
}

}  // namespace
}  // namespace mwan::bench

int main(int argc, char** argv) {
  try {
    return mwan::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    return 1;
  }
}
