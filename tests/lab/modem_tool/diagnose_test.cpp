// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-modem diagnose on every condition that can be simulated. The conditions and what it says
// about them are docs/diagnose.md; MWAN_UPDATE_DOCS=1 in the environment writes that anew.
#include <cstdlib>
#include <regex>
#include <sstream>

#include "tests/lab/modem_tool/tool_lab.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;

struct Condition {
  const char* title;
  const char* scenario;  // nothing: no simulator at all
  std::vector<std::string> arguments;
  int code;
  const char* stops_at;  // id of the step; "" where nothing is wrong
  bool operator_up = false;
  bool name_server = false;
};

const char* const kGood = "signal lte rsrp=-85 rsrq=-8 sinr=18\nregistration home\n";

std::vector<Condition> conditions() {
  const std::vector<std::string> look = {"diagnose"};
  const std::vector<std::string> dial = {"diagnose", "--connect", "--apn", "internet"};
  std::vector<std::string> test = dial;
  test.insert(test.end(), {"--ip-type", "ipv4", "--net", "wwan0"});
  std::vector<std::string> test_target = test;
  test_target.insert(test_target.end(), {"--target", "198.51.100.7"});
  static const std::string good = kGood;
  static const std::string with_dns = "ipv4-dns=198.51.100.7\n" + good;
  static const std::string pin = "pin=4711\n" + good;
  static const std::string no_sim = "sim-present=no\n" + good;
  static const std::string few_tries = pin + "fault pin-tries-low times=1\n";
  static const std::string puk = pin + "fault puk-required\n";
  static const std::string illegal = good + "fault sim-illegal\n";
  static const std::string fcc = good + "fault fcc-lock\n";
  static const std::string off = "operating-mode=low-power\n" + good;
  static const std::string refused = good + "refuse-connect cause=33\n";
  static const std::string password = good + "refuse-connect cause=29\n";
  static const std::string one_family = "grants=ipv4\n" + good;
  static const std::string detached = good + "packet-service detach\n";
  static const std::string silent = good + "hang\n";
  return {
      {"All is well", with_dns.c_str(), test_target, 0, "", true, true},
      {"Nothing to talk to", nullptr, look, 8, "open"},
      {"The modem does not answer", silent.c_str(), {"--timeout", "1", "diagnose"}, 8, "open"},
      {"The radio is off", off.c_str(), look, 9, "radio"},
      {"The vendor locked the radio (FCC lock)", fcc.c_str(), look, 9, "radio"},
      {"No SIM", no_sim.c_str(), look, 5, "sim"},
      {"The PIN is needed", pin.c_str(), look, 5, "sim"},
      {"One try is left for the PIN", few_tries.c_str(), look, 5, "sim"},
      {"The PUK is needed", puk.c_str(), look, 5, "sim"},
      {"The card is refused as a subscriber", illegal.c_str(), look, 5, "sim"},
      {"Weak signal", "signal lte rsrp=-117 rsrq=-17 sinr=-3\nregistration home\n", look, 0, ""},
      {"No coverage", "signal lte rsrp=-130 rsrq=-20 sinr=-12\nregistration searching\n", look, 6,
       "registration"},
      {"The network refuses the SIM",
       "signal lte rsrp=-90 rsrq=-9 sinr=12\nregistration denied cause=11\n", look, 6,
       "registration"},
      {"Roaming", "signal lte rsrp=-90 rsrq=-9 sinr=12\nregistration roaming\n", look, 6,
       "roaming"},
      {"No data service", detached.c_str(), look, 6, "packet-service"},
      {"Not connected", kGood, look, 0, ""},
      {"The access point is wrong", refused.c_str(), dial, 7, "connect"},
      {"User name or password are wrong", password.c_str(), dial, 7, "connect"},
      {"One address family only", one_family.c_str(), dial, 0, ""},
      {"Nothing comes back", with_dns.c_str(), test, 7, "ping"},
      {"The name servers are silent", with_dns.c_str(), test_target, 7, "dns", true},
  };
}

std::string command_text(const std::vector<std::string>& arguments) {
  std::string out = "$ mwan-modem";
  for (const std::string& one : arguments) out += " " + one;
  return out;
}

std::string indented(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    out += line.empty() ? "\n" : "    " + line + "\n";
  }
  return out;
}

// What differs from run to run.
std::string steady_text(const std::string& text) {
  return std::regex_replace(text, std::regex("after [0-9]+ ms"), "after 52 ms");
}

class Diagnose : public ToolLab {
 protected:
  // Plays the condition; what it says goes to the document.
  void play(const Condition& condition, std::string& document) {
    SCOPED_TRACE(condition.title);
    end_simulator();
    std::unique_ptr<NameServer> names;
    if (condition.scenario != nullptr) {
      ASSERT_NO_FATAL_FAILURE(simulate(condition.scenario));
      // Settled: what is looked at is the condition, not the way to it.
      const bool comes = std::string(condition.scenario).find("hang") == std::string::npos;
      if (comes) std::this_thread::sleep_for(700ms);
      if (condition.operator_up) operator_up();
      if (condition.name_server) {
        auto started = NameServer::start(*operator_, "198.51.100.7");
        REQUIRE_OK(started);
        names = std::move(*started);
      }
    }
    const ToolRun text = tool(condition.arguments);
    EXPECT_EQ(text.code, condition.code) << text.out << text.err;
    document += "\n## " + std::string(condition.title) + "\n\n" +
                indented(command_text(condition.arguments) + "\n" + steady_text(text.out) +
                         "\nexit code " + std::to_string(text.code));
    std::vector<std::string> arguments = condition.arguments;
    arguments.insert(arguments.begin(), "--json");
    const auto json = tool(arguments).json();
    ASSERT_TRUE(json.is_object());
    const auto& stop = json["stops_at"];
    EXPECT_EQ(stop.is_null() ? "" : stop.get<std::string>(), condition.stops_at) << json.dump(2);
    if (condition.scenario != nullptr) expect_nothing_left();
  }
};

TEST_F(Diagnose, SaysWhatTheDocumentShows) {
  std::string document =
      "# mwan-modem diagnose, by example\n"
      "\n"
      "What the command says about a simulated modem in each condition; a test plays them all and\n"
      "compares (tests/lab/modem_tool/diagnose_test.cpp). `--simulated` and the name of the "
      "proxy are\n"
      "left out of the command lines. On hardware, the first four steps look at USB, the kernel's\n"
      "driver, the control port and at who else has it open.\n";
  for (const Condition& condition : conditions()) play(condition, document);
  if (std::getenv("MWAN_UPDATE_DOCS") != nullptr) {
    ASSERT_TRUE(write_file(MWAN_DIAGNOSE_DOCUMENT, document));
  }
  EXPECT_EQ(read_file(MWAN_DIAGNOSE_DOCUMENT), document);
}

TEST_F(Diagnose, LeavesAConnectionOfOthersAlone) {
  simulate(healthy("ipv4-dns=198.51.100.7\n"));
  operator_up();
  Process connect =
      start_tool({"connect", "--net", "wwan0", "--apply", "--ip-type", "ipv4"}, "connect");
  ASSERT_TRUE(
      eventually([&] { return output_of("connect").find("connected\n") != std::string::npos; }));
  const auto sessions = books()["sessions"]["started"];
  const ToolRun run = tool({"--json", "--net", "wwan0", "diagnose", "--target", "198.51.100.7"});
  EXPECT_THAT(run.out, testing::HasSubstr("connected already")) << run.err;
  EXPECT_EQ(books()["sessions"]["started"], sessions);
  EXPECT_TRUE(connect.running());
  connect.signal(SIGINT);
  EXPECT_TRUE(connect.wait(20s));
  expect_nothing_left();
}

}  // namespace
}  // namespace mwan::lab
