// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/lab/modem_lab.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <sched.h>

#include "modems/proxy_probe.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

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
const char* word(BearerState state) {
  switch (state) {
    case BearerState::Disconnected:
      return "disconnected";
    case BearerState::Connecting:
      return "connecting";
    case BearerState::Connected:
      return "connected";
    case BearerState::Disconnecting:
      return "disconnecting";
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

struct Words {
  std::string operator()(const fact::Device& f) const {
    return f.present ? "device " + f.netdev : "device gone";
  }
  std::string operator()(const fact::Carrier& f) const { return f.up ? "carrier" : "no carrier"; }
  std::string operator()(const SignalSample& f) const {
    return fmt::format("signal {}{}", word(f.rat), f.empty() ? " ended" : "");
  }
  std::string operator()(const CellReport& f) const {
    return fmt::format("cells {}", f.neighbours.size());
  }
  std::string operator()(const Registration& f) const {
    return fmt::format("registration {} {} {}", word(f.state), f.plmn, word(f.rat));
  }
  std::string operator()(const PacketService& f) const {
    return fmt::format("packet-service {}", word(f.state));
  }
  std::string operator()(const Bearer& f) const {
    return fmt::format("bearer {} {}{}", f.family == IpFamily::V4 ? "ipv4" : "ipv6", word(f.state),
                       f.end_reason ? ": " + f.end_reason->text() : "");
  }
  std::string operator()(const fact::Addressing& f) const {
    return fmt::format("addressing {} {}", f.config.v4 ? f.config.v4->address.text() : "-",
                       f.config.v6 ? f.config.v6->address.text() : "-");
  }
  std::string operator()(const fact::AddressingLost& f) const { return "addressing-lost " + f.why; }
  std::string operator()(const fact::Gateway&) const { return "gateway"; }
  std::string operator()(const fact::Probe&) const { return "probe"; }
  std::string operator()(const fact::Trouble& f) const { return "trouble " + f.error.text(); }
};

lab::WorkFolder work_folder() {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) throw std::runtime_error(folder.error().text());
  return std::move(*folder);
}

}  // namespace

std::string words(const Fact& fact) { return std::visit(Words(), fact); }

std::string steady(const std::string& more) {
  return "signal lte rsrp=-85 rsrq=-8 sinr=18\n"
         "cells serving pci=101 arfcn=1300 tac=0x1234 ci=0x1A2B301 "
         "neighbour pci=205 rsrp=-99 rsrq=-12\n"
         "registration home\n" +
         more;
}

void ModemLab::SetUpTestSuite() {
  ASSERT_EQ(unshare(CLONE_NEWNET), 0)
      << "a network namespace of our own: " << std::strerror(errno) << " (run as root)";
}

ModemLab::ModemLab() : folder_(work_folder()) {
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
ModemLab::~ModemLab() = default;

void ModemLab::speak(ModemProtocol protocol) {
  config_.protocol = protocol;
  // libmbim has one name for its proxy, and looks at the device: any special file will do.
  if (protocol != ModemProtocol::Mbim) return;
  config_.proxy = "mbim-proxy";
  config_.device = "/dev/null";
}

void ModemLab::simulate(const std::string& scenario) {
  end_simulator();  // one that is dying may have closed its connections and not yet its name
  const auto file = folder_.path() / "scenario.scn";
  const bool mbim = config_.protocol == ModemProtocol::Mbim;
  const Status written = lab::write_file(file, (mbim ? "protocol=mbim\n" : "") + scenario);
  ASSERT_TRUE(written) << written.error().text();
  lab::Command command;
  command.argv = {
      MWAN_SIMULATOR, mbim ? "--mbim-proxy" : "--proxy", config_.proxy,   "--scenario", file,
      "--stats",      folder_.path() / "stats.json",     "--log-messages"};
  if (!net_.empty())
    command.argv.insert(command.argv.end(), {"--net", net_, "--operator-net", "operator0"});
  command.err = folder_.path() / "messages.log";
  auto process = lab::Process::start(command);
  ASSERT_TRUE(process) << process.error().text();
  simulator_ = std::move(*process);
  ASSERT_TRUE(until([&] { return probe_proxy(config_.proxy) == ProxyState::Listening; }))
      << "the simulator does not listen: " << lab::last_lines(command.err, 5);
}

void ModemLab::end_simulator() { simulator_.stop(5s); }

void ModemLab::start() {
  if (!modem_) modem_ = std::make_unique<Modem>(loop_, config_);
  modem_->start([this](const Fact& fact) { facts_.push_back(fact); });
}

void ModemLab::stop() {
  Job job;
  auto body = [](Modem& modem) -> Task<void> { co_await modem.stop(); };
  job.start(body(*modem_));
  EXPECT_TRUE(until([&] { return !job.running(); })) << "stop() does not end";
}

bool ModemLab::until(const std::function<bool()>& condition, Duration limit) {
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

bool ModemLab::until_fact(const std::string& beginning, Duration limit) {
  return until([&] { return told(beginning); }, limit);
}

void ModemLab::turn(Duration how_long) {
  until([] { return false; }, how_long);
}

bool ModemLab::told(const std::string& beginning, std::size_t from) const {
  return std::any_of(facts_.begin() + static_cast<std::ptrdiff_t>(std::min(from, facts_.size())),
                     facts_.end(),
                     [&](const Fact& fact) { return words(fact).starts_with(beginning); });
}

std::size_t ModemLab::count(const std::string& beginning) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      facts_, [&](const Fact& fact) { return words(fact).starts_with(beginning); }));
}

std::string ModemLab::log() const {
  std::string out = "facts:\n";
  for (const Fact& fact : facts_) out += "  " + words(fact) + "\n";
  return out;
}

nlohmann::json ModemLab::books() const {
  return nlohmann::json::parse(lab::read_file(folder_.path() / "stats.json"), nullptr, false);
}

int ModemLab::left() const {
  const nlohmann::json now = books();
  const auto count = [](const nlohmann::json& group, const char* part, const char* name) {
    return group.contains(part) ? group[part].value(name, -1) : -1;
  };
  int out = count(now, "clients", "open") + count(now, "sessions", "open");
  if (config_.protocol == ModemProtocol::Mbim && now.contains("mbim")) {
    out += count(now["mbim"], "clients", "open") + count(now["mbim"], "sessions", "active");
  }
  return out;
}

void ModemLab::expect_nothing_left() {
  EXPECT_TRUE(until([&] { return left() == 0; }, 5s)) << books().dump(2) << log();
}

std::string ModemLab::saying(const std::string& part) const {
  for (const Fact& fact : facts_) {
    if (std::string text = words(fact); text.find(part) != std::string::npos) return text;
  }
  return {};
}

std::vector<std::string> ModemLab::requests() const {
  std::vector<std::string> out;
  std::istringstream lines(lab::read_file(folder_.path() / "messages.log"));
  for (std::string line; std::getline(lines, line);) {  // "< #3 request NAME client ..."
    std::istringstream fields(line);
    std::string way;
    std::string connection;
    std::string kind;
    std::string name;
    fields >> way >> connection >> kind >> name;
    if (way == "<" && kind == "request") out.push_back(name);
  }
  return out;
}

std::size_t ModemLab::requests(const std::string& name) const {
  return static_cast<std::size_t>(std::ranges::count(requests(), name));
}

}  // namespace mwan::modem
