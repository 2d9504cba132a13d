// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/usb_modem/usb_bus.hpp"

#include <filesystem>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <unistd.h>

#include "hal/loop.hpp"
#include "tests/lab/json_lines.hpp"

namespace mwan::vm {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Status load_drivers() {
  const auto loaded = lab::run(
      nullptr, {"modprobe", "-a", "vhci_hcd", "qmi_wwan", "cdc_mbim", "option", "tun"}, 60s);
  if (!loaded) return failed(loaded.error());
  return {};
}

double now_ms() {
  return std::chrono::duration<double, std::milli>(Loop::now().time_since_epoch()).count();
}

bool port_there() { return fs::exists(kPort); }

std::size_t descriptors_of(pid_t pid) {
  const fs::directory_iterator names(fmt::format("/proc/{}/fd", pid));
  return static_cast<std::size_t>(std::distance(fs::begin(names), fs::end(names)));
}

lab::WorkFolder UsbBus::must_have_folder() {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) throw std::runtime_error(folder.error().text());
  return std::move(*folder);
}

void UsbBus::SetUp() {
  REQUIRE_OK(load_drivers());
  auto far = lab::NetNs::create("operator");
  REQUIRE_OK(far);
  operator_.emplace(std::move(*far));
  for (const char* name : {"qmi-proxy", "mbim-proxy"}) {
    auto proxy = lab::Process::start({{fmt::format("/usr/libexec/{}", name), "--no-exit"},
                                      nullptr,
                                      file("proxy.log"),
                                      file("proxy.log")});
    REQUIRE_OK(proxy);
    proxies_.push_back(std::move(*proxy));
  }
  const auto listening = [] {
    const std::string sockets = lab::read_file("/proc/net/unix");
    return sockets.find("@qmi-proxy") != std::string::npos &&
           sockets.find("@mbim-proxy") != std::string::npos;
  };
  ASSERT_TRUE(eventually(listening)) << lab::read_file(file("proxy.log"));
}

void UsbBus::plug(const std::string& kind, const std::string& scenario) {
  REQUIRE_OK(lab::write_file(file("scenario.scn"), scenario));
  auto started = lab::Process::start(
      {{MWAN_SIMULATOR, "--scenario", file("scenario.scn"), "--usb", kind, "--operator-net", "lte0",
        "--operator-netns", operator_->path(), "--stats", file("stats.json")},
       nullptr,
       file("timeline.jsonl"),
       file("simulator.log")});
  REQUIRE_OK(started);
  simulator_ = std::move(*started);
  // The port is there a moment before the network device (qmi_wwan registers it first).
  ASSERT_TRUE(eventually([] { return port_there() && fs::exists("/sys/class/net/wwan0"); }))
      << lab::read_file(file("simulator.log"));
  // Loading drivers, the guest keeps whoever asks for network devices waiting.
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"ip", "addr", "add", "198.51.100.7/32", "dev", "lte0"},
        {"ip", "link", "set", "lte0", "up"},
        {"ip", "route", "add", "default", "dev", "lte0"}}) {
    const auto done = lab::run(&*operator_, command, kPatience);
    ASSERT_TRUE(done) << done.error().text();
  }
}

void UsbBus::unplug() {
  simulator_.stop(10s);
  EXPECT_TRUE(eventually([] { return !port_there(); }));
}

std::string UsbBus::output(const std::vector<std::string>& argv, Duration limit) const {
  const auto out = lab::run(nullptr, argv, limit);
  return out ? *out : "error " + out.error().text();
}

void UsbBus::use_network() {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"ip", "addr", "replace", "10.64.0.2/30", "dev", "wwan0"},
        {"ip", "link", "set", "wwan0", "up"},
        {"ip", "route", "replace", "198.51.100.7/32", "dev", "wwan0"}}) {
    ASSERT_EQ(output(command), "");
  }
  // A modem that speaks Ethernet is asked for its address (ARP) first, three times at most.
  EXPECT_TRUE(eventually([this] { return pings(1) == 1; }))
      << output({"ip", "neigh"}) << output({"ip", "-s", "link", "show", "wwan0"}) << books().dump(2)
      << lab::read_file(file("simulator.log"));
}

// One by one: a ping that was asked for several times ends twice the longest round trip, or the
// interval, after the last one (iputils, ping(8): -W counts where nothing came back at all), and
// the emulator stands still for longer than that when its host is busy.
int UsbBus::pings(int count, Duration limit) const {
  int back = 0;
  for (int i = 0; i < count; ++i) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit).count();
    const std::string out =
        output({"ping", "-n", "-c", "1", "-W", std::to_string(seconds), "198.51.100.7"}, 2 * limit);
    back += out.find(" 1 received") != std::string::npos ? 1 : 0;
  }
  return back;
}

nlohmann::json UsbBus::books() const {
  return nlohmann::json::parse(lab::read_file(file("stats.json")), nullptr, false);
}

double UsbBus::time_of(const std::string& step) const {
  std::istringstream lines(lab::read_file(file("timeline.jsonl")));
  double when = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_object() && json.value("step", "").starts_with(step)) {
      when = json.value("monotonic_us", 0.0) / 1000;
    }
  }
  return when;
}

}  // namespace mwan::vm
