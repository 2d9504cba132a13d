// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules of the diagnosis, one condition a row.
#include "tools/mwan-modem/diagnose/diagnosis.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/mwan-modem/diagnose/rules.hpp"

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

UsbUnit usb_modem() {
  return {.place = "1-2",
          .syspath = "/sys/bus/usb/devices/1-2",
          .vendor_id = "1199",
          .product_id = "9071",
          .name = "Sierra Wireless MC7455",
          .functions = {{8, 0xff, 0xff, 0xff, "qmi_wwan"}}};
}

Error error(FailureClass failure, const std::string& message) { return {failure, "lte", message}; }

IpConfig address() {
  IpConfig out;
  out.v4 = IpFamilyConfig{
      *IpPrefix::parse("10.64.0.2/30"), std::nullopt, {*IpAddress::parse("10.64.0.9")}};
  out.mtu = 1428;
  return out;
}

// Everything was looked at and works.
Evidence healthy() {
  Evidence out;
  out.usb = {usb_modem()};
  out.port = PortEvidence{"/dev/cdc-wdm0", 0, {}};
  out.proxy = ProxyState::Listening;
  out.proxy_name = "qmi-proxy";
  out.opened = Status{};
  out.identity = Result<ModemIdentity>(ModemIdentity{"QMI", "Sierra", "MC7455", "1.0", "", ""});
  out.radio = Result<RadioPower>(RadioPower::On);
  out.sim = Result<Sim>(Sim{SimState::Ready, 3, 10, "", ""});
  out.home = Result<HomeNetwork>(HomeNetwork{"26201", "Example"});
  out.signal = Result<std::vector<SignalSample>>(
      std::vector<SignalSample>{{Rat::Lte, std::nullopt, -85.0, -8.0, 18.0}});
  out.registration = Result<Registration>(
      Registration{RegistrationState::Home, Rat::Lte, "26201", "Example", std::nullopt});
  out.packet_service = Result<PacketService>(PacketService{PacketServiceState::Attached, Rat::Lte});
  out.connect.allowed = true;
  out.connect.apn = "internet";
  out.connect.config = address();
  out.connect.dialled = Dialled{{{IpFamily::V4, address(), false}}, std::nullopt};
  out.netdev = NetdevEvidence{"wwan0", true, true, 1428, true, 12, 12};
  out.path = PathEvidence{{{*IpAddress::parse("10.64.0.1"), 1, 1, 50ms, ""}},
                          {{*IpAddress::parse("10.64.0.9"), true, "NOERROR", 52ms, ""}},
                          PathEvidence::Size{1428, 1428}};
  return out;
}

struct Row {
  const char* name;
  std::function<void(Evidence&)> change;
  const char* step;  // the one that says something
  Verdict verdict;
  ExitCode code;         // of the program
  const char* sentence;  // part of it
  const char* advice;    // part of it
};

Result<Registration> denied(std::uint16_t cause) {
  return Registration{RegistrationState::Denied, Rat::Lte, "26202", "Other", cause};
}
void sim_state(Evidence& e, SimState state) { e.sim = Result<Sim>(Sim{state, 3, 10, "", ""}); }
void refused(Evidence& e, const std::string& why) {
  e.connect.dialled =
      Dialled{{}, Dialled::Failure{DialStage::Bearer, error(FailureClass::Permanent, why)}};
  e.connect.config = {};
  e.path.reset();
}

const Row kRows[] = {
    {"all is well", [](Evidence&) {}, "mtu", Verdict::Ok, ExitCode::Ok, "1428", ""},
    {"nothing on USB", [](Evidence& e) { e.usb.clear(), e.port.reset(); }, "usb", Verdict::Failed,
     ExitCode::NoModem, "no modem on USB", "power supply"},
    {"emergency download",
     [](Evidence& e) {
       e.usb[0].vendor_id = "05c6", e.usb[0].product_id = "9008", e.usb[0].functions.clear();
     },
     "usb", Verdict::Failed, ExitCode::NoModem, "emergency download", "firmware"},
    {"driver disk",
     [](Evidence& e) {
       e.usb[0].vendor_id = "12d1", e.usb[0].functions = {{0, 8, 6, 0x50, "usb-storage"}};
     },
     "usb", Verdict::Failed, ExitCode::NoModem, "driver disk", "usb_modeswitch"},
    {"no QMI driver", [](Evidence& e) { e.usb[0].functions[0].driver.clear(); }, "driver",
     Verdict::Failed, ExitCode::NoModem, "1199:9071", "modprobe qmi_wwan"},
    {"no MBIM driver",
     [](Evidence& e) {
       e.usb[0].functions = {{0, 2, 0x0e, 0, ""}};
     },
     "driver", Verdict::Failed, ExitCode::NoModem, "no modem driver", "modprobe cdc_mbim"},
    {"a network card",
     [](Evidence& e) {
       e.usb[0].functions = {{0, 2, 6, 0, "cdc_ether"}};
     },
     "driver", Verdict::Failed, ExitCode::NoModem, "QMI or MBIM", "USB mode"},
    {"no port", [](Evidence& e) { e.port.reset(); }, "port", Verdict::Failed, ExitCode::NoModem,
     "no control port", "dmesg"},
    {"no permission", [](Evidence& e) { e.port->access_error = EACCES; }, "port", Verdict::Failed,
     ExitCode::Busy, "Permission denied", "root"},
    {"shared, but works",
     [](Evidence& e) {
       e.port->openers.found = {{812, "ModemManager", "", "stop it"}};
     },
     "users", Verdict::Warning, ExitCode::Ok, "ModemManager (pid 812)", "stop it"},
    {"shared, and does not work",
     [](Evidence& e) {
       e.port->openers.found = {{812, "ModemManager", "", "stop it"}};
       e.opened = Status(failed(FailureClass::Transient, "", "timed out"));
     },
     "users", Verdict::Failed, ExitCode::Busy, "ModemManager", "stop it"},
    {"no proxy",
     [](Evidence& e) {
       e.proxy = ProxyState::Absent;
       e.opened = Status(failed(FailureClass::Transient, "", "nobody listens"));
     },
     "open", Verdict::Failed, ExitCode::Silent, "nothing listens on qmi-proxy", "start the proxy"},
    {"silent", [](Evidence& e) { e.opened = Status(failed(FailureClass::Transient, "", "time")); },
     "open", Verdict::Failed, ExitCode::Silent, "does not answer", "reset --usb"},
    {"gone while opening",
     [](Evidence& e) { e.opened = Status(failed(FailureClass::Gone, "", "gone")); }, "open",
     Verdict::Failed, ExitCode::NoModem, "went away", "power"},
    {"opened, then silent",
     [](Evidence& e) {
       e.identity = Result<ModemIdentity>(failed(FailureClass::Transient, "", "x"));
     },
     "identity", Verdict::Failed, ExitCode::Silent, "stopped answering", "reset --usb"},
    {"radio off", [](Evidence& e) { e.radio = Result<RadioPower>(RadioPower::Off); }, "radio",
     Verdict::Failed, ExitCode::Radio, "software", "reset --radio"},
    {"radio switch", [](Evidence& e) { e.radio = Result<RadioPower>(RadioPower::HardwareOff); },
     "radio", Verdict::Failed, ExitCode::Radio, "hardware", "W_DISABLE"},
    {"FCC lock", [](Evidence& e) { e.radio = Result<RadioPower>(RadioPower::VendorLocked); },
     "radio", Verdict::Failed, ExitCode::Radio, "FCC lock", "unlock"},
    {"no SIM", [](Evidence& e) { sim_state(e, SimState::Absent); }, "sim", Verdict::Failed,
     ExitCode::Sim, "no SIM", "insert"},
    {"faulty SIM", [](Evidence& e) { sim_state(e, SimState::Faulty); }, "sim", Verdict::Failed,
     ExitCode::Sim, "does not answer", "contacts"},
    {"PIN", [](Evidence& e) { sim_state(e, SimState::PinRequired); }, "sim", Verdict::Failed,
     ExitCode::Sim, "3 tries left", "sim unlock"},
    {"PIN, one try",
     [](Evidence& e) {
       sim_state(e, SimState::PinRequired);
       (*e.sim)->pin_tries = 1;
     },
     "sim", Verdict::Failed, ExitCode::Sim, "1 try left", "in a phone"},
    {"PUK", [](Evidence& e) { sim_state(e, SimState::PukRequired); }, "sim", Verdict::Failed,
     ExitCode::Sim, "10 tries left for the PUK", "PUK"},
    {"blocked", [](Evidence& e) { sim_state(e, SimState::Blocked); }, "sim", Verdict::Failed,
     ExitCode::Sim, "for good", "new card"},
    {"illegal", [](Evidence& e) { sim_state(e, SimState::Illegal); }, "sim", Verdict::Failed,
     ExitCode::Sim, "refuses this card", "operator"},
    {"network lock", [](Evidence& e) { sim_state(e, SimState::NetworkLocked); }, "sim",
     Verdict::Failed, ExitCode::Sim, "locked to the network", "unlock code"},
    {"no profile", [](Evidence& e) { sim_state(e, SimState::NoProfile); }, "sim", Verdict::Failed,
     ExitCode::Sim, "no enabled profile", "QR"},
    {"weak", [](Evidence& e) { (**e.signal)[0].rsrp_dbm = -115; }, "signal", Verdict::Warning,
     ExitCode::Ok, "poor", "antenna"},
    {"nothing heard",
     [](Evidence& e) {
       (*e.signal)->clear();
       (*e.registration)->state = RegistrationState::Searching;
     },
     "registration", Verdict::Failed, ExitCode::Network, "no network is heard", "antenna"},
    {"searching in coverage",
     [](Evidence& e) { (*e.registration)->state = RegistrationState::Searching; }, "registration",
     Verdict::Failed, ExitCode::Network, "although there is signal", "bands"},
    {"denied for good", [](Evidence& e) { e.registration = denied(11); }, "registration",
     Verdict::Failed, ExitCode::Network, "cause 11 (PLMN not allowed)", "operator"},
    {"denied for now", [](Evidence& e) { e.registration = denied(22); }, "registration",
     Verdict::Failed, ExitCode::Network, "cause 22 (congestion)", "try again"},
    {"denied for an unknown cause", [](Evidence& e) { e.registration = denied(250); },
     "registration", Verdict::Failed, ExitCode::Network, "cause 250", "operator"},
    {"not searching",
     [](Evidence& e) { (*e.registration)->state = RegistrationState::NotRegistered; },
     "registration", Verdict::Failed, ExitCode::Network, "not searching", "reset --radio"},
    {"roaming", [](Evidence& e) { (*e.registration)->state = RegistrationState::Roaming; },
     "roaming", Verdict::Failed, ExitCode::Network, "do not allow", "--roaming"},
    {"roaming, allowed",
     [](Evidence& e) {
       (*e.registration)->state = RegistrationState::Roaming;
       e.connect.roaming_allowed = true;
     },
     "roaming", Verdict::Warning, ExitCode::Ok, "roaming in Example", "cost"},
    {"detached", [](Evidence& e) { (*e.packet_service)->state = PacketServiceState::Detached; },
     "packet-service", Verdict::Failed, ExitCode::Network, "no data service", "volume"},
    {"unknown APN",
     [](Evidence& e) {
       refused(e, "3GPP cause 27 (missing or unknown APN)");
       e.connect.suggested_apns = {"internet", "web.example"};
     },
     "connect", Verdict::Failed, ExitCode::Data, "refused access point \"internet\": cause 27",
     "such a SIM: web.example; try"},
    {"not subscribed, no list", [](Evidence& e) { refused(e, "x: 3GPP cause 33 (y)"); }, "connect",
     Verdict::Failed, ExitCode::Data, "cause 33", "ask the operator"},
    {"wrong password", [](Evidence& e) { refused(e, "3GPP cause 29 (z)"); }, "connect",
     Verdict::Failed, ExitCode::Data, "cause 29", "password"},
    {"congestion", [](Evidence& e) { refused(e, "3GPP cause 26 (z)"); }, "connect", Verdict::Failed,
     ExitCode::Data, "insufficient resources", "some minutes"},
    {"no reason", [](Evidence& e) { refused(e, "CallFailed"); }, "connect", Verdict::Failed,
     ExitCode::Data, "CallFailed", "access point"},
    {"not asked to connect",
     [](Evidence& e) {
       e.connect = {};
       e.path.reset();
     },
     "connect", Verdict::Skipped, ExitCode::Ok, "--connect", ""},
    {"no address", [](Evidence& e) { e.connect.config = {}; }, "addressing", Verdict::Failed,
     ExitCode::Data, "no address", "reset"},
    {"one family",
     [](Evidence& e) {
       e.connect.dialled->outcomes.push_back(
           {IpFamily::V6, failed(FailureClass::Permanent, "", "3GPP cause 50"), true});
     },
     "addressing", Verdict::Warning, ExitCode::Ok, "no IPv6: 3GPP cause 50", "IPv4 only"},
    {"no device", [](Evidence& e) { e.netdev->exists = false; }, "link", Verdict::Failed,
     ExitCode::Data, "no network device wwan0", "driver"},
    {"device down", [](Evidence& e) { e.netdev->up = false; }, "link", Verdict::Failed,
     ExitCode::Data, "wwan0 is down", "ip link set wwan0 up"},
    {"ethernet against raw IP",
     [](Evidence& e) {
       e.netdev->raw_ip = false;
       e.netdev->kernel_received = 0;
     },
     "framing", Verdict::Failed, ExitCode::Data, "the kernel expects Ethernet", "write Y"},
    {"no pings, but names", [](Evidence& e) { e.path->pings[0].answered = 0; }, "ping",
     Verdict::Warning, ExitCode::Ok, "does not answer", "no pings"},
    {"nothing comes back",
     [](Evidence& e) {
       e.path->pings[0].answered = 0;
       e.path->name_servers[0].answered = false;
       e.netdev->modem_received = 0;
       e.netdev->kernel_received = 0;
     },
     "ping", Verdict::Failed, ExitCode::Data, "10.64.0.1 does not answer", "volume"},
    {"it comes back, and is lost here",
     [](Evidence& e) {
       e.path->pings[0].answered = 0;
       e.path->name_servers[0].answered = false;
     },
     "ping", Verdict::Failed, ExitCode::Data, "does not answer", "firewall"},
    {"names are refused", [](Evidence& e) { e.path->name_servers[0].code = "REFUSED"; }, "dns",
     Verdict::Failed, ExitCode::Data, "answers REFUSED", "other name servers"},
    {"no name servers", [](Evidence& e) { e.path->name_servers.clear(); }, "dns", Verdict::Warning,
     ExitCode::Ok, "named none", "of your own"},
    {"one name server of two",
     [](Evidence& e) {
       e.path->name_servers.push_back({*IpAddress::parse("10.64.0.10"), false, "", {}, ""});
     },
     "dns", Verdict::Warning, ExitCode::Ok, "10.64.0.10 does not answer", "slowly"},
    {"large packets are lost", [](Evidence& e) { e.path->size->passes = 1280; }, "mtu",
     Verdict::Warning, ExitCode::Ok, "up to 1280 bytes pass, not 1428", "MTU to 1280"},
    {"the device's MTU is too large", [](Evidence& e) { e.netdev->mtu = 1500; }, "mtu",
     Verdict::Warning, ExitCode::Ok, "MTU 1500", "mtu 1428"},
};

const Step& step_of(const Diagnosis& diagnosis, const std::string& id) {
  const auto at = std::ranges::find(diagnosis.steps, id, &Step::id);
  EXPECT_NE(at, diagnosis.steps.end()) << id;
  return at != diagnosis.steps.end() ? *at : diagnosis.steps.front();
}

TEST(Diagnosis, SaysWhatIsWrong) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    Evidence evidence = healthy();
    row.change(evidence);
    const Diagnosis diagnosis = diagnose(evidence);
    const Step& step = step_of(diagnosis, row.step);
    EXPECT_EQ(step.verdict, row.verdict) << step.sentence;
    EXPECT_THAT(step.sentence + " " + step.advice, HasSubstr(row.advice));
    EXPECT_THAT(step.sentence, HasSubstr(row.sentence));
    EXPECT_EQ(diagnosis.exit_code(), row.code) << to_text(diagnosis);
    if (row.verdict == Verdict::Failed) {
      ASSERT_NE(diagnosis.stops_at(), nullptr);
      EXPECT_EQ(diagnosis.stops_at()->id, row.step);
    }
  }
}

// Otherwise a person would look after what only follows from it.
TEST(Diagnosis, NothingFailsThatFollowsFromAFailure) {
  const std::set<std::string> together = {"dns"};  // tried beside what failed
  for (const Row& row : kRows) {
    if (row.verdict != Verdict::Failed) continue;
    SCOPED_TRACE(row.name);
    Evidence evidence = healthy();
    row.change(evidence);
    for (const Step& step : diagnose(evidence).steps) {
      if (step.verdict != Verdict::Failed || step.id == row.step) continue;
      EXPECT_TRUE(together.contains(step.id)) << step.id << ": " << step.sentence;
    }
  }
}

TEST(Diagnosis, AFailureHasAnAdvice) {
  for (const Row& row : kRows) {
    Evidence evidence = healthy();
    row.change(evidence);
    for (const Step& step : diagnose(evidence).steps) {
      if (step.verdict == Verdict::Failed) {
        EXPECT_NE(step.advice, "") << row.name << step.id;
      }
      EXPECT_NE(step.sentence, "") << row.name << step.id;
    }
  }
}

TEST(Diagnosis, WithoutAnyEvidenceItStopsAtUsb) {
  const Diagnosis diagnosis = diagnose({});
  ASSERT_NE(diagnosis.stops_at(), nullptr);
  EXPECT_EQ(diagnosis.stops_at()->id, "usb");
  for (const Step& step : diagnosis.steps) {
    EXPECT_EQ(step.verdict, step.id == "usb" ? Verdict::Failed : Verdict::Skipped) << step.id;
  }
}

TEST(Diagnosis, TextAndJson) {
  Evidence evidence = healthy();
  sim_state(evidence, SimState::PinRequired);
  const Diagnosis diagnosis = diagnose(evidence);
  EXPECT_THAT(to_text(diagnosis),
              HasSubstr("FAILED   SIM              the SIM asks for its PIN (3 tries left for the "
                        "PIN)\n                          -> mwan-modem sim unlock"));
  EXPECT_THAT(to_text(diagnosis), HasSubstr("It stops at: SIM.\n"));
  EXPECT_THAT(to_text(diagnose(healthy())), HasSubstr("It works, from USB to data.\n"));
  const Json json = to_json(diagnosis);
  EXPECT_EQ(json["exit_code"], 5);
  EXPECT_EQ(json["stops_at"], "sim");
  EXPECT_EQ(json["steps"][0]["verdict"], "ok");
  EXPECT_FALSE(json["steps"][0].contains("advice"));
  EXPECT_TRUE(to_json(diagnose(healthy()))["stops_at"].is_null());
}

TEST(CauseIn, IsTheNumberOfTheNetwork) {
  EXPECT_EQ(rules::cause_in("lte: qmi start: 3GPP cause 33 (not subscribed)"), 33);
  EXPECT_EQ(rules::cause_in("3GPP cause 70000"), std::nullopt);
  EXPECT_EQ(rules::cause_in("3GPP cause "), std::nullopt);
  EXPECT_EQ(rules::cause_in("call end reason 33"), std::nullopt);
}

}  // namespace
}  // namespace mwan::tool
