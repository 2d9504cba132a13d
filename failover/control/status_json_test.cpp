// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/control/status_json.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace mwan::failover::control {
namespace {

using namespace std::chrono_literals;

TEST(StatusJson, SaysWhatIsKnownAndNothingElse) {
  RuntimeStatus status;
  status.state = State::MonitoringBackup;
  status.active = "lte";
  status.preferred = "wired";
  status.held = "lte";
  LinkStatus lte;
  lte.name = "lte";
  lte.kind = LinkKind::Modem;
  lte.netdev = "wwan0";
  lte.priority = 2;
  lte.verdict = LinkVerdict::Good;
  lte.reason = "well";
  lte.lasting = 90500ms;
  lte.addresses = {*IpPrefix::parse("10.0.0.7/30")};
  lte.signal = {SignalSample{.rat = Rat::Lte, .rsrp_dbm = -101.5}};
  lte.registration = Registration{.state = RegistrationState::Home, .rat = Rat::Lte};
  status.links = {lte, LinkStatus{.name = "wired"}};
  const auto out = to_json(status);
  EXPECT_EQ(out["state"], "MonitoringBackup");
  EXPECT_EQ(out["active"], "lte");
  EXPECT_EQ(out["held"], "lte");
  EXPECT_EQ(out["links"][0].dump(),
            R"({"name":"lte","kind":"modem","device":"wwan0","priority":2,"standby":"hot",)"
            R"("metered":false,"active":true,"verdict":"good","reason":"well","lasting_s":90,)"
            R"("risk":0.0,"maintenance":false,"addresses":["10.0.0.7/30"],)"
            R"("registration":{"state":"home","rat":"lte"},)"
            R"("signal":[{"rat":"lte","rsrp_dbm":-101.5}]})");
  EXPECT_FALSE(out["links"][1].contains("signal"));
  EXPECT_EQ(out["links"][1]["active"], false);
}

TEST(StatusJson, WithoutAnActiveLinkItIsNull) {
  EXPECT_TRUE(to_json({})["active"].is_null());
  EXPECT_TRUE(to_json({})["held"].is_null());
}

}  // namespace
}  // namespace mwan::failover::control
