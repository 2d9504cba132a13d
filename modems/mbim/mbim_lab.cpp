// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/mbim_lab.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mwan::mbim {
namespace {

using modem::word;

using namespace std::chrono_literals;

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

}  // namespace

std::string words(const ModemReport& report) { return std::visit(Words(), report); }

std::string steady(const std::string& more) {
  return "signal lte rsrp=-85 rsrq=-8 sinr=18\n"
         "cells serving pci=101 arfcn=1300 tac=0x1234 ci=0x1A2B301 "
         "neighbour pci=205 rsrp=-99 rsrq=-12 neighbour pci=206 rsrp=-103 rsrq=-14\n"
         "registration home\n" +
         more;
}

MbimLab::MbimLab() {
  speak(ModemProtocol::Mbim);
  config_.quirks.signal_interval = 1s;
}

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

bool MbimLab::until_report(const std::string& beginning, Duration limit) {
  return until([&] { return reported(beginning); }, limit);
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
  return out + lab::last_lines(folder() / "messages.log", 20);
}

}  // namespace mwan::mbim
