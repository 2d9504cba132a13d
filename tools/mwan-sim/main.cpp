// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-sim: a QMI modem that exists only in software. docs/simulator.md is its manual.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "hal/loop.hpp"
#include "tools/mwan-sim/scenario/scenario.hpp"
#include "tools/mwan-sim/simulator.hpp"

namespace {

int run(const std::string& scenario_file, mwan::sim::SimulatorOptions options) {
  auto scenario = mwan::sim::load_scenario(scenario_file);
  if (!scenario) {
    fmt::print(stderr, "mwan-sim: {}\n", scenario.error().text());
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a timeline nobody reads is no reason to stop
  mwan::Loop loop;
  mwan::sim::Simulator simulator(loop, std::move(*scenario), std::move(options));
  const auto on_trigger = loop.on_signal(SIGUSR1, [&] { simulator.trigger(); });
  const auto on_term = loop.on_signal(SIGTERM, [&] { loop.quit(); });
  const auto on_int = loop.on_signal(SIGINT, [&] { loop.quit(); });
  if (const auto started = simulator.start(); !started) {
    fmt::print(stderr, "mwan-sim: {}\n", started.error().text());
    return 1;
  }
  loop.run();
  fmt::print(stderr, "{}", mwan::sim::summary(simulator.stats()));
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Simulates a QMI modem behind a QMI proxy socket, as a scenario file says.");
  mwan::sim::SimulatorOptions options;
  std::string scenario;
  app.add_option("--proxy", options.proxy, "Name of the abstract unix socket to listen on")
      ->capture_default_str();
  app.add_option("--scenario", scenario, "The scenario file")->required();
  app.add_option("--net", options.net, "Create this network device for the modem's packets");
  auto* operator_net = app.add_option("--operator-net", options.operator_net,
                                      "Create this network device at the operator's end");
  app.add_option("--operator-netns", options.operator_netns,
                 "Network namespace of the operator's end: process id or path")
      ->needs(operator_net);
  app.add_option("--stats", options.stats_file, "Keep counters in this JSON file");
  app.add_flag("--log-messages", options.log_messages, "Print every message to standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  return run(scenario, std::move(options));
} catch (const std::exception& error) {
  std::fputs(error.what(), stderr);
  return 1;
}
