// SPDX-License-Identifier: LGPL-2.1-or-later
// Our driver on the kernel's real drivers, with the real proxies: from plug to addresses, pulled
// out while it comes up, and the two field faults that need a bus: storms of USB errors (9), and a
// modem that only a power cycle cures (30).
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "modems/lab/modem_lab.hpp"
#include "tests/vm/usb_modem/usb_bus.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 150s;

class UsbDriver : public ModemLab, public testing::WithParamInterface<ModemProtocol> {
 public:
  static void SetUpTestSuite() {  // in the guest's own network namespace, where the drivers are
    const Status loaded = vm::load_drivers();
    ASSERT_TRUE(loaded) << loaded.error().text();
  }

 protected:
  void SetUp() override {
    speak(GetParam());
    on_bus();
    // The guest is emulated, and stands still for seconds when its host is busy.
    ModemTimings& timings = config_.timings;
    timings.open = 60s;
    timings.request = 20s;
    timings.start_network = 60s;
    timings.cross_check = 1s;
    timings.stop_budget = 50s;
  }
  // Silence is answered by a reset of the bus, and that failing by the power hook, within seconds.
  void climb_quickly() {
    ModemTimings& timings = config_.timings;
    timings.open = 8s;
    timings.request = 4s;
    auto& due = timings.recovery.due;
    for (const TroubleKind kind : {TroubleKind::Silent, TroubleKind::Setup, TroubleKind::Gone}) {
      auto& rungs = due[static_cast<std::size_t>(kind)];
      rungs.fill(std::nullopt);
      rungs[static_cast<std::size_t>(Rung::Retry)] = 0s;
      rungs[static_cast<std::size_t>(Rung::UsbReset)] = 2s;
      rungs[static_cast<std::size_t>(Rung::PowerHook)] = 12s;
    }
    timings.recovery.reset_spacing = 15s;
  }
  void write_power_hook() {
    const auto hook = folder() / "power-hook";
    const Status written =
        lab::write_file(hook, fmt::format("#!/bin/sh\nkill -USR1 {}\nsleep 1\n", simulator_pid()));
    ASSERT_TRUE(written) << written.error().text();
    ASSERT_EQ(chmod(hook.c_str(), 0700), 0);
    config_.power_hook = hook;
  }
  [[nodiscard]] bool flows() const {
    for (auto fact = facts_.rbegin(); fact != facts_.rend(); ++fact) {
      if (std::holds_alternative<fact::Addressing>(*fact)) return true;
      if (std::holds_alternative<fact::AddressingLost>(*fact)) return false;
    }
    return false;
  }
  [[nodiscard]] int usb(const char* name) const {
    const auto now = books();
    return now.contains("usb") ? now["usb"].value(name, 0) : -1;
  }
  // With what the modem saw last.
  [[nodiscard]] std::string log() const override {
    return ModemLab::log() + "timeline:\n" + lab::read_file(folder() / "timeline.jsonl") +
           "messages:\n" + lab::last_lines(folder() / "messages.log", 40);
  }
  static const char* word_of(ModemProtocol protocol) {
    return protocol == ModemProtocol::Mbim ? "MBIM" : "QMI";
  }
};

TEST_P(UsbDriver, ConnectsFromThePlug) {
  simulate(steady());
  const Instant usable = Loop::now();
  start();
  ASSERT_TRUE(until([&] { return flows(); }, kPatience)) << log();
  EXPECT_TRUE(told("device wwan0"));
  const auto connected = std::chrono::duration<double, std::milli>(Loop::now() - usable).count();
  fmt::print("[ measured ] {}: port there -> addresses {:.0f} ms, the modem's own delays 520 ms\n",
             word_of(GetParam()), connected);
  EXPECT_FALSE(told("trouble")) << log();
  EXPECT_EQ(last<fact::Addressing>()->config.v4->address.text(), "10.64.0.2/30");
  stop();
  expect_nothing_left();
}

TEST_P(UsbDriver, PulledOutWhileItComesUpLeavesNothingBehind) {
  simulate("start=signal\n" +
           steady("at 0s unplug\nat 700ms plug\ntrigger\nat 0s unplug\nat 700ms plug\ntrigger\n"
                  "at 0s unplug\nat 700ms plug\ntrigger\nat 0s unplug\nat 700ms plug\ntrigger\n"
                  "at 0s unplug\nat 700ms plug\n"));
  start();
  ASSERT_TRUE(until([&] { return flows(); }, kPatience)) << log();
  const std::size_t before = vm::descriptors_of(getpid());
  constexpr int kTimes = 5;
  for (int i = 1; i <= kTimes; ++i) {
    facts_.clear();
    trigger();
    // While it opens the port it has not said yet that there is a device.
    ASSERT_TRUE(until([&] { return told("device gone") || told("trouble"); }, kPatience))
        << i << log();
    ASSERT_TRUE(until([&] { return usb("plugged_times") == 1 + i; }, kPatience));
    if (i == kTimes) break;
    // Again at another point of the bring-up each time.
    const std::size_t seen = requests().size();
    ASSERT_TRUE(until(
        [&] { return requests().size() > seen + std::size_t{5} * static_cast<std::size_t>(i); },
        kPatience))
        << log();
  }
  ASSERT_TRUE(until([&] { return flows(); }, kPatience)) << log();
  EXPECT_TRUE(until([&] { return vm::descriptors_of(getpid()) <= before; }))
      << before << ", now " << vm::descriptors_of(getpid());
  stop();
  expect_nothing_left();
}

TEST_P(UsbDriver, Fault09AStormOfUsbErrorsEndsWithAResetOfTheBus) {
  climb_quickly();
  simulate("start=signal\n" + steady("at 0s fault usb-error-storm\n"));
  start();
  ASSERT_TRUE(until([&] { return flows(); }, kPatience)) << log();
  facts_.clear();
  const Instant began = Loop::now();
  trigger();
  ASSERT_TRUE(until([&] { return told("bearer ipv4 disconnected"); }, kPatience)) << log();
  ASSERT_TRUE(until([&] { return flows(); }, kPatience)) << log();
  const auto back = std::chrono::duration<double>(Loop::now() - began).count();
  EXPECT_TRUE(until([&] { return usb("resets") >= 1; }));
  EXPECT_EQ(usb("resets"), 1) << books().dump(2) << log();
  EXPECT_EQ(usb("plugged_times"), 1);
  EXPECT_GT(usb("failed"), 10);
  fmt::print("[ reported ] | 9 usb-error-storm | {} | {} | after {:.1f} s |\n", word_of(GetParam()),
             saying("bearer ipv4 disconnected"), back);
  stop();
  expect_nothing_left();
}

TEST_P(UsbDriver, Fault30NeedsThePowerHookWhereAResetOfTheBusIsNoCure) {
  climb_quickly();
  simulate("start=signal\n" + steady("at 0s fault needs-power-cycle\n"
                                     "trigger\nat 0s unplug\nat 500ms plug\n"));
  write_power_hook();
  start();
  ASSERT_TRUE(until([&] { return flows(); }, kPatience)) << log();
  facts_.clear();
  const Instant began = Loop::now();
  trigger();
  ASSERT_TRUE(until([&] { return told("bearer ipv4 disconnected"); }, kPatience)) << log();
  ASSERT_TRUE(until([&] { return usb("resets") > 0; }, kPatience)) << log();
  EXPECT_FALSE(flows());
  ASSERT_TRUE(until([&] { return flows(); }, kPatience)) << log();
  const auto back = std::chrono::duration<double>(Loop::now() - began).count();
  EXPECT_EQ(usb("plugged_times"), 2) << log();
  fmt::print("[ reported ] | 30 needs-power-cycle | {} | {} | after {:.1f} s |\n",
             word_of(GetParam()), saying("power"), back);
  stop();
  expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(, UsbDriver, testing::Values(ModemProtocol::Qmi, ModemProtocol::Mbim),
                         [](const auto& info) {
                           return info.param == ModemProtocol::Mbim ? "Mbim" : "Qmi";
                         });

}  // namespace
}  // namespace mwan::modem
