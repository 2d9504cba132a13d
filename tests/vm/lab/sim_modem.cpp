// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/sim_modem.hpp"

#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;

constexpr int kOften = 1000;
// Its program is one of many that want the only processor, and that is an emulated one.
constexpr Duration kSimulatorPatience = 240s;

std::string scenario(const ModemPlan& plan) {
  std::string out = fmt::format(
      "imei={}\nipv4-address={}.2/30\nipv4-gateway={}.1\n{}"
      "signal lte rsrp=-85 rsrq=-8 sinr=18\nregistration home\nunplug\nstart=signal\n",
      plan.imei, plan.network, plan.network, plan.settings);
  std::vector<std::string> story = plan.story;
  for (int i = 0; plan.story.empty() && i < kOften; ++i) {
    story.emplace_back(i % 2 == 0 ? "plug" : "unplug");
  }
  for (std::size_t i = 0; i < story.size(); ++i) {
    out += fmt::format("{}at 0s {}\n", i == 0 ? "" : "trigger\n", story[i]);
  }
  return out;
}

}  // namespace

Result<SimModem> SimModem::create(ModemPlan plan) {
  auto loaded = lab::run(
      nullptr, {"modprobe", "-a", "vhci_hcd", "qmi_wwan", "cdc_mbim", "option", "tun"}, 180s);
  if (!loaded) return failed(loaded.error());
  auto netns = lab::NetNs::create("operator of " + plan.imei);
  if (!netns) return failed(netns.error());
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  SimModem modem(std::move(plan), std::move(*netns), std::move(*folder));
  const auto file = [&modem](const char* name) { return modem.folder_.path() / name; };
  if (auto done = lab::write_file(file("scenario.scn"), scenario(modem.plan_)); !done) {
    return failed(done.error());
  }
  auto started =
      lab::Process::start({{MWAN_SIMULATOR, "--scenario", file("scenario.scn"), "--usb",
                            modem.plan_.kind == ModemKind::Mbim ? "mbim" : "qmi", "--operator-net",
                            "lte0", "--operator-netns", modem.netns_.path()},
                           nullptr,
                           file("timeline.jsonl"),
                           file("simulator.log")});
  if (!started) return failed(started.error());
  modem.simulator_ = std::move(*started);
  if (!lab::wait_until(kSimulatorPatience,
                       [&] { return modem.timeline().find("ready") != std::string::npos; })) {
    return failed(FailureClass::Permanent, "mwan-sim did not start",
                  lab::read_file(file("simulator.log")));
  }
  for (const std::string& step :
       {fmt::format("addr add {}/32 dev lo", modem.plan_.target), std::string("link set lte0 up"),
        std::string("route add default dev lte0")}) {
    if (auto done = lab::ip(modem.netns_, step); !done) return failed(done.error());
  }
  return modem;
}

Status SimModem::next() {
  simulator_.signal(SIGUSR1);
  const std::string begun = fmt::format("{{\"part\":{},", ++step_);
  const bool played = lab::wait_until(kSimulatorPatience, [&] {
    // The part begins, then its step.
    const std::string told = timeline();
    const auto start = told.find(begun);
    return start != std::string::npos && told.find(begun, start + 1) != std::string::npos;
  });
  if (played) return {};
  return failed(FailureClass::Permanent, fmt::format("mwan-sim, step {} of its story", step_),
                "was not played: " + lab::read_file(folder_.path() / "simulator.log"));
}

std::string SimModem::timeline() const { return lab::read_file(folder_.path() / "timeline.jsonl"); }

}  // namespace mwan::vm
