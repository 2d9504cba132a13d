// SPDX-License-Identifier: LGPL-2.1-or-later
// Every command of mwan-modem against the simulated modem; none leaves anything in it.
#include <csignal>
#include <fstream>

#include <sys/stat.h>
#include <sys/wait.h>

#include "failover/record/trace.hpp"
#include "tests/lab/modem_tool/tool_lab.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ModemTool : public ToolLab {
 protected:
  void TearDown() override {
    if (simulator_.running()) expect_nothing_left();
  }
  static int exit_code(Process& process, Duration limit = 30s) {
    const auto status = process.wait(limit);
    return status && WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
  }
};

TEST_F(ModemTool, InfoTellsWhoAndHow) {
  simulate(healthy("manufacturer=Example\nmodel=MX-9\n"));
  ASSERT_TRUE(eventually([&] { return books().value("registration", "") == "home"; }));
  const ToolRun text = tool({"info"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("MX-9"));
  EXPECT_THAT(text.out, HasSubstr("registered at home"));
  EXPECT_THAT(text.out, HasSubstr("band 3 (1800 MHz)"));
  const auto json = tool({"--json", "info"}).json();
  EXPECT_EQ(json["identity"]["model"], "MX-9");
  EXPECT_EQ(json["network"]["registration"], "home");
  EXPECT_EQ(json["network"]["radio"], "on");
  EXPECT_EQ(json["network"]["bands"][0]["band"], 3);
  EXPECT_EQ(json["network"]["bands"][0]["channel"], 1300);
  EXPECT_EQ(json["network"]["bands"][0]["bandwidth_mhz"], 20.0);
  EXPECT_EQ(json["sim"]["pin_tries"], 3);
  EXPECT_EQ(json["lte"]["rsrp_dbm"], -85.0);
  EXPECT_EQ(json["bearers"]["ipv4"]["connected"], false);
}

#if MWAN_WITH_MBIM
TEST_F(ModemTool, MbimGivesTheSameAnswers) {
  simulate(healthy("protocol=both\nmanufacturer=Example\nmodel=MX-9\n"));
  ASSERT_TRUE(eventually([&] { return books().value("registration", "") == "home"; }));
  const auto qmi = tool({"--json", "--protocol", "qmi", "info"});
  const auto mbim = tool({"--json", "--protocol", "mbim", "info"});
  EXPECT_EQ(qmi.code, 0) << qmi.err;
  ASSERT_EQ(mbim.code, 0) << mbim.err;
  const auto one = qmi.json();
  const auto other = mbim.json();
  for (const char* key : {"radio", "registration", "rat", "plmn", "packet_service"}) {
    EXPECT_EQ(one["network"][key], other["network"][key]) << key;
  }
  for (const char* key : {"state", "iccid", "imsi"}) {
    EXPECT_EQ(one["sim"][key], other["sim"][key]) << key;
  }
  EXPECT_EQ(one["bearers"], other["bearers"]);
  EXPECT_EQ(one["identity"]["imei"], other["identity"]["imei"]);
  EXPECT_NEAR(one["lte"]["rsrp_dbm"].get<double>(), other["lte"]["rsrp_dbm"].get<double>(), 1.0);
  const ToolRun dial = tool({"--protocol", "mbim", "diagnose", "--connect", "--apn", "internet"});
  EXPECT_EQ(dial.code, 0) << dial.out << dial.err;
  EXPECT_THAT(dial.out, HasSubstr("10.64.0.2"));
}
#endif

TEST_F(ModemTool, SignalWatchFollowsTheModemsOwnReports) {
  simulate(healthy("start=signal\n", "at 0s signal lte rsrp=-115 rsrq=-17 sinr=-2\n"));
  Process watch = start_tool({"--json", "signal", "--watch"}, "watch");
  ASSERT_TRUE(eventually([&] { return output_of("watch").find("-85.0") != std::string::npos; }))
      << output_of("watch");
  const auto asked = books()["messages"]["requests"];
  trigger();
  EXPECT_TRUE(eventually([&] { return output_of("watch").find("-115.0") != std::string::npos; }))
      << output_of("watch");
  EXPECT_EQ(books()["messages"]["requests"], asked) << "it asks, although the modem reports";
  watch.signal(SIGINT);
  EXPECT_EQ(exit_code(watch), 0);
}

// The same cells by either protocol, through the real libraries.
class OlderCells : public ModemTool {
 protected:
  void expect(const char* protocol) {
    const auto run = [&](const char* command) {
      return tool({"--json", "--protocol", protocol, command}).json();
    };
    auto umts = run("cells");
    EXPECT_EQ(umts["serving"]["rat"], "umts") << protocol << umts.dump();
    EXPECT_EQ(umts["serving"]["pci"], 311);
    EXPECT_EQ(umts["serving"]["arfcn"], 10700);
    EXPECT_EQ(umts["serving"]["rsrp_dbm"], -85.0);
    EXPECT_EQ(umts["serving"]["rsrq_db"], -7.0);
    EXPECT_EQ(umts["bands"][0]["name"], "band 1 (2100 MHz)");
    ASSERT_EQ(umts["neighbours"].size(), 3U) << umts.dump();
    EXPECT_EQ(umts["neighbours"][0]["rat"], "gsm");
    EXPECT_EQ(umts["neighbours"][0]["pci"], 38);
    EXPECT_EQ(umts["neighbours"][0]["rsrp_dbm"], -88.0);
    EXPECT_EQ(umts["neighbours"][1]["rat"], "umts");
    EXPECT_EQ(umts["neighbours"][2]["rat"], "lte");
    EXPECT_EQ(umts["neighbours"][2]["rsrp_dbm"], -104.0);
    // MBIM 1.0 levels alone do not say which technology they are of.
    if (protocol != std::string("qmi")) return;
    auto signal = run("signal");
    EXPECT_EQ(signal[0]["bands"][0]["channel"], 10700) << protocol << signal.dump();
  }
};

TEST_F(OlderCells, OfUmtsAndGsm) {
  simulate(healthy("start=signal\nprotocol=both\n") +
           "signal umts rssi=-78 rsrp=-85 rsrq=-7\nsignal gsm rssi=-75\nrat umts\n"
           "cells serving pci=311 arfcn=10700 tac=0x1234 ci=0x1A2B "
           "neighbour pci=12 rsrp=-97 rsrq=-14 "
           "neighbour rat=gsm pci=38 arfcn=62 rsrp=-88 "
           "neighbour rat=lte pci=101 arfcn=1300 rsrp=-104 rsrq=-12\n"
           "at 0s cells serving pci=38 arfcn=62 tac=0x1234 ci=0x1A2B "
           "neighbour pci=39 arfcn=70 rsrp=-90\n"
           "at 0s rat gsm\n");
  ASSERT_TRUE(eventually([&] { return books().value("registration", "") == "home"; }));
  expect("qmi");
#if MWAN_WITH_MBIM
  expect("mbim");
#endif
  trigger();
  ASSERT_TRUE(eventually([&] {
    return tool({"--json", "cells"}).json()["serving"]["rat"] == "gsm";
  }));
  for (const char* protocol : {"qmi", "mbim"}) {
    if (!MWAN_WITH_MBIM && protocol == std::string("mbim")) continue;
    auto gsm = tool({"--json", "--protocol", protocol, "cells"}).json();
    EXPECT_EQ(gsm["serving"]["rat"], "gsm") << protocol;
    EXPECT_EQ(gsm["serving"]["pci"], 38);
    EXPECT_EQ(gsm["serving"]["rsrp_dbm"], -75.0);
    EXPECT_EQ(gsm["neighbours"][0]["rsrp_dbm"], -90.0) << gsm.dump();
    EXPECT_EQ(gsm["bands"][0]["name"], "GSM 900");
  }
}

TEST_F(ModemTool, CellsShowTheLeadOfTheNeighbour) {
  simulate(healthy());
  const ToolRun text = tool({"cells"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("-14.0 dB"));
  EXPECT_EQ(tool({"--json", "cells"}).json()["neighbours"][0]["lead_db"], -14.0);
}

TEST_F(ModemTool, SimMasksOnRequest) {
  simulate(healthy("imsi=001010123456789\n"));
  EXPECT_THAT(tool({"sim"}).out, HasSubstr("001010123456789"));
  const ToolRun masked = tool({"sim", "--mask"});
  EXPECT_EQ(masked.code, 0);
  EXPECT_THAT(masked.out, Not(HasSubstr("0123456789")));
}

TEST_F(ModemTool, UnlockTakesThePinFromADescriptorOnce) {
  simulate(healthy("pin=4711\n"));
  EXPECT_EQ(tool({"sim"}).code, 5);
  EXPECT_EQ(tool_with_input("12ab\n", {"sim", "unlock", "--pin-fd", "0"}).code, 2);
  const ToolRun wrong = tool_with_input("0000\n", {"sim", "unlock", "--pin-fd", "0"});
  EXPECT_EQ(wrong.code, 5);
  EXPECT_THAT(wrong.err, HasSubstr("tries left: 2"));
  EXPECT_THAT(wrong.err + wrong.out, Not(HasSubstr("0000")));
  // The right one now, but two tries are left to somebody who can see what he types.
  const ToolRun refused = tool_with_input("4711\n", {"sim", "unlock", "--pin-fd", "0"});
  EXPECT_EQ(refused.code, 5);
  EXPECT_THAT(refused.err, HasSubstr("only 2 tries are left"));
}

TEST_F(ModemTool, UnlockUnlocks) {
  simulate(healthy("pin=4711\n"));
  const ToolRun right = tool_with_input("4711\n", {"sim", "unlock", "--pin-fd", "0"});
  EXPECT_EQ(right.code, 0) << right.err;
  EXPECT_EQ(tool({"sim"}).code, 0);
  EXPECT_EQ(tool_with_input("4711\n", {"sim", "unlock", "--pin-fd", "0"}).code, 0);
}

TEST_F(ModemTool, ConnectsAppliesAndDisconnectsCleanly) {
  simulate(healthy());
  operator_up();
  Process connect =
      start_tool({"connect", "--apn", "internet", "--net", "wwan0", "--apply"}, "connect");
  ASSERT_TRUE(eventually([&] {
    return output_of("connect").find("connected\n") != std::string::npos;
  })) << output_of("connect")
      << read_file(file("connect.err"));
  EXPECT_THAT(in_router({"ip", "addr", "show", "dev", "wwan0"}), HasSubstr("10.64.0.2"));
  EXPECT_THAT(in_router({"ip", "link", "show", "dev", "wwan0"}), HasSubstr("mtu 1428"));
  EXPECT_THAT(in_router({"ip", "route", "show"}), Not(HasSubstr("default")));
  EXPECT_THAT(in_router({"ping", "-c", "1", "-W", "5", "-I", "10.64.0.2", "198.51.100.7"}),
              HasSubstr("1 received"));
  const ToolRun second = tool({"connect"});
  EXPECT_EQ(second.code, 4);
  EXPECT_THAT(second.err, HasSubstr("mwan-modem disconnect"));

  const ToolRun info = tool({"--json", "info"});
  EXPECT_EQ(info.code, 0) << info.err;

  const ToolRun disconnect = tool({"disconnect"});
  EXPECT_EQ(disconnect.code, 0) << disconnect.err;
  EXPECT_THAT(disconnect.out, HasSubstr("disconnected"));
  EXPECT_EQ(exit_code(connect), 0);
  EXPECT_THAT(in_router({"ip", "addr", "show", "dev", "wwan0"}), Not(HasSubstr("10.64.0.2")));
  EXPECT_THAT(in_router({"ip", "rule", "show"}), Not(HasSubstr("10.64.0.2")));
  EXPECT_THAT(tool({"disconnect"}).out, HasSubstr("no mwan-modem connect is running"));
}

TEST_F(ModemTool, TheDefaultRouteIsTakenOnlyOnRequestAndGivenBack) {
  simulate(healthy());
  Process connect = start_tool(
      {"connect", "--net", "wwan0", "--apply", "--default-route", "--ip-type", "ipv4"}, "connect");
  ASSERT_TRUE(eventually([&] {
    return output_of("connect").find("connected\n") != std::string::npos;
  })) << read_file(file("connect.err"));
  EXPECT_THAT(in_router({"ip", "route", "show"}), HasSubstr("default dev wwan0"));
  connect.signal(SIGTERM);
  EXPECT_EQ(exit_code(connect), 0);
  EXPECT_THAT(in_router({"ip", "route", "show"}), Not(HasSubstr("default")));
}

TEST_F(ModemTool, ConnectEndsWhenTheNetworkEndsIt) {
  simulate(healthy("start=signal\n", "at 0s bearer drop cause=36\n"));
  Process connect = start_tool({"connect", "--ip-type", "ipv4"}, "connect");
  ASSERT_TRUE(eventually([&] {
    return output_of("connect").find("connected\n") != std::string::npos;
  })) << read_file(file("connect.err"));
  trigger();
  EXPECT_EQ(exit_code(connect), 7);
  EXPECT_THAT(output_of("connect"), HasSubstr("IPv4 ended"));
}

TEST_F(ModemTool, ARefusedConnectionNamesTheCause) {
  simulate(healthy("", "refuse-connect cause=33\n"));
  const ToolRun run = tool({"connect", "--apn", "wrong"});
  EXPECT_EQ(run.code, 7);
  EXPECT_THAT(run.err, HasSubstr("3GPP cause 33"));
}

TEST_F(ModemTool, ConnectGivesUpCleanlyWhileSearching) {
  simulate("registration searching\n");
  Process connect = start_tool({"connect"}, "connect");
  ASSERT_TRUE(eventually([&] {
    return output_of("connect").find("searching") != std::string::npos;
  })) << output_of("connect")
      << read_file(file("connect.err"));
  connect.signal(SIGINT);
  EXPECT_EQ(exit_code(connect), 130);
}

TEST_F(ModemTool, CtrlCWhileTheBearerComesUpLeavesNothing) {
  simulate(healthy("bearer-delay=3s\n"));
  for (const char* command : {"connect", "diagnose"}) {
    std::vector<std::string> arguments = {command, "--apn", "internet"};
    if (std::string(command) == "diagnose") arguments.emplace_back("--connect");
    const int before = books()["messages"]["requests"];
    Process run = start_tool(arguments, command);
    // Long enough for the start of the bearer to be under way.
    ASSERT_TRUE(eventually([&] { return books()["messages"]["requests"] > before + 10; }));
    std::this_thread::sleep_for(1s);
    run.signal(SIGINT);
    EXPECT_EQ(exit_code(run), 130) << read_file(file(std::string(command) + ".err"));
    expect_nothing_left();
  }
}

TEST_F(ModemTool, ResetOfTheRadioEndsOnline) {
  simulate(healthy());
  EXPECT_EQ(tool({"reset", "--radio"}).code, 0);
  EXPECT_EQ(tool({"--json", "info"}).json()["network"]["radio"], "on");
}

TEST_F(ModemTool, ResetRestartsTheModem) {
  simulate(healthy("reset-time=500ms\n"));
  const ToolRun run = tool({"reset"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(eventually([&] {
    return read_file(file("timeline.jsonl")).find("modem is back") != std::string::npos;
  }));
  EXPECT_EQ(tool({"reset", "--usb"}).code, 2);
}

TEST_F(ModemTool, RecordsWhatTheSimulatorCanPlay) {
  simulate(healthy("start=signal\n",
                   "at 0s signal lte rsrp=-110 rsrq=-15 sinr=1\n"
                   "at 500ms registration searching\n"));
  Process record = start_tool({"record", file("drive.trace"), "--duration", "6"}, "record");
  ASSERT_TRUE(eventually(
      [&] { return read_file(file("drive.trace")).find("\"signal\"") != std::string::npos; }));
  trigger();
  EXPECT_EQ(exit_code(record), 0);
  const auto trace = failover::load_trace(file("drive.trace"));
  ASSERT_TRUE(trace) << trace.error().text();
  bool fades = false;
  bool searches = false;
  for (const auto& point : trace->points) {
    if (const auto* one = std::get_if<SignalSample>(&point.fact)) fades |= one->rsrp_dbm == -110.0;
    if (const auto* one = std::get_if<Registration>(&point.fact)) {
      searches |= one->state == RegistrationState::Searching;
    }
  }
  EXPECT_TRUE(fades);
  EXPECT_TRUE(searches);
  EXPECT_THAT(read_file(file("drive.trace")), Not(HasSubstr("49015420")));  // the IMEI
}

TEST_F(ModemTool, ReportsWithoutIdentities) {
  simulate(healthy("imsi=001010123456789\nimei=490154203237518\n"));
  const ToolRun run = tool({"report", "--output", file("report.txt")});
  EXPECT_EQ(run.code, 0) << run.err;
  const std::string report = read_file(file("report.txt"));
  EXPECT_THAT(report, HasSubstr("Diagnosis"));
  EXPECT_THAT(report, HasSubstr("49015420*******#"));
  EXPECT_THAT(report, Not(HasSubstr("490154203237518")));
  EXPECT_THAT(report, Not(HasSubstr("001010123456789")));
  struct stat there {};
  ASSERT_EQ(::stat(file("report.txt").c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777U, 0600U);
  EXPECT_TRUE(tool({"--json", "report"}).json().contains("diagnosis"));
}

TEST_F(ModemTool, CtrlCWhileTheModemIsSilentLeavesNothing) {
  simulate(healthy("", "hang-on nas.get-signal-info\n"));
  Process signal = start_tool({"signal"}, "signal");
  ASSERT_TRUE(eventually([&] { return books()["messages"].value("swallowed", 0) > 0; }));
  signal.signal(SIGINT);
  EXPECT_EQ(exit_code(signal), 130);
}

TEST_F(ModemTool, AnUnpluggedModemIsNamed) {
  simulate(healthy("start=signal\n", "at 0s unplug\n"));
  Process watch = start_tool({"signal", "--watch"}, "watch");
  ASSERT_TRUE(eventually([&] { return output_of("watch").find("-85.0") != std::string::npos; }));
  trigger();
  EXPECT_EQ(exit_code(watch), 3) << read_file(file("watch.err"));
  EXPECT_THAT(read_file(file("watch.err")), HasSubstr("the modem is gone"));
}

TEST_F(ModemTool, WithoutASimulatorItSaysSo) {
  const ToolRun run = tool({"info"});
  EXPECT_EQ(run.code, 8);
  EXPECT_THAT(run.err, HasSubstr("mwan-lab"));
}

}  // namespace
}  // namespace mwan::lab
