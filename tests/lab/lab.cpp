// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/lab.hpp"

#include <fstream>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/daemon_story.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/modem_story.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {

namespace {

using namespace std::chrono_literals;

Error timed_out(std::string where, std::string what, Duration limit) {
  return {FailureClass::Transient, std::move(where),
          fmt::format("{} within {} s", what, limit / 1s)};
}

// Whether somebody listens on the abstract socket. A client that comes too early would start a
// proxy of its own (libqmi does).
bool socket_there(const NetNs& netns, const std::string& name) {
  bool there = false;
  const auto looked = netns.inside([&]() -> Status {
    std::ifstream sockets("/proc/thread-self/net/unix");
    for (std::string line; std::getline(sockets, line);) {
      if (line.ends_with(" @" + name)) there = true;
    }
    return {};
  });
  return looked && there;
}

bool device_there(const NetNs& netns, const std::string& device) {
  return run(&netns, {"ip", "link", "show", device}).has_value();
}

}  // namespace

Result<std::unique_ptr<Lab>> Lab::build(LabPlan plan) {
  auto topology = Topology::build();
  if (!topology) return failed(topology.error());
  std::unique_ptr<Lab> lab(new Lab(std::move(plan), std::move(*topology)));
  if (auto done =
          write_router_config(lab->plan_.folder / "config", lab->plan_.mode, lab->plan_.primary);
      !done) {
    return failed(done.error());
  }
  if (auto done = lab->start_simulator(); !done) return failed(done.error());
  if (auto done = lab->start_witnesses(); !done) return failed(done.error());
  return lab;
}

Status Lab::start_simulator() {
  const NetNs& router = topology_.router();
  auto started = Process::start(
      {{plan_.programs.simulator, "--proxy", proxy_name, "--scenario",
        plan_.programs.scenarios / (plan_.scenario + ".scn"), "--net", modem_device,
        "--operator-net", operator_device, "--operator-netns", topology_.lte_operator().path(),
        "--stats", plan_.folder / "simulator-stats.json"},
       &router,
       plan_.folder / "simulator.jsonl",
       plan_.folder / "simulator.log"});
  if (!started) return failed(started.error());
  simulator_ = std::move(*started);
  const bool ready = wait_until(10s, [&] {
    return !simulator_.running() ||
           (socket_there(router, proxy_name) && device_there(router, modem_device) &&
            device_there(topology_.lte_operator(), operator_device));
  });
  if (auto problem = broken()) {
    return failed(FailureClass::Permanent, "starting the simulated modem",
                  *problem + "\n" + last_lines(plan_.folder / "simulator.log", 10));
  }
  if (!ready) return failed(timed_out("starting the simulated modem", "not ready", 10s));
  return topology_.serve_customer();
}

Status Lab::start_witnesses() {
  auto routes = RouteWatch::start(topology_.router());
  if (!routes) return failed(routes.error());
  routes_ = std::move(*routes);
  auto traffic = Traffic::start(topology_.client(), topology_.server(), server_address);
  if (!traffic) return failed(traffic.error());
  traffic_ = std::move(*traffic);
  return {};
}

Status Lab::start_daemon() {
  const Instant before = now();
  auto started = Process::start({{plan_.programs.daemon, "--config-dir", plan_.folder / "config",
                                  "--state-dir", state_folder()},
                                 &topology_.router(),
                                 plan_.folder / "daemon.log",
                                 plan_.folder / "daemon.log"});
  if (!started) return failed(started.error());
  daemon_ = std::move(*started);
  daemon_started_ = before;
  return {};
}

Status Lab::wait_until_steady(Duration limit) {
  const auto all_good = [&] {
    auto log = read_json_lines(state_folder() / decision_log_name);
    // An earlier run's good links say nothing about this one.
    std::erase_if(log, [this](const auto& line) {
      return line.value("t_us", std::int64_t{0}) < daemon_started_.time_since_epoch().count();
    });
    return link_is_good(log, wired_profile) && link_is_good(log, modem_profile);
  };
  const auto without_loss = [&] {
    const PacketCount recent = traffic_->count(now() - 600ms, now() - 100ms);
    return recent.sent > 40 && recent.lost == 0 && recent.unanswered == 0;
  };
  const bool steady = wait_until(limit, [&] {
    return broken() || (routes_->device() == primary_device() && all_good() && without_loss());
  });
  if (auto problem = broken()) return failed(FailureClass::Permanent, {}, *problem);
  if (steady) return {};
  return failed(timed_out(
      {},
      fmt::format("no steady state (default route: {}; {} of the last second's packets lost)",
                  routes_->device().empty() ? "none" : routes_->device(),
                  traffic_->count(now() - 1100ms, now() - 100ms).lost),
      limit));
}

std::optional<std::string> Lab::broken() {
  const auto ended = [](const char* what, Process& process) {
    const auto status = process.wait(Duration::zero());
    return status ? std::optional(fmt::format("{} has ended: {}", what, Process::words(*status)))
                  : std::nullopt;
  };
  if (auto problem = ended("the daemon", daemon_)) return problem;
  return ended("the simulated modem", simulator_);
}

std::vector<TimelineEntry> Lab::story() const {
  auto entries = tell_daemon(read_json_lines(state_folder() / decision_log_name));
  const auto modem = tell_modem(read_json_lines(plan_.folder / "simulator.jsonl"));
  entries.insert(entries.end(), modem.begin(), modem.end());
  std::string before = "none";
  for (const RouteChange& change : routes_->changes()) {
    const std::string device = change.device.empty() ? "none" : change.device;
    entries.push_back(
        {change.time, Witness::Route, fmt::format("default route: {} -> {}", before, device), ""});
    before = device;
  }
  return entries;
}

bool Lab::modem_lost() const {
  return modem_is_lost(read_json_lines(plan_.folder / "simulator.jsonl"));
}

std::string Lab::daemon_log_tail() const { return last_lines(plan_.folder / "daemon.log", 25); }

}  // namespace mwan::lab
