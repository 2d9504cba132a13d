// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/lab/simulated_modem.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include <sched.h>

#include "modems/control_port.hpp"
#include "modems/proxy_probe.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

lab::WorkFolder work_folder() {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) throw std::runtime_error(folder.error().text());
  return std::move(*folder);
}

}  // namespace

const char* word(RegistrationState state) {
  switch (state) {
    case RegistrationState::Unknown:
      return "unknown";
    case RegistrationState::NotRegistered:
      return "none";
    case RegistrationState::Searching:
      return "searching";
    case RegistrationState::Home:
      return "home";
    case RegistrationState::Roaming:
      return "roaming";
    case RegistrationState::Denied:
      return "denied";
  }
  return "?";
}
const char* word(PacketServiceState state) {
  switch (state) {
    case PacketServiceState::Unknown:
      return "unknown";
    case PacketServiceState::Detached:
      return "detached";
    case PacketServiceState::Attached:
      return "attached";
  }
  return "?";
}
const char* word(Rat rat) {
  switch (rat) {
    case Rat::Unknown:
      return "-";
    case Rat::Gsm:
      return "gsm";
    case Rat::Umts:
      return "umts";
    case Rat::Lte:
      return "lte";
    case Rat::NrNsa:
      return "nr-nsa";
    case Rat::NrSa:
      return "nr-sa";
  }
  return "?";
}

void SimulatedModem::SetUpTestSuite() {
  ASSERT_EQ(unshare(CLONE_NEWNET), 0)
      << "a network namespace of our own: " << std::strerror(errno) << " (run as root)";
}

SimulatedModem::SimulatedModem() : folder_(work_folder()) {
  config_.link = "lte";
  config_.netdev = "wwan0";
  config_.proxy = "mwan-lab";
  config_.no_file_check = true;
  config_.apn = "internet";
  ModemTimings& t = config_.timings;
  t.open = 5s;
  t.request = 2s;
  t.online = 5s;
  t.start_network = 5s;
  t.registration_report = 500ms;
  t.stop_budget = 5s;
  t.cleanup_budget = 500ms;
  t.recovery.pauses.steps = {100ms, 200ms};
  t.recovery.pauses.throttled = 200ms;
  t.recovery.pauses.permanent = 300ms;
}
SimulatedModem::~SimulatedModem() = default;

void SimulatedModem::speak(ModemProtocol protocol) {
  config_.protocol = protocol;
  // libmbim has one name for its proxy, and looks at the device: any special file will do.
  if (protocol != ModemProtocol::Mbim) return;
  config_.proxy = "mbim-proxy";
  config_.device = "/dev/null";
}

void SimulatedModem::on_bus() {
  const bool mbim = config_.protocol == ModemProtocol::Mbim;
  on_bus_ = true;
  config_.device = "/dev/cdc-wdm0";
  config_.no_file_check = false;
  config_.netdev.clear();
  config_.proxy = mbim ? "mbim-proxy" : "qmi-proxy";
  auto proxy = lab::Process::start({{"/usr/libexec/" + config_.proxy, "--no-exit"},
                                    nullptr,
                                    folder_.path() / "proxy.log",
                                    folder_.path() / "proxy.log"});
  ASSERT_TRUE(proxy) << proxy.error().text();
  proxy_ = std::move(*proxy);
  ASSERT_TRUE(until([&] { return probe_proxy(config_.proxy) == ProxyState::Listening; }))
      << lab::last_lines(folder_.path() / "proxy.log", 5);
}

bool SimulatedModem::reachable() const {
  return on_bus_ ? port_protocol(config_.device).has_value()
                 : probe_proxy(config_.proxy) == ProxyState::Listening;
}

void SimulatedModem::simulate(const std::string& scenario) {
  end_simulator();  // one that is dying may have closed its connections and not yet its name
  const auto file = folder_.path() / "scenario.scn";
  const bool mbim = config_.protocol == ModemProtocol::Mbim;
  const Status written = lab::write_file(file, (mbim ? "protocol=mbim\n" : "") + scenario);
  ASSERT_TRUE(written) << written.error().text();
  lab::Command command;
  command.argv = {MWAN_SIMULATOR,  "--scenario", file, "--stats", folder_.path() / "stats.json",
                  "--log-messages"};
  if (on_bus_) {
    command.argv.insert(command.argv.end(), {"--usb", mbim ? "mbim" : "qmi"});
  } else {
    command.argv.insert(command.argv.end(), {mbim ? "--mbim-proxy" : "--proxy", config_.proxy});
  }
  if (!net_.empty())
    command.argv.insert(command.argv.end(), {"--net", net_, "--operator-net", "operator0"});
  command.out = folder_.path() / "timeline.jsonl";
  command.err = folder_.path() / "messages.log";
  auto process = lab::Process::start(command);
  ASSERT_TRUE(process) << process.error().text();
  simulator_ = std::move(*process);
  ASSERT_TRUE(until([&] { return reachable(); }, 60s))
      << "the simulator does not listen: " << lab::last_lines(command.err, 5);
}

void SimulatedModem::end_simulator() { simulator_.stop(5s); }

bool SimulatedModem::until(const std::function<bool()>& condition, Duration limit) {
  const Instant end = Loop::now() + limit;
  while (!condition()) {
    if (Loop::now() >= end) return false;
    bool woken = false;
    const SourceHandle tick = loop_.after(10ms, [&] { woken = true; });
    while (!woken && loop_.iterate(true)) {
      if (condition()) return true;
    }
  }
  return true;
}

void SimulatedModem::turn(Duration how_long) {
  until([] { return false; }, how_long);
}

nlohmann::json SimulatedModem::books() const {
  return nlohmann::json::parse(lab::read_file(folder_.path() / "stats.json"), nullptr, false);
}

int SimulatedModem::left() const {
  const nlohmann::json now = books();
  const auto count = [](const nlohmann::json& group, const char* part, const char* name) {
    return group.contains(part) ? group[part].value(name, -1) : -1;
  };
  int out = count(now, "clients", "open") + count(now, "sessions", "open");
  if (config_.protocol == ModemProtocol::Mbim && now.contains("mbim")) {
    out += count(now["mbim"], "sessions", "active");
    // On the bus the one client is the proxy, which keeps the port open.
    if (!on_bus_) out += count(now["mbim"], "clients", "open");
  }
  return out;
}

void SimulatedModem::expect_nothing_left() {
  EXPECT_TRUE(until([&] { return left() == 0; })) << books().dump(2) << log();
}

std::vector<std::string> SimulatedModem::requests() const {
  std::vector<std::string> out;
  std::istringstream lines(lab::read_file(folder_.path() / "messages.log"));
  // QMI "< #3 request NAME client ...", MBIM "< #3 NAME [set] message ..."
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string way;
    std::string connection;
    std::string first;
    std::string second;
    fields >> way >> connection >> first >> second;
    if (way != "<") continue;
    if (first == "request") out.push_back(second);
    if (first.starts_with("mbim.")) out.push_back(second == "set" ? first + " set" : first);
  }
  return out;
}

std::size_t SimulatedModem::requests(const std::string& name) const {
  return static_cast<std::size_t>(std::ranges::count(requests(), name));
}

}  // namespace mwan::modem
