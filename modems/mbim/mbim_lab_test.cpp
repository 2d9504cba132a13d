// SPDX-License-Identifier: LGPL-2.1-or-later
// What the adapter reads and hears while all is well, under every version of MBIMEx.
#include "modems/mbim/mbim_lab.hpp"

#include <gmock/gmock.h>

namespace mwan::mbim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Version {
  const char* modem;  // the highest the modem knows
  unsigned ours;      // the highest that is offered
  const char* agreed;
};
void PrintTo(const Version& v, std::ostream* out) { *out << v.modem << " and " << v.ours; }

class Reads : public MbimLab, public testing::WithParamInterface<Version> {
 protected:
  void up_with(const std::string& more) {
    config_.quirks.mbimex = GetParam().ours;
    simulate("mbimex=" + std::string(GetParam().modem) + "\n" + more);
    up();
  }
};

TEST_P(Reads, Everything) {
  up_with("home-plmn=26201\nhome-name=Example\n" + steady());
  const auto identity = done(adapter_->read_identity(cancel_));
  ASSERT_TRUE(identity) << identity.error().text();
  EXPECT_EQ(identity->protocol, GetParam().agreed);
  EXPECT_EQ(identity->imei.size(), 15U);
  EXPECT_NE(identity->firmware, "");
  EXPECT_EQ(*done(adapter_->read_radio(cancel_)), RadioPower::On);

  const auto sim = done(adapter_->read_sim(cancel_));
  ASSERT_TRUE(sim) << sim.error().text();
  EXPECT_EQ(sim->state, SimState::Ready);
  EXPECT_GE(sim->iccid.size(), 18U);
  EXPECT_GE(sim->imsi.size(), 14U);
  const auto slots = done(adapter_->read_slots(cancel_));
  ASSERT_TRUE(slots) << slots.error().text();
  ASSERT_EQ(slots->size(), 1U);
  EXPECT_EQ(slots->front(),
            (SimSlot{.number = 1, .active = true, .card = true, .iccid = sim->iccid}));
  const auto home = done(adapter_->read_home_network(cancel_));
  ASSERT_TRUE(home) << home.error().text();
  EXPECT_EQ(home->plmn, "26201");

  const auto registration = done(adapter_->read_registration(cancel_));
  ASSERT_TRUE(registration) << registration.error().text();
  EXPECT_EQ(registration->state, RegistrationState::Home);
  EXPECT_EQ(registration->rat, Rat::Lte);
  EXPECT_EQ(registration->plmn, "26201");
  const Status attached = done(adapter_->attach(true, cancel_));
  EXPECT_TRUE(attached) << attached.error().text();
  const auto service = done(adapter_->read_packet_service(cancel_));
  ASSERT_TRUE(service) << service.error().text();
  EXPECT_EQ(*service, (PacketService{PacketServiceState::Attached, Rat::Lte}));
  const Status automatic = done(adapter_->register_automatically(cancel_));
  EXPECT_TRUE(automatic) << automatic.error().text();
  EXPECT_EQ(requests("mbim.register-state set"), 0U) << "it was registered already";

  const auto signal = done(adapter_->read_signal(cancel_));
  ASSERT_TRUE(signal) << signal.error().text();
  ASSERT_EQ(signal->size(), 1U);
  EXPECT_EQ(signal->front().rat, Rat::Lte);
  EXPECT_EQ(signal->front().rsrp_dbm, -85.0);
  EXPECT_EQ(signal->front().rsrq_db, -8.0);
  EXPECT_TRUE(signal->front().rssi_dbm);
  EXPECT_EQ(signal->front().sinr_db.has_value(), GetParam().agreed != std::string("MBIM 1.0"));
  const auto cells = done(adapter_->read_cells(cancel_));
  ASSERT_TRUE(cells) << cells.error().text();
  ASSERT_TRUE(cells->serving);
  EXPECT_EQ(cells->serving->pci, 101);
  ASSERT_EQ(cells->neighbours.size(), 2U);
  EXPECT_EQ(cells->neighbours[0].pci, 205);
  EXPECT_EQ(cells->neighbours[1].pci, 206);
  EXPECT_EQ(cells->neighbours[1].rsrp_dbm, -103.0);
  EXPECT_EQ(adapter_->unanswered(), 0U);
  close();
  expect_nothing_left();
}

TEST_P(Reads, ConnectsAndSays) {
  up_with("ipv6-address=2001:db8:7::2/64\nipv4-dns=10.64.0.1\n" + steady());
  const auto outcomes = connect(kBoth);
  ASSERT_TRUE(outcomes) << outcomes.error().text();
  ASSERT_EQ(outcomes->size(), 2U);
  const FamilyOutcome& v4 = outcomes->at(0);
  const FamilyOutcome& v6 = outcomes->at(1);
  ASSERT_TRUE(v4.config) << v4.config.error().text();
  ASSERT_TRUE(v6.config) << v6.config.error().text();
  EXPECT_EQ(v4.config->v4->address.text(), "10.64.0.2/30");
  EXPECT_EQ(v4.config->v4->dns.size(), 1U);
  EXPECT_EQ(v4.config->mtu, 1428U);
  EXPECT_FALSE(v4.config->v6);
  EXPECT_EQ(v6.config->v6->address.text(), "2001:db8:7::2/64");
  for (const IpFamily family : kBoth) {
    EXPECT_TRUE(*done(adapter_->read_connected(family, cancel_)));
    EXPECT_TRUE(done(adapter_->read_addressing(family, cancel_)));
  }
  const auto counters = done(adapter_->read_counters(cancel_));
  EXPECT_TRUE(counters) << counters.error().text();
  // Asked for again, it is there already.
  const auto again = connect(kBoth);
  ASSERT_TRUE(again && again->at(0).config);
  EXPECT_EQ(requests("mbim.connect set"), 1U);

  done(adapter_->disconnect(kV4, cancel_));
  EXPECT_TRUE(*done(adapter_->read_connected(IpFamily::V6, cancel_))) << "IPv6 still uses it";
  done(adapter_->disconnect(kV6, cancel_));
  EXPECT_FALSE(*done(adapter_->read_connected(IpFamily::V6, cancel_)));
  EXPECT_FALSE(reported("ended")) << log();
  close();
  expect_nothing_left();
}

TEST_P(Reads, HearsTheNetwork) {
  up_with("start=signal\n" + steady("at 0s signal lte rsrp=-110 rsrq=-15 sinr=1\n"
                                    "trigger\nat 0s packet-service detach\n"
                                    "trigger\nat 0s registration denied cause=11\n"));
  trigger();
  EXPECT_TRUE(until_report("signal lte rsrp=-110 rsrq=-15")) << log();
  reports_.clear();
  trigger();
  EXPECT_TRUE(until_report("packet-service detached")) << log();
  trigger();
  ASSERT_TRUE(until_report("registration denied")) << log();
  EXPECT_EQ(last<Registration>()->reject_cause, 11);
  close();
  expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(Mbimex, Reads,
                         testing::Values(Version{"3.0", 3, "MBIM 1.0 (MBIMEx 3.0)"},
                                         Version{"3.0", 2, "MBIM 1.0 (MBIMEx 2.0)"},
                                         Version{"2.0", 3, "MBIM 1.0 (MBIMEx 2.0)"},
                                         Version{"1.0", 3, "MBIM 1.0"},
                                         Version{"3.0", 0, "MBIM 1.0"}),
                         [](const auto& info) { return "Case" + std::to_string(info.index); });

class Bearers : public MbimLab {};

TEST_F(Bearers, OneFamilyAlone) {
  simulate(steady());
  up();
  for (const auto& families : {kV4, kV6}) {
    const auto outcomes = connect(families);
    ASSERT_TRUE(outcomes && outcomes->size() == 1U) << log();
    EXPECT_TRUE(outcomes->front().config) << outcomes->front().config.error().text();
    done(adapter_->disconnect(families, cancel_));
  }
  close();
  expect_nothing_left();
}

TEST_F(Bearers, AFamilyThatIsNotGranted) {
  for (const bool v4 : {true, false}) {
    simulate(std::string("grants=") + (v4 ? "ipv4" : "ipv6") + "\n" + steady());
    up();
    const auto outcomes = connect(kBoth);
    ASSERT_TRUE(outcomes && outcomes->size() == 2U) << log();
    for (const FamilyOutcome& outcome : *outcomes) {
      const bool granted = (outcome.family == IpFamily::V4) == v4;
      EXPECT_EQ(outcome.config.has_value(), granted);
      EXPECT_EQ(outcome.other_family_only, !granted);
      if (!granted) {
        EXPECT_EQ(outcome.config.error().failure, FailureClass::Permanent);
        EXPECT_THAT(outcome.config.error().message,
                    HasSubstr(v4 ? "3GPP cause 50" : "3GPP cause 51"));
      }
    }
    close();
    expect_nothing_left();
  }
}

TEST_F(Bearers, RefusedWithItsCause) {
  simulate("start=signal\n" + steady("refuse-connect cause=33\nat 0s accept-connect\n"));
  up();
  const auto refused = connect(kV4);
  ASSERT_TRUE(refused && refused->size() == 1U) << log();
  ASSERT_FALSE(refused->front().config);
  EXPECT_EQ(refused->front().config.error().failure, FailureClass::Permanent);
  EXPECT_EQ(refused->front().config.error().text(),
            "lte: mbim connect activate: 3GPP cause 33 (requested service option not subscribed): "
            "check the APN");
  trigger();
  turn(100ms);
  const auto accepted = connect(kV4);
  ASSERT_TRUE(accepted && accepted->front().config) << log();
  close();
  expect_nothing_left();
}

TEST_F(Bearers, DroppedByTheNetwork) {
  simulate("start=signal\n" + steady("at 0s bearer drop cause=39\n"));
  up();
  ASSERT_TRUE(connect(kBoth));
  trigger();
  ASSERT_TRUE(until_report("ended ipv4: lte: mbim bearer ipv4: ")) << log();
  ASSERT_TRUE(until_report("ended ipv6: ")) << log();
  EXPECT_EQ(last<report::BearerEnded>()->why.failure, FailureClass::Transient);
  EXPECT_THAT(last<report::BearerEnded>()->why.message, HasSubstr("3GPP cause 39"));
  EXPECT_FALSE(*done(adapter_->read_connected(IpFamily::V4, cancel_)));
  done(adapter_->disconnect(kBoth, cancel_));
  const auto again = connect(kBoth);
  ASSERT_TRUE(again && again->at(0).config) << log();
  close();
  expect_nothing_left();
}

TEST_F(Bearers, Renumbered) {
  simulate("start=signal\n" + steady("at 0s renumber ipv4=10.99.0.6/30 gateway=10.99.0.5\n"));
  up();
  ASSERT_TRUE(connect(kV4));
  reports_.clear();
  trigger();
  ASSERT_TRUE(until_report("addressing-changed")) << log();
  const auto now = done(adapter_->read_addressing(IpFamily::V4, cancel_));
  ASSERT_TRUE(now) << now.error().text();
  EXPECT_EQ(now->v4->address.text(), "10.99.0.6/30");
  close();
  expect_nothing_left();
}

TEST_F(Bearers, OfAnEarlierLifeAreTakenDown) {
  simulate(steady());
  up();
  ASSERT_TRUE(connect(kV4));
  adapter_.reset();  // without a word to the modem
  ASSERT_TRUE(until([&] { return books()["mbim"]["clients"].value("open", -1) == 0; }));
  EXPECT_EQ(books()["mbim"]["sessions"].value("active", -1), 1) << books().dump(2);
  up();
  const auto outcomes = connect(kV4);
  ASSERT_TRUE(outcomes && outcomes->front().config) << log();
  // Down, and up again.
  EXPECT_EQ(requests("mbim.connect set"), 3U);
  close();
  expect_nothing_left();
}

}  // namespace
}  // namespace mwan::mbim
