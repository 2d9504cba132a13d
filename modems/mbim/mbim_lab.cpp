// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/mbim_lab.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sstream>

#include <fmt/format.h>
#include <sched.h>

#include "modems/proxy_probe.hpp"

namespace mwan::mbim {
namespace {

using namespace std::chrono_literals;

constexpr const char* kProxy = "mbim-proxy";

const char* word(RegistrationState state) {
  constexpr const char* kWords[] = {"unknown", "none", "searching", "home", "roaming", "denied"};
  return kWords[static_cast<std::size_t>(state)];
}
const char* word(PacketServiceState state) {
  constexpr const char* kWords[] = {"unknown", "detached", "attached"};
  return kWords[static_cast<std::size_t>(state)];
}
const char* word(Rat rat) {
  constexpr const char* kWords[] = {"-", "gsm", "umts", "lte", "nr-nsa", "nr-sa"};
  return kWords[static_cast<std::size_t>(rat)];
}
const char* word(SimState state) {
  constexpr const char* kWords[] = {
      "starting", "ready",   "absent",  "faulty",         "pin",
      "puk",      "blocked", "illegal", "network-locked", "no-profile"};
  return kWords[static_cast<std::size_t>(state)];
}
const char* word(RadioPower power) {
  constexpr const char* kWords[] = {"on", "off", "hardware-off", "vendor-locked"};
  return kWords[static_cast<std::size_t>(power)];
}

struct Words {
  std::string operator()(const Registration& r) const {
    return fmt::format("registration {} {} {}", word(r.state), r.plmn, word(r.rat));
  }
  std::string operator()(const PacketService& r) const {
    return fmt::format("packet-service {}", word(r.state));
  }
  std::string operator()(const SignalSample& r) const {
    return fmt::format("signal {} rsrp={} rsrq={}{}", word(r.rat), r.rsrp_dbm.value_or(0),
                       r.rsrq_db.value_or(0), r.empty() ? " ended" : "");
  }
  std::string operator()(const CellReport& r) const {
    return fmt::format("cells {}", r.neighbours.size());
  }
  std::string operator()(const Sim& r) const { return fmt::format("sim {}", word(r.state)); }
  std::string operator()(const RadioPower& r) const { return fmt::format("radio {}", word(r)); }
  std::string operator()(const report::BearerEnded& r) const {
    return fmt::format("ended {}: {}", r.family == IpFamily::V4 ? "ipv4" : "ipv6", r.why.text());
  }
  std::string operator()(const report::AddressingChanged&) const { return "addressing-changed"; }
  std::string operator()(const report::Doubt&) const { return "doubt"; }
};

lab::WorkFolder work_folder() {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) throw std::runtime_error(folder.error().text());
  return std::move(*folder);
}

}  // namespace

std::string words(const ModemReport& report) { return std::visit(Words(), report); }

std::string steady(const std::string& more) {
  return "signal lte rsrp=-85 rsrq=-8 sinr=18\n"
         "cells serving pci=101 arfcn=1300 tac=0x1234 ci=0x1A2B301 "
         "neighbour pci=205 rsrp=-99 rsrq=-12 neighbour pci=206 rsrp=-103 rsrq=-14\n"
         "registration home\n" +
         more;
}

void MbimLab::SetUpTestSuite() {
  ASSERT_EQ(unshare(CLONE_NEWNET), 0)
      << "a network namespace of our own: " << std::strerror(errno) << " (run as root)";
}

MbimLab::MbimLab() : folder_(work_folder()) {
  config_.link = "lte";
  config_.netdev = "wwan0";
  config_.no_file_check = true;
  config_.apn = "internet";
  config_.quirks.signal_interval = 1s;
  ModemTimings& t = config_.timings;
  t.open = 5s;
  t.request = 2s;
  t.online = 5s;
  t.start_network = 5s;
}
MbimLab::~MbimLab() = default;

void MbimLab::simulate(const std::string& scenario) {
  end_simulator();  // one that is dying may have closed its connections and not yet its name
  const auto file = folder_.path() / "scenario.scn";
  const Status written = lab::write_file(file, "protocol=mbim\n" + scenario);
  ASSERT_TRUE(written) << written.error().text();
  lab::Command command;
  command.argv = {MWAN_SIMULATOR,
                  "--mbim-proxy",
                  kProxy,
                  "--scenario",
                  file,
                  "--stats",
                  folder_.path() / "stats.json",
                  "--log-messages"};
  command.err = folder_.path() / "messages.log";
  auto process = lab::Process::start(command);
  ASSERT_TRUE(process) << process.error().text();
  simulator_ = std::move(*process);
  ASSERT_TRUE(until([&] { return probe_proxy(kProxy) == ProxyState::Listening; }))
      << "the simulator does not listen: " << lab::last_lines(command.err, 5);
}

void MbimLab::end_simulator() { simulator_.stop(5s); }

void MbimLab::make_adapter() {
  reports_.clear();
  gone_ = 0;
  cancel_ = Cancel();
  adapter_ = std::make_unique<MbimAdapter>(loop_, config_);
  adapter_->on_report([this](const ModemReport& report) { reports_.push_back(report); });
  adapter_->on_gone([this] { ++gone_; });
}

void MbimLab::up() {
  make_adapter();
  const Status opened = done(adapter_->open(cancel_));
  ASSERT_TRUE(opened) << opened.error().text();
  const auto listening = done(adapter_->listen(config_.signal, cancel_));
  ASSERT_TRUE(listening) << listening.error().text();
  EXPECT_TRUE(listening->signal);
  const auto registered = [this] {
    const auto now = done(adapter_->read_registration(cancel_));
    return now && now->registered();
  };
  ASSERT_TRUE(until(registered)) << log();
}

void MbimLab::close() { done(adapter_->close(5s)); }

void MbimLab::done(Task<void> task, Duration limit) {
  Job job;
  job.start(std::move(task));
  if (!until([&] { return !job.running(); }, limit)) {
    throw std::runtime_error("it does not end; " + log());
  }
}

bool MbimLab::until(const std::function<bool()>& condition, Duration limit) {
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

bool MbimLab::until_report(const std::string& beginning, Duration limit) {
  return until([&] { return reported(beginning); }, limit);
}

void MbimLab::turn(Duration how_long) {
  until([] { return false; }, how_long);
}

Result<std::vector<FamilyOutcome>> MbimLab::connect(std::vector<IpFamily> families) {
  return done(adapter_->connect(std::move(families), cancel_));
}

bool MbimLab::reported(const std::string& beginning) const {
  return std::ranges::any_of(
      reports_, [&](const ModemReport& report) { return words(report).starts_with(beginning); });
}

std::string MbimLab::log() const {
  std::string out = "reports:\n";
  for (const ModemReport& report : reports_) out += "  " + words(report) + "\n";
  out += "messages:\n";
  return out + lab::last_lines(folder_.path() / "messages.log", 20);
}

nlohmann::json MbimLab::books() const {
  return nlohmann::json::parse(lab::read_file(folder_.path() / "stats.json"), nullptr, false);
}

void MbimLab::expect_nothing_left() {
  const auto left = [&](const char* group, const char* what) {
    const nlohmann::json now = books();
    return now.contains("mbim") ? now["mbim"][group].value(what, -1) : -1;
  };
  EXPECT_TRUE(
      until([&] { return left("clients", "open") == 0 && left("sessions", "active") == 0; }, 5s))
      << books().dump(2) << log();
  EXPECT_EQ(books()["sessions"].value("open", -1), 0);
}

std::vector<std::string> MbimLab::requests() const {
  std::vector<std::string> out;
  std::istringstream lines(lab::read_file(folder_.path() / "messages.log"));
  for (std::string line; std::getline(lines, line);) {  // "< #3 NAME [set] message ..."
    std::istringstream fields(line);
    std::string way;
    std::string connection;
    std::string name;
    std::string set;
    fields >> way >> connection >> name >> set;
    if (way != "<" || !name.starts_with("mbim.")) continue;
    out.push_back(set == "set" ? name + " set" : name);
  }
  return out;
}

std::size_t MbimLab::requests(const std::string& name) const {
  return static_cast<std::size_t>(std::ranges::count(requests(), name));
}

}  // namespace mwan::mbim
