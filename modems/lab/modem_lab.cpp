// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/lab/modem_lab.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

const char* bearer_word(BearerState state) {
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
    return fmt::format("bearer {} {}{}", f.family == IpFamily::V4 ? "ipv4" : "ipv6",
                       bearer_word(f.state), f.end_reason ? ": " + f.end_reason->text() : "");
  }
  std::string operator()(const fact::Addressing& f) const {
    return fmt::format("addressing {} {}", f.config.v4 ? f.config.v4->address.text() : "-",
                       f.config.v6 ? f.config.v6->address.text() : "-");
  }
  std::string operator()(const fact::AddressingLost& f) const { return "addressing-lost " + f.why; }
  std::string operator()(const fact::Gateway&) const { return "gateway"; }
  std::string operator()(const fact::Probe&) const { return "probe"; }
  std::string operator()(const fact::Portal&) const { return "portal"; }
  std::string operator()(const fact::ProbeBudget&) const { return "probe budget"; }
  std::string operator()(const fact::Traffic&) const { return "traffic"; }
  std::string operator()(const fact::Errors&) const { return "errors"; }
  std::string operator()(const fact::Speed&) const { return "speed"; }
  std::string operator()(const fact::Trouble& f) const { return "trouble " + f.error.text(); }
};

}  // namespace

std::string words(const Fact& fact) { return std::visit(Words(), fact); }

std::string steady(const std::string& more) {
  return "signal lte rsrp=-85 rsrq=-8 sinr=18\n"
         "cells serving pci=101 arfcn=1300 tac=0x1234 ci=0x1A2B301 "
         "neighbour pci=205 rsrp=-99 rsrq=-12\n"
         "registration home\n" +
         more;
}

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

bool ModemLab::until_fact(const std::string& beginning, Duration limit) {
  return until([&] { return told(beginning); }, limit);
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

std::string ModemLab::saying(const std::string& part) const {
  for (const Fact& fact : facts_) {
    if (std::string text = words(fact); text.find(part) != std::string::npos) return text;
  }
  return {};
}

}  // namespace mwan::modem
