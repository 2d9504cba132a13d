// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/reaction.hpp"

#include <csignal>
#include <functional>

#include <fmt/format.h>

#include "tests/bench/failover/link_watch.hpp"
#include "tests/bench/failover/modem_scenario.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/lab.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::bench {

namespace {

using namespace std::chrono_literals;

constexpr Duration kMoveLimit = 10s;
// A modem that lost its network a hundred times in a row may be given a minute by its driver.
constexpr Duration kReturnLimit = 120s;
constexpr const char* kSoonBack = "FAILBACK_STABLE_S=1\n";

struct Stage {
  const lab::RouteWatch& routes;
  std::string first;
  std::string second;
  std::function<Status()> fail;
  std::function<Status()> mend;
  // When everybody could know, of a failure that was made at `since`.
  std::function<std::optional<Instant>(Instant since)> known;
};

Error did_not(const std::string& what, std::size_t run) {
  return {FailureClass::Permanent, fmt::format("run {}", run + 1), what};
}

Result<std::vector<double>> repeat(const Stage& stage, int runs) {
  std::vector<double> times;
  for (int run = 0; run < runs && !lab::interrupted(); ++run) {
    const Instant cause = lab::now();
    if (auto done = stage.fail(); !done) return failed(done.error());
    std::optional<Instant> moved;
    lab::wait_until(kMoveLimit, [&] {
      moved = stage.routes.moved_to(stage.second, cause);
      return moved.has_value() && stage.known(cause).has_value();
    });
    const auto known = stage.known(cause);
    if (!moved) return failed(did_not("the default route did not move", times.size()));
    if (!known) return failed(did_not("nobody was told of the failure", times.size()));
    times.push_back(std::chrono::duration<double, std::milli>(*moved - *known).count());

    const Instant mended = lab::now();
    if (auto done = stage.mend(); !done) return failed(done.error());
    if (!lab::wait_until(kReturnLimit,
                         [&] { return stage.routes.moved_to(stage.first, mended).has_value(); })) {
      return failed(did_not("the default route did not come back", times.size()));
    }
    lab::sleep_for(100ms);
  }
  return times;
}

// A wired line; what is done to it, and what makes it good.
Result<std::vector<double>> wired(const Installed& installed, int runs,
                                  const std::function<Status(const TwoLines&)>& fail,
                                  const std::function<Status(const TwoLines&)>& mend) {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  const auto lines = TwoLines::build();
  if (!lines) return failed(lines.error());
  const auto routes = lab::RouteWatch::start(lines->router());
  if (!routes) return failed(routes.error());
  const auto links = LinkWatch::start(lines->router(), first_device);
  if (!links) return failed(links.error());
  const auto ours = make_ours(installed, kSoonBack);
  if (auto done = ours->start(*lines, folder->path(), Ask::Targets); !done) {
    return failed(done.error());
  }
  if (!lab::wait_until(60s, [&] { return !ours->running() || ours->ready(); })) {
    return failed(FailureClass::Permanent, "our daemon", "not ready: " + ours->log_tail());
  }
  return repeat(
      {**routes, first_device, second_device, [&] { return fail(*lines); },
       [&] { return mend(*lines); }, [&](Instant since) { return (*links)->lost(since); }},
      runs);
}

Result<std::vector<double>> carrier(const Installed& installed, int runs) {
  return wired(
      installed, runs, [](const TwoLines& l) { return l.first().set_link("cpe0", false); },
      [](const TwoLines& l) { return l.first().set_link("cpe0", true); });
}

Result<std::vector<double>> unplug(const Installed& installed, int runs) {
  return wired(
      installed, runs, [](const TwoLines& l) { return ip(l.first(), "link del cpe0"); },
      [](const TwoLines& l) { return l.plug_first(); });
}

// When the simulator did the step, at `since` or later.
std::optional<Instant> when_done(const std::filesystem::path& log, std::string_view step,
                                 Instant since) {
  for (const auto& line : lab::read_json_lines(log)) {
    const Instant time{Duration(line.value("monotonic_us", std::int64_t{0}))};
    if (time >= since && line.value("step", "") == step) return time;
  }
  return std::nullopt;
}

Result<std::vector<double>> registration(const Installed& installed, int runs) {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  const auto scenarios = folder->path() / "scenarios";
  constexpr const char* kLoss = "registration searching";
  const std::string part = fmt::format("at 0s {}\n\ntrigger\nat 0s registration home\n", kLoss);
  if (auto done = lab::write_file(scenarios / "bench.scn", modem_scenario(part, runs)); !done) {
    return failed(done.error());
  }
  auto lab = lab::Lab::build({{installed.daemon, installed.simulator, scenarios},
                              folder->path(),
                              "bench",
                              lab::Mode::Radio,
                              lab::Primary::Modem});
  if (!lab) return failed(lab.error());
  if (auto done = lab::write_file(
          folder->path() / "config" / "settings",
          fmt::format("PROBE_TARGETS={}\nNAT=nftables\n{}", lab::probe_targets, kSoonBack));
      !done) {
    return failed(done.error());
  }
  if (auto done = (*lab)->start_daemon(); !done) return failed(done.error());
  if (auto done = (*lab)->wait_until_steady(60s); !done) return failed(done.error());
  const auto next_part = [&]() -> Status {
    (*lab)->simulator().signal(SIGUSR1);
    return {};
  };
  return repeat(
      {(*lab)->routes(), lab::modem_device, lab::wired_device, next_part, next_part,
       [&](Instant since) { return when_done(folder->path() / "simulator.jsonl", kLoss, since); }},
      runs);
}

}  // namespace

bool has_reaction(std::string_view row) {
  return row == "carrier" || row == "unplug" || row == "registration";
}

Result<std::vector<double>> measure_reaction(std::string_view row, const Installed& installed,
                                             int runs) {
  if (row == "carrier") return carrier(installed, runs);
  if (row == "unplug") return unplug(installed, runs);
  return registration(installed, runs);
}

}  // namespace mwan::bench
