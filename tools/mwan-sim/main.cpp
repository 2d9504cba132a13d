// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-sim: QMI and MBIM modems that exist only in software. docs/simulator.md is its manual.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "hal/loop.hpp"
#include "tools/mwan-sim/bench.hpp"
#include "tools/mwan-sim/faults/catalogue.hpp"
#include "tools/mwan-sim/faults/read.hpp"
#include "tools/mwan-sim/scenario/scenario.hpp"

namespace {

constexpr int kCannotStart = 1;
constexpr int kBadScenario = 2;

int complain(const mwan::Error& error, int code) {
  fmt::print(stderr, "mwan-sim: {}\n", error.text());
  return code;
}

// What is given on the command line besides the scenarios.
struct Additions {
  std::vector<std::string> faults;
  std::optional<std::uint32_t> chaos;
};

mwan::Status add_to(mwan::sim::Scenario& scenario, const Additions& additions) {
  for (const std::string& text : additions.faults) {
    if (const auto added = mwan::sim::add_fault(scenario, text); !added) {
      return mwan::failed(mwan::FailureClass::Permanent, "--fault " + text, added.error());
    }
  }
  if (additions.chaos) scenario.chaos = *additions.chaos;
  return {};
}

int list_faults(bool json) {
  const std::string text =
      json ? mwan::sim::fault_list_json().dump(2) + "\n" : mwan::sim::fault_list_text();
  fmt::print("{}", text);
  return 0;
}

int run(const std::vector<mwan::sim::ModemArgument>& modems, const Additions& additions,
        mwan::sim::BenchOptions options) {
  std::signal(SIGPIPE, SIG_IGN);  // a timeline nobody reads is no reason to stop
  mwan::Loop loop;
  mwan::sim::Bench bench(loop, std::move(options));
  for (const auto& modem : modems) {
    auto scenario = mwan::sim::load_scenario(modem.scenario);
    if (!scenario) return complain(scenario.error(), kBadScenario);
    if (auto added = add_to(*scenario, additions); !added) {
      return complain(added.error(), kBadScenario);
    }
    bench.add(std::move(*scenario), modem.options);
  }
  const auto on_trigger = loop.on_signal(SIGUSR1, [&] { bench.trigger(); });
  const auto on_term = loop.on_signal(SIGTERM, [&] { loop.quit(); });
  const auto on_int = loop.on_signal(SIGINT, [&] { loop.quit(); });
  if (const auto started = bench.start(); !started) {
    return complain(started.error(), kCannotStart);
  }
  loop.run();
  fmt::print(stderr, "{}", bench.summary());
  return 0;
}

// Modems given as DEVICE=SCENARIO, each device once.
mwan::Result<std::vector<mwan::sim::ModemArgument>> read_modems(
    const std::vector<std::string>& arguments) {
  std::vector<mwan::sim::ModemArgument> modems;
  std::set<std::string> devices;
  for (const std::string& argument : arguments) {
    auto modem = mwan::sim::read_modem_argument(argument);
    if (!modem) return tl::unexpected(modem.error());
    if (!devices.insert(modem->options.device).second) {
      return mwan::failed(mwan::FailureClass::Permanent, "--modem " + argument,
                          "there is a modem of that device already");
    }
    modems.push_back(std::move(*modem));
  }
  return modems;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Simulates QMI and MBIM modems behind proxy sockets, as scenario files say.");
  mwan::sim::BenchOptions options;
  mwan::sim::ModemArgument single;
  std::vector<std::string> several;
  bool log_messages = false;
  Additions additions;
  bool list = false;
  bool json = false;
  app.add_option("--fault", additions.faults,
                 "Play this fault, \"NAME [KEY=VALUE ...][@TIME]\", besides the scenario");
  app.add_option("--chaos", additions.chaos,
                 "Play faults that end by themselves at random points; the seed");
  auto* list_option = app.add_flag("--list-faults", list, "Name the faults and say what they are");
  app.add_flag("--json", json, "List as JSON")->needs(list_option);
  app.add_option("--proxy", options.qmi_proxy, "Name of the abstract unix socket for QMI")
      ->capture_default_str();
  app.add_option("--mbim-proxy", options.mbim_proxy, "Name of the abstract unix socket for MBIM")
      ->capture_default_str();
  auto* scenario = app.add_option("--scenario", single.scenario,
                                  "The scenario file of one modem that answers to any device");
  auto* modem = app.add_option("--modem", several,
                               "DEVICE=SCENARIO[,usb=qmi|mbim][,net=DEV][,operator-net=DEV]"
                               "[,operator-netns=NETNS]: one of "
                               "several modems, opened by that device");
  modem->excludes(scenario)->delimiter('\0');
  auto* net = app.add_option("--net", single.options.net,
                             "Create this network device for the modem's packets")
                  ->needs(scenario);
  std::string usb;
  app.add_option("--usb", usb, "Plug the modem into the kernel's virtual USB host: qmi or mbim")
      ->needs(scenario)
      ->excludes(net)
      ->check(CLI::IsMember({"qmi", "mbim"}));
  auto* operator_net = app.add_option("--operator-net", single.options.operator_net,
                                      "Create this network device at the operator's end")
                           ->needs(scenario);
  app.add_option("--operator-netns", single.options.operator_netns,
                 "Network namespace of the operator's end: process id or path")
      ->needs(operator_net);
  app.add_option("--stats", options.stats_file, "Keep counters in this JSON file");
  app.add_flag("--log-messages", log_messages, "Print every message to standard error");
  try {
    app.parse(argc, argv);
    if (!list && scenario->count() + modem->count() == 0) {
      throw CLI::RequiredError("--scenario or --modem");
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (list) return list_faults(json);
  if (!usb.empty()) single.options.usb = mwan::sim::read_usb_kind(usb);
  std::vector<mwan::sim::ModemArgument> modems{single};
  if (!several.empty()) {
    auto read = read_modems(several);
    if (!read) return complain(read.error(), kCannotStart);
    modems = std::move(*read);
  }
  for (auto& one : modems) one.options.log_messages = log_messages;
  return run(modems, additions, std::move(options));
} catch (const std::exception& error) {
  std::fputs(error.what(), stderr);
  return 1;
}
