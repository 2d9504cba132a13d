// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/services.hpp"

#include <array>
#include <utility>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "hal/program.hpp"

namespace mwan::failover {

namespace {

constexpr const char* kSystemctl = "/usr/bin/systemctl";
constexpr const char* kSystemdRuns = "/run/systemd/system";  // sd_booted(3)

// Its units have nothing to do with the traffic of another network namespace.
bool network_of_init() {
  std::array<char, 64> ours{};
  std::array<char, 64> inits{};
  const ssize_t one = ::readlink("/proc/thread-self/ns/net", ours.data(), ours.size());
  const ssize_t two = ::readlink("/proc/1/ns/net", inits.data(), inits.size());
  return one <= 0 || two <= 0 || ours == inits;
}

}  // namespace

void ServiceLane::run(std::vector<ServiceTask> tasks, Done done) {
  waiting_ = std::move(tasks);
  std::vector<Done> dropped = std::exchange(done_, {});
  done_.push_back(std::move(done));
  ++run_;
  for (Done& one : dropped) {
    if (one) loop_.post(std::move(one));
  }
  if (!job_.running() && !next_.active()) {
    next_ = loop_.soon([this] {
      next_.reset();
      job_.start(work());
    });
  }
}

Task<void> ServiceLane::work() {
  while (!waiting_.empty()) {
    ServiceTask task = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    auto doing = carry_out(std::move(task));
    co_await doing;
  }
  for (Done& one : std::exchange(done_, {})) {
    if (one) loop_.post(std::move(one));
  }
}

Task<void> ServiceLane::carry_out(ServiceTask task) {
  const Instant begun = Loop::now();
  for (ServiceCommand& command : task.commands) {
    Program program;
    program.argv = std::move(command.argv);
    program.environment = environment_;
    program.limit = command.limit;
    const Cancel never = never_;
    auto running = run_program(loop_, std::move(program), never);
    const auto result = co_await running;
    if (command.asks) {
      if (!result || !result->succeeded()) co_return;
      continue;
    }
    if (!result) {
      spdlog::warn("services: {}: {}; the traffic goes on", task.name, result.error().text());
      co_return;
    }
    if (!result->succeeded()) {
      const std::string said = last_words(result->output);
      spdlog::warn("services: {}: {}{}{}; the traffic goes on", task.name, result->words(),
                   said.empty() ? "" : ": ", said);
      co_return;
    }
  }
  spdlog::info("services: {} done after {} ms", task.name, to_ms(Loop::now() - begun));
}

std::vector<ServiceTask> systemd_tasks(const std::vector<std::string>& units) {
  std::vector<ServiceTask> out;
  if (::access(kSystemdRuns, F_OK) != 0 || !network_of_init()) return out;
  for (const std::string& unit : units) {
    ServiceTask task{.name = unit};
    task.commands.push_back({.argv = {kSystemctl, "is-active", "--quiet", "--", unit},
                             .limit = std::chrono::seconds(10),
                             .asks = true});
    task.commands.push_back({.argv = {kSystemctl, "try-reload-or-restart", "--", unit},
                             .limit = std::chrono::seconds(60)});
    out.push_back(std::move(task));
  }
  return out;
}

std::vector<std::string> unit_names(const std::string& list) {
  std::vector<std::string> out;
  if (list == "none") return out;
  std::string one;
  for (const char c : list + ",") {
    if (c != ',' && c != ' ') {
      one += c;
    } else if (!one.empty()) {
      out.push_back(std::exchange(one, {}));
    }
  }
  return out;
}

}  // namespace mwan::failover
