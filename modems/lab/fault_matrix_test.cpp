// SPDX-License-Identifier: LGPL-2.1-or-later
// One test for each fault and protocol: it is played, the driver says what happened, data comes
// back where it can, and nothing of ours is left in the modem. Run with MWAN_UPDATE_DOCS=1, the
// whole program writes docs/faults.md.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "modems/lab/fault_cases.hpp"
#include "modems/lab/modem_lab.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

struct Played {
  FaultCase fault;
  ModemProtocol protocol = ModemProtocol::Qmi;
};

std::vector<Played> matrix() {
  std::vector<Played> out;
  for (const FaultCase& fault : fault_cases()) {
    if (fault.qmi) out.push_back({fault, ModemProtocol::Qmi});
#if MWAN_WITH_MBIM
    if (fault.mbim) out.push_back({fault, ModemProtocol::Mbim});
#endif
  }
  return out;
}

const char* word(ModemProtocol protocol) {
  return protocol == ModemProtocol::Mbim ? "MBIM" : "QMI";
}

std::string test_name(const testing::TestParamInfo<Played>& info) {
  std::string out = info.param.fault.name + "-" + word(info.param.protocol);
  std::string name;
  bool upper = true;
  for (const char c : out) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      upper = true;
      continue;
    }
    name.push_back(upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c);
    upper = false;
  }
  return name;
}

// The rows of docs/faults.md, by their order in the matrix.
std::map<std::size_t, std::string>& rows() {
  static std::map<std::size_t, std::string> all;
  return all;
}

// What other tests play; its times are of the day it was written.
constexpr const char* kElsewhere = R"(
On a real bus, with qmi_wwan and cdc_mbim, the real proxies and the kernel's own reset of the bus,
tests/vm/usb_modem/driver_test.cpp plays two more in the virtual machine (requests are given 1.5 s, a
reset of the bus is due after 2 s of silence, the power hook after 12 s; nothing was left in the modem):

| fault | protocol | what the driver reported | data back | by |
| --- | --- | --- | --- | --- |
| 9 usb-error-storm | QMI | bearer ipv4 disconnected: lte: qmi get-packet-service-status ipv4: the modem hangs: 3 requests in a row without an answer | after 15.9 s | one reset of the bus |
| 9 usb-error-storm | MBIM | bearer ipv4 disconnected: lte: mbim query connect: the modem hangs: 3 requests in a row without an answer | after 12.0 s | one reset of the bus |
| 30 needs-power-cycle | QMI | lte: qmi open: no answer within 4000 ms; next: the modem does not answer for 14.2 s: its power is cycled by the configured program in 200 ms | after 24.9 s | the power hook, after a reset of the bus was no cure |
| 30 needs-power-cycle | MBIM | lte: mbim open: no answer within 974 ms; next: the modem does not answer for 16 s: its power is cycled by the configured program in 200 ms | after 33.7 s | the power hook, after a reset of the bus was no cure |

Elsewhere: 31 (the dead carrier of a tethered iPhone) is no modem of these protocols; it is played on the
kernel's ipheth by tests/vm/plug/iphone_test.cpp. 27 (late ports), 28 (mode-switch loops) and 29
(emergency download) are played against the discovery with umockdev in tests/lab/faults; 10 (stuck
transmit) is played by modems/lab/stuck_transmit_test.cpp, with packets, and by
tests/vm/usb_modem/judges_test.cpp, where the kernel's transfers stay on the endpoint.
)";

// The ladder of minutes and hours in a hundredth of the time, so that its rungs are seen.
LadderPolicy quick_ladder(const LadderPolicy& base) {
  LadderPolicy out = base;
  for (DueTimes& kind : out.due) {
    for (auto& due : kind) {
      if (due) *due /= 100;
    }
  }
  out.reset_spacing = 1s;
  out.no_network_spacing = 2s;
  return out;
}

class FaultMatrix : public ModemLab, public testing::WithParamInterface<Played> {
 public:
  static void TearDownTestSuite();

 protected:
  void tune();
  void write_power_hook();
  void write_providers();
  [[nodiscard]] bool flows() const {
    for (auto fact = facts_.rbegin(); fact != facts_.rend(); ++fact) {
      if (std::holds_alternative<fact::Addressing>(*fact)) return true;
      if (std::holds_alternative<fact::AddressingLost>(*fact)) return false;
    }
    return false;
  }
};

void FaultMatrix::tune() {
  speak(GetParam().protocol);
  ModemTimings& timings = config_.timings;
  timings.request = 700ms;
  timings.open = 3s;
  timings.start_network = 2s;
  timings.cross_check = 500ms;
  timings.recovery = quick_ladder(timings.recovery);
  if (GetParam().fault.tune) GetParam().fault.tune(config_);
}

// Where somebody wired a relay: here the simulator is told to pull its plug.
void FaultMatrix::write_power_hook() {
  const auto file = folder() / "power-hook";
  const Status written =
      lab::write_file(file, fmt::format("#!/bin/sh\nkill -USR1 {}\nsleep 0.5\n", simulator_pid()));
  ASSERT_TRUE(written) << written.error().text();
  ASSERT_EQ(chmod(file.c_str(), 0700), 0);
  config_.power_hook = file;
}

// What is publicly known of the simulated test network.
void FaultMatrix::write_providers() {
  const auto file = folder() / "providers.xml";
  const Status written = lab::write_file(
      file,
      R"(<serviceproviders format="2.0"><country code="de"><provider primary="true"><name>Test</name>
<gsm><network-id mcc="001" mnc="01"/><apn value="right"><usage type="internet"/></apn></gsm>
</provider></country></serviceproviders>)");
  ASSERT_TRUE(written) << written.error().text();
  config_.providers = file;
}

TEST_P(FaultMatrix, IsSurvived) {
  const FaultCase& fault = GetParam().fault;
  tune();
  std::string scenario = "start=signal\n" + fault.header + steady(fault.first + "\n");
  if (!fault.later.empty()) scenario += fault.later + "\n";
  if (!fault.cure.empty()) {
    if (!fault.later.empty()) scenario += "trigger\n";
    scenario += fault.cure + "\n";
  }
  simulate(scenario);
  write_providers();
  const bool by_hook = fault.name == "needs-power-cycle";
  if (by_hook) write_power_hook();
  start();
  if (!fault.later.empty()) {
    ASSERT_TRUE(until_fact("addressing ", 30s)) << log();
    facts_.clear();
    trigger();
  }
  const Instant began = Loop::now();
  ASSERT_TRUE(until([&] { return !saying(fault.says).empty(); }, 30s)) << log();
  if (!fault.cure.empty() && !by_hook) {
    turn(300ms);
    trigger();
  }
  std::string back = "no, and it must not";
  if (fault.returns) {
    ASSERT_TRUE(until([&] { return flows(); }, 45s)) << log();
    back =
        fmt::format("after {:.1f} s", std::chrono::duration<double>(Loop::now() - began).count());
    if (fault.later.empty() && fault.cure.empty() && !told("trouble")) back = "not touched";
  } else {
    turn(1s);
    EXPECT_FALSE(flows()) << log();
  }
  std::string reported = saying(fault.says);
  if (reported.starts_with("trouble ")) reported.erase(0, 8);
  stop();
  expect_nothing_left();
  const std::size_t place = static_cast<std::size_t>(
      std::ranges::find_if(fault_cases(),
                           [&](const FaultCase& one) { return one.name == fault.name; }) -
      fault_cases().begin());
  rows()[2 * place + (GetParam().protocol == ModemProtocol::Mbim ? 1 : 0)] =
      fmt::format("| {} {} | {} | {} | {} | {} |\n", fault.number, fault.name,
                  word(GetParam().protocol), reported, back, left());
}

void FaultMatrix::TearDownTestSuite() {
  if (std::getenv("MWAN_UPDATE_DOCS") == nullptr) return;
  std::ofstream out(MWAN_FAULTS_DOCUMENT);
  out << "# Faults, and what the driver makes of them\n\n"
         "Made by `MWAN_UPDATE_DOCS=1 mwan_modem_fault_tests`, which plays each fault in the "
         "simulated modem\n(`mwan-sim --list-faults`) against the real driver over the real "
         "libqmi and libmbim. Its times are those\nof the lab: requests are given 0.7 s, the "
         "recovery ladder climbs in a hundredth of its usual time. What\nis left counts client "
         "ids, sessions and connections in the modem's own books after the driver was\nstopped. "
         "The faults 9, 10, 27, 28, 29 and 31 are not in this table: see below.\n\n"
         "| fault | protocol | what the driver reported | data back | left |\n"
         "| --- | --- | --- | --- | --- |\n";
  for (const auto& [place, row] : rows()) out << row;
  out << kElsewhere;
}

INSTANTIATE_TEST_SUITE_P(Field, FaultMatrix, testing::ValuesIn(matrix()), test_name);

// The document names every case; what happened in it is of the day it was made.
TEST(FaultDocument, HasEveryCase) {
  std::ifstream file(MWAN_FAULTS_DOCUMENT);
  std::stringstream text;
  text << file.rdbuf();
  for (const Played& one : matrix()) {
    const std::string row =
        fmt::format("| {} {} | {} |", one.fault.number, one.fault.name, word(one.protocol));
    EXPECT_THAT(text.str(), testing::HasSubstr(row)) << "run with MWAN_UPDATE_DOCS=1";
  }
}

}  // namespace
}  // namespace mwan::modem
