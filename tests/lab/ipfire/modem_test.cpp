// SPDX-License-Identifier: LGPL-2.1-or-later
// A modem as RED, and a modem as the backup, on the stand-in for an IPFire box.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/lab/clock.hpp"
#include "tests/lab/daemon_story.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"
#include "tests/lab/json_lines.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

struct Story {
  Red type;
  std::string mode;
};

std::string title(const testing::TestParamInfo<Story>& info) {
  return std::string(connection_type(info.param.type)) + "_" + info.param.mode;
}

class ModemPrimary : public IpfireLab, public testing::WithParamInterface<Story> {
 protected:
  void SetUp() override {
    IpfireLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    boot(GetParam().type);
    if (IsSkipped() || HasFatalFailure()) return;
    write_config("IPFIRE_MODE=" + GetParam().mode + "\n");
    before_ = box_state();
  }
  // Client ids that are taken in the modem.
  [[nodiscard]] int clients() const {
    const auto books =
        nlohmann::json::parse(read_file(folder() / "modem-books.json"), nullptr, false);
    return books.is_object() ? books["clients"]["open"].get<int>() : -1;
  }
  [[nodiscard]] Instant when(const std::string& words) const {
    for (const auto& entry : tell_daemon(read_json_lines(state() / decision_log_name))) {
      if (entry.text.starts_with(words)) return entry.time;
    }
    ADD_FAILURE() << "nothing says " << words;
    return now();
  }
  std::vector<std::string> before_;
};

// The operator leads nowhere: nothing but the probes can tell, before and while the backup carries.
TEST_P(ModemPrimary, IsTriedOnABearerOfItsOwnWhileTheBackupCarries) {
  start_until_steady();
  const auto failover = mark();
  const Instant dead = now();
  red_works(false);
  ASSERT_TRUE(says("-> MonitoringBackup", failover));
  expect_lan_traffic();
  print_outage(dead, GetParam().mode);
  EXPECT_EQ(red_file("iface"), "eth1");
  EXPECT_THAT(processes(), Not(testing::Contains(HasSubstr("dhcpcd.exe red0"))));

  // Up again, and known to lead nowhere.
  ASSERT_TRUE(wait_until(30s, [&] {
    return on_box({"ip", "-4", "addr", "show", "dev", "red0"})->find("10.64.0.2") !=
           std::string::npos;
  }));
  EXPECT_THAT(*on_box({"ip", "rule"}), HasSubstr("from 10.64.0.2 lookup 1100"));
  EXPECT_THAT(*on_box({"ip", "route", "show", "default"}), HasSubstr("dev eth1"));
  EXPECT_EQ(red_file("local-ipaddress"), "10.2.0.2");
  const Instant tried = now();

  const auto failback = mark();
  red_works(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", failback));
  const auto undisturbed = traffic().count(tried, when("InitiatingFailback"));
  EXPECT_GT(undisturbed.sent, 100U);
  EXPECT_EQ(undisturbed.lost + undisturbed.unanswered, 0U);
  expect_lan_traffic();
  stop_daemon();
  expect_box_is(before_);
  expect_lan_traffic();
  // Those of IPFire's two dials, which it leaves behind.
  EXPECT_TRUE(wait_until(10s, [&] { return clients() == 2; })) << clients();
}

INSTANTIATE_TEST_SUITE_P(Reds, ModemPrimary,
                         testing::Values(Story{Red::Qmi, "fast"}, Story{Red::Qmi, "full"}), title);

class ModemBackup : public ModemPrimary {
 protected:
  void SetUp() override {
    ModemPrimary::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    use_modem_backup();
    if (IsSkipped() || HasFatalFailure()) return;
    before_ = box_state();
  }
};

TEST_P(ModemBackup, CarriesTheLanAndLeavesNoTrace) {
  start_until_steady();
  const auto failover = mark();
  const Instant dead = now();
  plug_red(false);
  ASSERT_TRUE(says("-> MonitoringBackup", failover));
  expect_lan_traffic();
  print_outage(dead, GetParam().mode);
  EXPECT_EQ(red_file("iface"), "wwan0");
  EXPECT_EQ(red_file("local-ipaddress"), "10.64.0.2");
  EXPECT_EQ(red_file("remote-ipaddress"), "10.64.0.1");
  EXPECT_TRUE(has_red_file("active"));
  EXPECT_EQ(read_file(folder() / "run/dns1"), "10.64.0.53\n");
  EXPECT_EQ(read_file(state() / "current-profile"), "gsm-backup\n");

  const auto failback = mark();
  plug_red(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", failback));
  expect_lan_traffic();
  EXPECT_EQ(red_file("iface"), "red0");
  stop_daemon();
  expect_box_is(before_);
  expect_lan_traffic();
  EXPECT_TRUE(wait_until(10s, [&] { return clients() == 0; })) << clients();
}

INSTANTIATE_TEST_SUITE_P(Reds, ModemBackup,
                         testing::Values(Story{Red::Static, "fast"}, Story{Red::Dhcp, "fast"},
                                         Story{Red::Static, "full"}, Story{Red::Dhcp, "full"}),
                         title);

}  // namespace
}  // namespace mwan::lab
