// SPDX-License-Identifier: LGPL-2.1-or-later
// The network gives the active modem another address: rules, table and NAT follow, the engine hears
// one fact, and a client's flow goes on.
#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/vm/plug/plug_lab.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Renumbering : public PlugLab, public testing::WithParamInterface<ModemKind> {};

TEST_P(Renumbering, OfTheActiveModemIsOneFactAndNoFlap) {
  ModemPlan plan;
  plan.kind = GetParam();
  plan.target = kTarget;
  plan.story = {"plug", "renumber ipv4=10.99.0.6/30 gateway=10.99.0.5", "unplug"};
  auto modem = SimModem::create(plan);
  REQUIRE_OK(modem);
  write_profile("lte", "KIND=modem\nPRIORITY=1\nMATCH=any\n");
  start_daemon();
  const auto before = inventory_now();
  REQUIRE_OK(modem->next());
  ASSERT_TRUE(soon([] { return good("lte"); })) << log();
  ASSERT_THAT(kernel(), HasSubstr("from 10.64.0.2 lookup 1100"));

  // Somebody behind the router, with one flow that is older than the new address.
  auto lan = lab::NetNs::create("lan");
  REQUIRE_OK(lan);
  REQUIRE_OK(lab::run(nullptr, {"ip", "link", "add", "lan0", "type", "veth", "peer", "name", "pc",
                                "netns", lan->path()}));
  REQUIRE_OK(lab::run(nullptr, {"ip", "addr", "add", "192.168.77.1/24", "dev", "lan0"}));
  REQUIRE_OK(lab::run(nullptr, {"ip", "link", "set", "lan0", "up"}));
  for (const char* step : {"addr add 192.168.77.2/24 dev pc", "link set pc up",
                           "route add default via 192.168.77.1"}) {
    REQUIRE_OK(lab::ip(*lan, step));
  }
  REQUIRE_OK(lab::write_file("/proc/sys/net/ipv4/ip_forward", "1"));
  auto flow =
      lab::Process::start({{"ping", "-n", "-i", "0.2", kTarget}, &*lan, "/tmp/flow", "/tmp/flow"});
  REQUIRE_OK(flow);
  const auto answers = [] {
    const std::string text = lab::read_file("/tmp/flow");
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find("bytes from", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  ASSERT_TRUE(soon([&] { return answers() >= 3; })) << lab::read_file("/tmp/flow") << kernel();

  const Instant then = lab::now();
  const std::size_t said = mark();
  REQUIRE_OK(modem->next());
  ASSERT_TRUE(soon([] { return kernel().find("from 10.99.0.6 lookup 1100") != std::string::npos; }))
      << log() << kernel();
  const std::size_t so_far = answers();
  EXPECT_TRUE(soon([&] { return answers() >= so_far + 3; }))
      << "the flow stays with the old address\n"
      << lab::read_file("/tmp/flow") << says({"nft", "list", "ruleset"}) << kernel();
  flow->stop(5s);

  const std::string now = kernel();
  EXPECT_THAT(now, Not(HasSubstr("10.64.0.2")));
  EXPECT_THAT(says({"ip", "route", "show", "table", "1100"}), ContainsRegex("default.*10.99.0.6"));
  EXPECT_THAT(says({"ip", "route", "show", "default"}), HasSubstr("src 10.99.0.6"));
  lab::sleep_for(3s);  // long enough for a probe round to fail, if one would
  int addressing = 0;
  for (const auto& line : decisions(then)) {
    const nlohmann::json event = line.value("event", nlohmann::json::object());
    addressing += event.contains("addressing") ? 1 : 0;
    EXPECT_FALSE(event.contains("addressing_lost")) << line.dump();
    EXPECT_FALSE(line.value("action", nlohmann::json::object()).contains("verdict")) << line.dump();
  }
  EXPECT_EQ(addressing, 1) << log();
  EXPECT_THAT(log().substr(said), Not(HasSubstr("lte is ")));

  REQUIRE_OK(modem->next());
  REQUIRE_OK(lab::run(nullptr, {"ip", "link", "del", "lan0"}));
  REQUIRE_OK(lab::write_file("/proc/sys/net/ipv4/ip_forward", "0"));
  expect_as_before(before);
  stop_daemon();
}

INSTANTIATE_TEST_SUITE_P(, Renumbering, testing::Values(ModemKind::Qmi, ModemKind::Mbim),
                         [](const auto& info) {
                           return info.param == ModemKind::Mbim ? "Mbim" : "Qmi";
                         });

}  // namespace
}  // namespace mwan::vm
