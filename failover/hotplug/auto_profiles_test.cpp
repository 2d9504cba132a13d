// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/hotplug/auto_profiles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/discovery/sample_devices.hpp"

namespace mwan::failover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

using sample::Usb;

std::vector<Port> candidate(std::vector<Port> ports) {
  for (Port& port : ports) port.candidate = true;
  return ports;
}

class AutoProfiles : public testing::Test {
 protected:
  AutoProfiles() {
    configuration_.settings.auto_profiles = true;
    configuration_.settings.probe.targets = {echo_target(*IpAddress::parse("198.51.100.1"))};
  }
  void plug_in(const std::vector<Port>& ports) {
    ports_.insert(ports_.end(), ports.begin(), ports.end());
  }
  void unplug_all() { ports_.clear(); }
  const std::vector<Profile>& look() {
    const auto devices = group_ports(ports_);
    made_ = auto_profiles({configuration_, devices, assignment_,
                           [this](const std::string& netdev) { return netdev == in_use_; }, made_});
    return made_;
  }
  std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const Profile& profile : look()) out.push_back(profile.name);
    return out;
  }
  Configuration configuration_;
  Assignment assignment_;
  std::vector<Port> ports_;
  std::vector<Profile> made_;
  std::string in_use_;
  const std::vector<Port> modem_ = candidate(sample::modem_ports({}, 0));
};

TEST_F(AutoProfiles, AMarkedModemGetsOneBehindAllOthers) {
  plug_in(modem_);
  ASSERT_THAT(look(), SizeIs(1));
  const Profile& made = made_[0];
  EXPECT_THAT(made.name, MatchesRegex("auto-modem-1199-9071-[0-9a-f]{8}"));
  EXPECT_EQ(made.kind, LinkKind::Modem);
  EXPECT_EQ(made.match, "usb:1199:9071,serial:LQ650551070110");
  EXPECT_GT(made.priority, 1000);
  EXPECT_TRUE(made.metered);
  EXPECT_TRUE(made.automatic);
  EXPECT_EQ(made.probe, configuration_.settings.probe);
}

TEST_F(AutoProfiles, NoneUnlessAskedFor) {
  plug_in(modem_);
  configuration_.settings.auto_profiles = false;
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(AutoProfiles, NoneForWhatIsNotMarkedHalfThereOrInUse) {
  plug_in(sample::modem_ports({}, 0));
  EXPECT_THAT(look(), IsEmpty()) << "not marked";
  unplug_all();
  plug_in({modem_[0]});
  EXPECT_THAT(look(), IsEmpty()) << "half there";
  plug_in({modem_[1]});
  in_use_ = "wwan0";
  EXPECT_THAT(look(), IsEmpty()) << "somebody uses it";
  in_use_.clear();
  EXPECT_THAT(look(), SizeIs(1));
  in_use_ = "wwan0";
  EXPECT_THAT(look(), SizeIs(1)) << "now it is us";
}

TEST_F(AutoProfiles, NoneForWhatAProfileAsksFor) {
  Profile mine;
  mine.name = "mine";
  mine.kind = LinkKind::Modem;
  mine.match = "any";
  configuration_.profiles = {mine};
  plug_in(modem_);
  EXPECT_THAT(look(), IsEmpty());
  plug_in(candidate(sample::modem_ports({.place = "1-3", .serial = "S2"}, 1)));
  ASSERT_THAT(look(), SizeIs(1));
  EXPECT_EQ(made_[0].match, "usb:1199:9071,serial:S2");
  // It is the first one that is left over when the user's has the second.
  made_.clear();
  assignment_["mine"] = group_ports(ports_)[1].id;
  ASSERT_THAT(look(), SizeIs(1));
  EXPECT_EQ(made_[0].match, "usb:1199:9071,serial:LQ650551070110");
}

TEST_F(AutoProfiles, TheNameGoesWithTheDeviceWhereverItIs) {
  plug_in(modem_);
  const auto before = names();
  unplug_all();
  made_.clear();
  plug_in(candidate(sample::modem_ports({.place = "1-9"}, 4)));
  EXPECT_EQ(names(), before);
}

TEST_F(AutoProfiles, SticksThatShareASerialNumberAreKnownByTheirPlace) {
  const std::string shared = "0123456789ABCDEF";
  plug_in(candidate(sample::modem_ports({.place = "1-2", .serial = shared}, 0)));
  plug_in(candidate(sample::modem_ports({.place = "1-3", .serial = shared}, 1)));
  ASSERT_THAT(look(), SizeIs(2));
  std::vector<std::string> matches = {made_[0].match, made_[1].match};
  std::ranges::sort(matches);
  EXPECT_THAT(matches,
              ElementsAre("path:pci-0000:00:14.0-usb-0:2", "path:pci-0000:00:14.0-usb-0:3"));
  EXPECT_NE(made_[0].name, made_[1].name);
  EXPECT_NE(made_[0].priority, made_[1].priority);
}

TEST_F(AutoProfiles, OneThatLeftIsKeptUntilAnotherComes) {
  plug_in(modem_);
  const auto first = names();
  unplug_all();
  EXPECT_EQ(names(), first);
  plug_in(candidate(sample::modem_ports({.place = "1-3", .serial = "S2"}, 1)));
  const auto second = names();
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_NE(second, first);
}

TEST_F(AutoProfiles, HoweverManyComeAndGoTheyDoNotPileUp) {
  for (int i = 0; i < 500; ++i) {
    unplug_all();
    plug_in(candidate(sample::modem_ports({.serial = "S" + std::to_string(i)}, i)));
    ASSERT_THAT(look(), SizeIs(1));
  }
  unplug_all();
  for (int i = 0; i < 60; ++i) {
    plug_in(candidate(sample::modem_ports(
        {.place = "1-" + std::to_string(i + 1), .serial = "T" + std::to_string(i)}, i)));
  }
  EXPECT_THAT(look(), SizeIs(max_profiles));
}

TEST_F(AutoProfiles, WiresBeforeModemsBeforePhones) {
  const auto phone = sample::usb_net({.place = "1-4", .vendor = "18d1"}, "usb0", "rndis_host",
                                     "02:00:00:00:00:01");
  plug_in(candidate({phone}));
  plug_in(modem_);
  plug_in(candidate({sample::card("eth5", "00:e0:4c:68:00:0a")}));
  std::vector<LinkKind> kinds;
  for (const Profile& profile : look()) kinds.push_back(profile.kind);
  EXPECT_THAT(kinds, ElementsAre(LinkKind::Ethernet, LinkKind::Modem, LinkKind::Tether));
  EXPECT_FALSE(made_[0].metered);
  EXPECT_TRUE(made_[2].metered);
  EXPECT_EQ(made_[0].ethernet.addressing, Addressing::Dhcp);
  EXPECT_EQ(made_[2].ethernet.addressing, Addressing::Dhcp);
  EXPECT_EQ(made_[0].match, "path:pci-0000:02:00.0");
  for (const Profile& profile : made_) EXPECT_LE(profile.name.size(), 32U) << profile.name;
}

TEST_F(AutoProfiles, NoNatureMeansNone) {
  plug_in(candidate({sample::usb_port({}, "tty", "ttyUSB0", "option1")}));
  EXPECT_THAT(look(), IsEmpty());
}

}  // namespace
}  // namespace mwan::failover
