// SPDX-License-Identifier: LGPL-2.1-or-later
// libmbim's own command line client takes the simulated modem for a real one, in each of the MBIMEx
// versions it speaks.
#include "tests/lab/sim/sim_lab.hpp"

namespace mwan::lab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kMbimcliScenario = R"(
protocol=both
manufacturer=Some Vendor
model=MX-9
revision=MX9-1.2.3
imei=352099001761481
iccid=8949000000000000014
imsi=262075123456789
home-plmn=26207
home-name=Test Network
ipv4-address=10.64.3.18/30
ipv4-gateway=10.64.3.17
ipv4-dns=192.0.2.53,192.0.2.54
ipv6-address=2001:db8:6:4::77/64
ipv6-gateway=2001:db8:6:4::1
ipv6-dns=2001:db8::53
mtu=1400
start=signal
signal lte rsrp=-97 rsrq=-11 sinr=7.5
cells serving pci=311 arfcn=6300 tac=0x2345 ci=0x1B2C30A neighbour pci=12 rsrp=-104 rsrq=-15
at 0s fail-on mbim.device-caps error=1
at 0s refuse-connect cause=27
)";

using Words = std::vector<std::string>;

class Mbimcli : public SimLab {
 protected:
  void SetUp() override {
    SimLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    simulate(kMbimcliScenario);
    ASSERT_TRUE(eventually([this] { return registered(); })) << stats().dump();
  }
  void TearDown() override {
    if (!router_) return;
    // No session that nobody answers for, no client that did not close.
    EXPECT_TRUE(eventually([this] {
      const auto now = stats();
      return now.is_object() && now["sessions"]["open"] == 0 &&
             now["mbim"]["sessions"]["active"] == 0 && now["mbim"]["clients"]["open"] == 0;
    })) << stats().dump(2);
    EXPECT_EQ(simulator_.stop(std::chrono::seconds(5)), 0) << read_file(file("simulator.log"));
  }

  // What mbimcli printed, or why it failed, which starts with "error".
  [[nodiscard]] std::string mbimcli(Words arguments,
                                    const std::string& device = "/dev/null") const {
    arguments.insert(arguments.begin(), {"mbimcli", "-p", "-d", device});
    const auto out = run(&*router_, arguments, std::chrono::seconds(40));
    return out ? *out : "error: " + out.error().text();
  }
  [[nodiscard]] std::string ask(const std::string& question) const { return mbimcli({question}); }
  // As a host that speaks MBIMEx 2.0 or 3.0.
  [[nodiscard]] std::string ask_v2(const std::string& question) const {
    return mbimcli({"--device-open-ms-mbimex-v2", question});
  }
  [[nodiscard]] std::string ask_v3(const std::string& question) const {
    return mbimcli({"--device-open-ms-mbimex-v3", question});
  }
};

TEST_F(Mbimcli, Identity) {
  const std::string caps = ask("--query-device-caps");
  EXPECT_THAT(caps, HasSubstr("Device ID: '352099001761481'"));
  EXPECT_THAT(caps, HasSubstr("Firmware info: 'MX9-1.2.3'"));
  EXPECT_THAT(caps, HasSubstr("Hardware info: 'Some Vendor MX-9'"));
  EXPECT_THAT(caps, HasSubstr("Max sessions: '8'"));
  EXPECT_THAT(ask("--ms-query-device-caps"), HasSubstr("Executor Index: '0'"));
  EXPECT_THAT(ask_v3("--ms-query-device-caps"),
              AllOf(HasSubstr("Data subclass: '5g-endc, 5g-nr'"), HasSubstr("NR band class"),
                    HasSubstr("Device ID: '352099001761481'")));
  const std::string services = ask("--query-device-services");
  EXPECT_THAT(services, HasSubstr("ms-basic-connect-extensions"));
  EXPECT_THAT(services, HasSubstr("packet-statistics (20)"));
}

TEST_F(Mbimcli, CardAndPin) {
  const std::string ready = ask("--query-subscriber-ready-status");
  EXPECT_THAT(ready, HasSubstr("Ready state: 'initialized'"));
  EXPECT_THAT(ready, HasSubstr("SIM ICCID: '8949000000000000014'"));
  EXPECT_THAT(ready, HasSubstr("Subscriber ID: '262075123456789'"));
  EXPECT_THAT(ask_v3("--query-subscriber-ready-status"), HasSubstr("sim-removable"));
  EXPECT_THAT(ask("--query-pin-state"), HasSubstr("PIN state: 'unlocked'"));
  EXPECT_THAT(ask("--query-pin-list"), HasSubstr("PIN1"));
  EXPECT_THAT(ask("--enter-pin=1234"), HasSubstr("PinDisabled"));
  EXPECT_THAT(ask("--ms-query-slot-info-status=0"), HasSubstr("state-active"));
  EXPECT_THAT(ask("--ms-query-device-slot-mappings"), HasSubstr("slot '0'"));
  EXPECT_THAT(ask("--ms-query-sys-caps"), HasSubstr("Number of slots: '1'"));
}

TEST_F(Mbimcli, RadioOffAndOn) {
  EXPECT_THAT(ask("--query-radio-state"), HasSubstr("Software radio state: 'on'"));
  EXPECT_THAT(ask("--set-radio-state=off"), HasSubstr("Software radio state: 'off'"));
  EXPECT_THAT(ask("--query-registration-state"), HasSubstr("Register state: 'deregistered'"));
  EXPECT_THAT(ask("--set-radio-state=on"), HasSubstr("Software radio state: 'on'"));
  EXPECT_TRUE(eventually([this] { return registered(); }));
}

TEST_F(Mbimcli, Networks) {
  EXPECT_THAT(ask("--query-home-provider"),
              AllOf(HasSubstr("Provider ID: '26207'"), HasSubstr("Test Network")));
  EXPECT_THAT(ask("--query-preferred-providers"), HasSubstr("26207"));
  EXPECT_THAT(ask("--query-visible-providers"), AllOf(HasSubstr("26207"), HasSubstr("registered")));
  const auto registration = AllOf(HasSubstr("Register state: 'home'"), HasSubstr("'26207'"),
                                  HasSubstr("Available data classes: 'lte'"));
  EXPECT_THAT(ask("--query-registration-state"), registration);
  EXPECT_THAT(ask("--register-automatic"), HasSubstr("Register state: 'home'"));
  EXPECT_THAT(ask_v2("--query-registration-state"),
              AllOf(registration, HasSubstr("Preferred data classes")));
}

TEST_F(Mbimcli, PacketService) {
  EXPECT_THAT(ask("--query-packet-service-state"),
              AllOf(HasSubstr("Packet service state: 'attached'"), Not(HasSubstr("TAI"))));
  EXPECT_THAT(ask_v2("--query-packet-service-state"), HasSubstr("Frequency range"));
  EXPECT_THAT(ask_v3("--query-packet-service-state"),
              AllOf(HasSubstr("TAI PLMN MCC: '262'"), HasSubstr("TAI  TAC: '9029'")));
  EXPECT_THAT(ask("--detach-packet-service"), HasSubstr("'detached'"));
  EXPECT_THAT(ask("--attach-packet-service"), HasSubstr("'attached'"));
  EXPECT_THAT(ask("--ms-query-lte-attach-configuration"), HasSubstr("internet"));
  EXPECT_THAT(ask("--ms-query-lte-attach-info"), HasSubstr("attached"));
  EXPECT_THAT(ask_v3("--ms-query-lte-attach-info"), HasSubstr("Network error"));
}

TEST_F(Mbimcli, Signal) {
  EXPECT_THAT(ask("--query-signal-state"),
              AllOf(HasSubstr("RSSI [0-31,99]: '23'"), Not(HasSubstr("RSRP"))));
  for (const std::string& state :
       {ask_v2("--query-signal-state"), ask_v3("--query-signal-state")}) {
    EXPECT_THAT(state, HasSubstr("RSRP: '-97 dBm'"));
    EXPECT_THAT(state, HasSubstr("SNR: '7.5 dB'"));
  }
  EXPECT_THAT(ask("--set-signal-state=signal-strength-interval=7,rssi-threshold=3,"
                  "error-rate-threshold=0"),
              HasSubstr("Signal strength interval: '7'"));
  EXPECT_THAT(ask("--atds-query-signal"),
              AllOf(HasSubstr("RSRP: -97 dBm"), HasSubstr("RSRQ: -11.00")));
}

TEST_F(Mbimcli, Cells) {
  const auto cells =
      AllOf(HasSubstr("Physical cell id: 311"), HasSubstr("EARFCN: 6300"), HasSubstr("TAC: 9029"),
            HasSubstr("RSRP: -97 dBm"), HasSubstr("Physical cell id: 12"), HasSubstr("-104 dBm"));
  EXPECT_THAT(ask("--ms-query-base-stations-info"), cells);
  EXPECT_THAT(ask_v3("--ms-query-base-stations-info"), AllOf(cells, HasSubstr("System subtype")));
  EXPECT_THAT(ask("--ms-query-location-info-status"), HasSubstr("002345"));
  EXPECT_THAT(ask("--atds-query-location"), HasSubstr("TAC: 2345"));
}

TEST_F(Mbimcli, ASessionOfBothFamilies) {
  for (const char* version : {"", "--device-open-ms-mbimex-v2", "--device-open-ms-mbimex-v3"}) {
    const auto with = [&](const std::string& question) {
      return *version == '\0' ? mbimcli({question}) : mbimcli({version, question});
    };
    const auto addresses =
        AllOf(HasSubstr("IP [0]: '10.64.3.18/30'"), HasSubstr("Gateway: '10.64.3.17'"),
              HasSubstr("DNS [0]: '192.0.2.53'"), HasSubstr("DNS [1]: '192.0.2.54'"),
              HasSubstr("IP [0]: '2001:db8:6:4::77/64'"), HasSubstr("Gateway: '2001:db8:6:4::1'"),
              HasSubstr("DNS [0]: '2001:db8::53'"), HasSubstr("MTU: '1400'"));
    EXPECT_THAT(with("--query-connection-state"), HasSubstr("state: 'deactivated'"));
    EXPECT_THAT(
        with("--connect=access-string=internet,ip-type=ipv4v6"),
        AllOf(HasSubstr("Successfully connected"), HasSubstr("IP type: 'ipv4v6'"), addresses));
    EXPECT_THAT(with("--query-connection-state"), HasSubstr("state: 'activated'"));
    EXPECT_THAT(with("--query-ip-configuration"), addresses);
    EXPECT_THAT(with("--query-packet-statistics"), HasSubstr("Octets (in): '0'"));
    EXPECT_THAT(with("--ms-query-pco"), HasSubstr("PCO data size"));
    EXPECT_TRUE(eventually([this] { return stats()["mbim"]["sessions"]["disowned"] == 1; }))
        << "mbimcli went and left it";
    EXPECT_THAT(with("--disconnect"), HasSubstr("Successfully disconnected"));
    EXPECT_THAT(with("--query-ip-configuration"), HasSubstr("ContextNotActivated"));
  }
}

TEST_F(Mbimcli, OtherThings) {
  EXPECT_THAT(ask("--query-provisioned-contexts"), HasSubstr("internet"));
  EXPECT_THAT(ask("--ms-query-provisioned-contexts"), HasSubstr("internet"));
  EXPECT_THAT(ask("--query-network-idle-hint"), HasSubstr("disabled"));
  EXPECT_THAT(ask("--query-emergency-mode"), HasSubstr("off"));
  EXPECT_THAT(ask("--quectel-query-radio-state"), HasSubstr("'on'"));
  EXPECT_THAT(ask("--ms-query-version=1.0,2.0"), HasSubstr("MBIM extended version : 2.00"));
  EXPECT_THAT(ask_v3("--ms-query-registration-parameters"), HasSubstr("MICO mode: unsupported"));
  EXPECT_THAT(ask("--phonebook-query-configuration"), HasSubstr("NoDeviceSupport"));
  EXPECT_TRUE(eventually([this] { return stats()["mbim"]["requests"]["mbim.open"] >= 8; }));
}

TEST_F(Mbimcli, TheScenarioHappensToMbimToo) {
  simulator_.signal(SIGUSR1);
  EXPECT_TRUE(eventually([this] { return said("refuse-connect cause=27"); }));
  EXPECT_THAT(ask("--query-device-caps"), HasSubstr("Busy"));
  EXPECT_THAT(ask("--connect=access-string=wrong,ip-type=ipv4"), StartsWith("error"));
  EXPECT_TRUE(eventually([this] { return stats()["sessions"]["refused"] == 1; }));
}

TEST_F(Mbimcli, QmiAndMbimSeeOneModem) {
  EXPECT_THAT(ask("--set-radio-state=off"), HasSubstr("'off'"));
  EXPECT_THAT(qmicli({"--dms-get-operating-mode"}), HasSubstr("Mode: 'low-power'"));
  EXPECT_THAT(qmicli({"--dms-set-operating-mode=online"}), HasSubstr("set successfully"));
  EXPECT_THAT(ask("--query-radio-state"), HasSubstr("Software radio state: 'on'"));
}

TEST_F(Mbimcli, AModemThatRebootsComesBack) {
  EXPECT_THAT(ask("--intel-modem-reboot"), Not(HasSubstr("error")));
  EXPECT_TRUE(eventually([this] { return said("modem is back"); }));
  EXPECT_TRUE(eventually([this] { return registered(); }));
  EXPECT_THAT(ask("--query-radio-state"), HasSubstr("'on'"));
}

class MbimPackets : public Mbimcli {
 protected:
  void prepare(const NetNs& netns, const Words& commands) {
    for (const std::string& command : commands) REQUIRE_OK(ip(netns, command));
  }
  [[nodiscard]] bool ping(const char* target) const {
    return run(&*router_, {"ping", "-c", "3", "-i", "0.2", "-W", "5", target}).has_value();
  }
};

TEST_F(MbimPackets, OfBothFamiliesCross) {
  EXPECT_THAT(ask("--connect=access-string=internet,ip-type=ipv4v6"), HasSubstr("ipv4v6"));
  prepare(*router_,
          {"link set wwan0 up", "addr add 10.64.3.18/32 dev wwan0",
           "-6 addr add 2001:db8:6:4::77/128 dev wwan0 nodad",
           "route add default dev wwan0 src 10.64.3.18", "-6 route add default dev wwan0"});
  prepare(*operator_, {"link set lte0 up", "addr add 198.51.100.7/32 dev lte0",
                       "-6 addr add 2001:db8:ffff::7/128 dev lte0 nodad",
                       "route add default dev lte0", "-6 route add default dev lte0"});
  EXPECT_TRUE(ping("198.51.100.7")) << stats()["packets"].dump(2);
  EXPECT_TRUE(ping("2001:db8:ffff::7")) << stats()["packets"].dump(2);
  EXPECT_THAT(ask("--disconnect"), HasSubstr("Successfully disconnected"));
  EXPECT_FALSE(ping("2001:db8:ffff::7"));
}

// Two modems in one program, told apart by the device that a client names.
class TwoModems : public Mbimcli {
 protected:
  void SetUp() override {
    SimLab::SetUp();  // NOLINT(bugprone-parent-virtual-call): two simulators instead of Mbimcli's
                      // one
    if (IsSkipped() || HasFatalFailure()) return;
    REQUIRE_OK(write_file(file("a.scn"), "protocol=both\nmodel=FIRST\nat 0s mark hello\n"));
    REQUIRE_OK(
        write_file(file("b.scn"), "protocol=mbim\nmodel=SECOND\nstart=signal\nat 0s unplug\n"));
    auto started = Process::start(
        {{MWAN_SIMULATOR, "--modem", "/dev/null=" + file("a.scn").string() + ",net=wwan0",
          "--modem", "/dev/zero=" + file("b.scn").string() + ",net=wwan1", "--stats",
          file("stats.json")},
         &*router_,
         file("timeline.jsonl"),
         file("simulator.log")});
    REQUIRE_OK(started);
    simulator_ = std::move(*started);
    ASSERT_TRUE(eventually([this] { return ready("/dev/null") && ready("/dev/zero"); }))
        << stats().dump(2) << read_file(file("simulator.log"));
  }
  void TearDown() override {
    if (!router_) return;
    EXPECT_EQ(simulator_.stop(std::chrono::seconds(5)), 0) << read_file(file("simulator.log"));
  }
  [[nodiscard]] nlohmann::json modem(const char* device) const {
    const auto all = stats();
    return all.is_object() ? all["modems"][device] : nlohmann::json();
  }
  [[nodiscard]] bool ready(const char* device) const {
    const auto one = modem(device);
    return one.is_object() && one.value("registration", "") == "home";
  }
};

TEST_F(TwoModems, AreToldApartAndDoNotDisturbEachOther) {
  EXPECT_THAT(mbimcli({"--query-device-caps"}, "/dev/null"), HasSubstr("FIRST"));
  EXPECT_THAT(mbimcli({"--query-device-caps"}, "/dev/zero"), HasSubstr("SECOND"));
  EXPECT_THAT(mbimcli({"--query-device-caps"}, "/dev/full"), StartsWith("error"));
  EXPECT_THAT(qmicli({"--dms-get-model"}), HasSubstr("FIRST"));
  EXPECT_THAT(mbimcli({"--connect=access-string=a,ip-type=ipv4"}, "/dev/null"),
              HasSubstr("Successfully connected"));
  EXPECT_TRUE(eventually([this] { return modem("/dev/null")["sessions"]["open"] == 1; }));
  EXPECT_EQ(modem("/dev/zero")["sessions"]["open"], 0);
  simulator_.signal(SIGUSR1);
  ASSERT_TRUE(eventually([this] { return modem("/dev/zero")["plugged"] == false; }));
  EXPECT_EQ(modem("/dev/null")["sessions"]["open"], 1);
  EXPECT_THAT(mbimcli({"--query-connection-state"}, "/dev/null"), HasSubstr("'activated'"));
  EXPECT_THAT(mbimcli({"--query-device-caps"}, "/dev/zero"), StartsWith("error"));
  bool named = false;
  for (const auto& line : read_json_lines(file("timeline.jsonl"))) {
    named = named || (line.value("step", "") == "unplug" && line.value("modem", "") == "/dev/zero");
  }
  EXPECT_TRUE(named);
}

}  // namespace
}  // namespace mwan::lab
