// SPDX-License-Identifier: LGPL-2.1-or-later
// libqmi's own command line client takes the simulated modem for a real one.
#include "tests/lab/sim/sim_lab.hpp"

namespace mwan::lab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kQmicliScenario = R"(
manufacturer=Some Vendor
model=MX-9
revision=MX9-1.2.3
imei=352099001761481
iccid=8949000000000000014
home-plmn=26207
home-name=Test Network
ipv4-address=10.64.3.18/30
ipv4-gateway=10.64.3.17
ipv4-dns=192.0.2.53,192.0.2.54
ipv6-address=2001:db8:6:4::77/64
ipv6-gateway=2001:db8:6:4::1
ipv6-dns=2001:db8::53
mtu=1400
signal lte rsrp=-97 rsrq=-11 sinr=7.5
cells serving pci=311 arfcn=6300 tac=0x2345 ci=0x1B2C30A neighbour pci=12 rsrp=-104 rsrq=-15 neighbour pci=88 arfcn=1300 rsrp=-101
)";

class Qmicli : public SimLab {
 protected:
  void SetUp() override {
    SimLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    simulate(kQmicliScenario);
    ASSERT_TRUE(eventually([this] { return registered(); })) << stats().dump();
  }
  void TearDown() override {
    if (!router_) return;
    // Nothing that qmicli took may be left.
    EXPECT_TRUE(eventually([this] {
      const auto now = stats();
      return now.is_object() && now["clients"]["open"] == 0 && now["sessions"]["open"] == 0;
    })) << stats().dump(2);
    EXPECT_EQ(simulator_.stop(std::chrono::seconds(5)), 0) << read_file(file("simulator.log"));
  }
};

TEST_F(Qmicli, Identity) {
  EXPECT_THAT(qmicli({"--dms-get-ids"}), HasSubstr("IMEI: '352099001761481'"));
  EXPECT_THAT(qmicli({"--dms-get-revision"}), HasSubstr("Revision: 'MX9-1.2.3'"));
  EXPECT_THAT(qmicli({"--dms-get-manufacturer"}), HasSubstr("Manufacturer: 'Some Vendor'"));
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("Model: 'MX-9'"));
  EXPECT_THAT(qmicli({"--get-service-version-info"}), HasSubstr("nas (1.25)"));
}

TEST_F(Qmicli, OperatingModeTurnsTheRadioOffAndOn) {
  EXPECT_THAT(qmicli({"--dms-get-operating-mode"}), HasSubstr("Mode: 'online'"));
  EXPECT_THAT(qmicli({"--dms-set-operating-mode=low-power"}), HasSubstr("set successfully"));
  EXPECT_THAT(qmicli({"--dms-get-operating-mode"}), HasSubstr("Mode: 'low-power'"));
  EXPECT_THAT(qmicli({"--nas-get-serving-system"}),
              HasSubstr("Registration state: 'not-registered'"));
  EXPECT_THAT(qmicli({"--dms-set-operating-mode=online"}), HasSubstr("set successfully"));
  EXPECT_TRUE(eventually([this] { return registered(); }));
}

TEST_F(Qmicli, CardStatus) {
  const std::string card = qmicli({"--uim-get-card-status"});
  EXPECT_THAT(card, HasSubstr("Card state: 'present'"));
  EXPECT_THAT(card, HasSubstr("Application state: 'ready'"));
  EXPECT_THAT(card, HasSubstr("PIN1 state: 'disabled'"));
  EXPECT_THAT(qmicli({"--uim-get-slot-status"}), HasSubstr("ICCID: 8949000000000000014"));
}

TEST_F(Qmicli, SignalInfo) {
  const std::string signal = qmicli({"--nas-get-signal-info"});
  EXPECT_THAT(signal, HasSubstr("RSRP: '-97 dBm'"));
  EXPECT_THAT(signal, HasSubstr("RSRQ: '-11 dB'"));
  EXPECT_THAT(signal, HasSubstr("SNR: '7.5 dB'"));
}

TEST_F(Qmicli, ServingSystemSystemInfoAndHomeNetwork) {
  const std::string serving = qmicli({"--nas-get-serving-system"});
  EXPECT_THAT(serving, HasSubstr("Registration state: 'registered'"));
  EXPECT_THAT(serving, HasSubstr("PS: 'attached'"));
  EXPECT_THAT(serving, HasSubstr("[0]: 'lte'"));
  EXPECT_THAT(serving, HasSubstr("Description: 'Test Network'"));
  EXPECT_THAT(serving, HasSubstr("Roaming status: 'off'"));
  const std::string system = qmicli({"--nas-get-system-info"});
  EXPECT_THAT(system, HasSubstr("Status: 'available'"));
  EXPECT_THAT(system, HasSubstr("MCC: '262'"));
  EXPECT_THAT(system, HasSubstr("MNC: '07'"));
  EXPECT_THAT(system, HasSubstr("Tracking Area Code: '9029'"));
  const std::string home = qmicli({"--nas-get-home-network"});
  EXPECT_THAT(home, HasSubstr("MCC: '262'"));
  EXPECT_THAT(home, HasSubstr("Description: 'Test Network'"));
  EXPECT_THAT(qmicli({"--dsd-get-system-status"}), HasSubstr("RAT: '3gpp-lte'"));
}

TEST_F(Qmicli, CellLocationInfo) {
  const std::string cells = qmicli({"--nas-get-cell-location-info"});
  EXPECT_THAT(cells, HasSubstr("PLMN: '26207'"));
  EXPECT_THAT(cells, HasSubstr("Serving Cell ID: '311'"));
  EXPECT_THAT(cells, HasSubstr("'6300'"));
  EXPECT_THAT(cells, HasSubstr("RSRP: '-97.0' dBm"));
  EXPECT_THAT(cells, HasSubstr("Physical Cell ID: '12'"));
  EXPECT_THAT(cells, HasSubstr("RSRP: '-104.0' dBm"));
  EXPECT_THAT(cells, HasSubstr("Interfrequency LTE Info"));
  EXPECT_THAT(cells, HasSubstr("Physical Cell ID: '88'"));
}

TEST_F(Qmicli, DataFormat) {
  EXPECT_THAT(qmicli({"--wda-get-data-format"}), HasSubstr("Link layer protocol: '802-3'"));
  EXPECT_THAT(qmicli({"--wda-set-data-format=raw-ip"}), HasSubstr("Link layer protocol: 'raw-ip'"));
  EXPECT_THAT(qmicli({"--wda-get-data-format"}), HasSubstr("Link layer protocol: 'raw-ip'"));
}

TEST_F(Qmicli, ASessionOfIpv4) {
  EXPECT_THAT(qmicli({"--wds-get-packet-service-status"}), HasSubstr("status: 'disconnected'"));
  EXPECT_THAT(qmicli({"--wds-get-current-settings"}), HasSubstr("OutOfCall"));
  ASSERT_NO_FATAL_FAILURE(start_network("4"));
  EXPECT_THAT(ask_session("--wds-get-packet-service-status"), HasSubstr("status: 'connected'"));
  const std::string settings = ask_session("--wds-get-current-settings");
  EXPECT_THAT(settings, HasSubstr("IPv4 address: 10.64.3.18"));
  EXPECT_THAT(settings, HasSubstr("IPv4 subnet mask: 255.255.255.252"));
  EXPECT_THAT(settings, HasSubstr("IPv4 gateway address: 10.64.3.17"));
  EXPECT_THAT(settings, HasSubstr("IPv4 primary DNS: 192.0.2.53"));
  EXPECT_THAT(settings, HasSubstr("IPv4 secondary DNS: 192.0.2.54"));
  EXPECT_THAT(settings, HasSubstr("MTU: 1400"));
  EXPECT_THAT(ask_session("--wds-get-packet-statistics"), HasSubstr("TX packets OK: 0"));
  EXPECT_THAT(stop_network(), HasSubstr("Network stopped"));
  EXPECT_THAT(qmicli({"--wds-get-packet-service-status"}), HasSubstr("status: 'disconnected'"));
}

TEST_F(Qmicli, ASessionOfIpv6) {
  ASSERT_NO_FATAL_FAILURE(start_network("6"));
  const std::string settings = ask_session("--wds-get-current-settings");
  EXPECT_THAT(settings, HasSubstr("IPv6 address: 2001:db8:6:4::77/64"));
  EXPECT_THAT(settings, HasSubstr("IPv6 gateway address: 2001:db8:6:4::1/64"));
  EXPECT_THAT(settings, HasSubstr("IPv6 primary DNS: 2001:db8::53"));
  EXPECT_THAT(settings, Not(HasSubstr("IPv4 address")));
  EXPECT_THAT(stop_network(), HasSubstr("Network stopped"));
}

}  // namespace
}  // namespace mwan::lab
