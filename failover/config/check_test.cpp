// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/check.hpp"

#include <gmock/gmock.h>

namespace mwan::failover {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Reads keys as from a file; the text itself must be right.
SettingsFile settings_of(std::string_view text) {
  SettingsFile file;
  file.settings.origin.file = "settings";
  ConfigErrors errors;
  apply_entries(parse_settings_text("settings", text), settings_keys(), {}, "", file.settings,
                file.broken, errors);
  EXPECT_THAT(errors, IsEmpty());
  return file;
}
ProfileFile profile_of(const SettingsFile& settings, const std::string& name,
                       std::string_view text) {
  ProfileFile file;
  file.profile.name = name;
  file.profile.origin.file = "profiles/" + name;
  file.profile.probe = settings.settings.probe;
  ConfigErrors errors;
  apply_entries(parse_settings_text(file.profile.origin.file, text), profile_keys(), {}, "",
                file.profile, file.broken, errors);
  EXPECT_THAT(errors, IsEmpty());
  return file;
}

std::vector<std::string> texts(const ConfigErrors& errors) {
  std::vector<std::string> out;
  for (const auto& error : errors) out.push_back(error.text());
  return out;
}
std::vector<std::string> settings_errors(std::string_view text) {
  ConfigErrors errors;
  check_settings(settings_of(text), errors);
  return texts(errors);
}
std::vector<std::string> profile_errors(std::string_view text,
                                        std::string_view settings_text = "") {
  const auto settings = settings_of(settings_text);
  ConfigErrors errors;
  check_profile(settings, profile_of(settings, "p", text), errors);
  return texts(errors);
}

constexpr auto good_ethernet =
    "KIND=ethernet\nNETDEV=eth1\nADDRESS=192.0.2.2/24\nGATEWAY=192.0.2.1\n";
std::string ethernet(const std::string& more) { return good_ethernet + more; }

TEST(Check, DefaultsAreConsistent) {
  EXPECT_THAT(settings_errors(""), IsEmpty());
  EXPECT_THAT(profile_errors(good_ethernet), IsEmpty());
}

TEST(Check, ProbeTimesMustFitEachOther) {
  EXPECT_THAT(settings_errors("PROBE_INTERVAL_MS=100\nPROBE_FAST_INTERVAL_MS=150\n"),
              ElementsAre("settings:2: PROBE_FAST_INTERVAL_MS: 150 ms is slower than "
                          "PROBE_INTERVAL_MS, 100 ms"));
  EXPECT_THAT(settings_errors("PROBE_FAST_INTERVAL_MS=20\nPROBE_TIMEOUT_MS=1000\n"),
              ElementsAre(HasSubstr("settings:1: PROBE_FAST_INTERVAL_MS: with PROBE_TIMEOUT_MS of "
                                    "1000 ms more than 20 rounds")));
  EXPECT_THAT(settings_errors("PROBE_TARGETS=192.0.2.1\nPROBE_QUORUM=2\n"),
              ElementsAre("settings:2: PROBE_QUORUM: 2 answers cannot come from 1 PROBE_TARGETS"));
}

TEST(Check, ALinkComesBackWhenItIsBetterThanWhenItWasLeft) {
  EXPECT_THAT(settings_errors("PROBE_LOSS_DOWN_PERCENT=10\n"),
              ElementsAre(HasSubstr("PROBE_LOSS_UP_PERCENT: 10 must be less than")));
  EXPECT_THAT(settings_errors("PROBE_LOSS_DOWN_PERCENT=0\n"), IsEmpty());
  EXPECT_THAT(settings_errors("PROBE_LATENCY_DOWN_MS=500\n"),
              ElementsAre(HasSubstr("PROBE_LATENCY_UP_MS: 0 must be less than")));
  EXPECT_THAT(settings_errors("PROBE_LATENCY_DOWN_MS=500\nPROBE_LATENCY_UP_MS=300\n"), IsEmpty());
  EXPECT_THAT(settings_errors("PROBE_LATENCY_DOWN_MS=800\nPROBE_LATENCY_UP_MS=300\n"),
              ElementsAre(HasSubstr("settings:1: PROBE_LATENCY_DOWN_MS: 800 ms is never seen")));
}

TEST(Check, ANameNeedsTheLinksOwnServers) {
  EXPECT_THAT(profile_errors(ethernet("PROBE_TARGETS=dns:a.example\n")),
              ElementsAre(HasSubstr("DNS: is not set; dns:a.example of PROBE_TARGETS")));
  EXPECT_THAT(profile_errors(ethernet("DNS=192.0.2.1\nPROBE_TARGETS=dns:a.example\n")), IsEmpty());
  EXPECT_THAT(profile_errors(ethernet("PROBE_TARGETS=dns:a.example@192.0.2.9,http://192.0.2.9/\n")),
              IsEmpty());
  EXPECT_THAT(profile_errors(ethernet("PROBE_TARGETS=gateway\n")), IsEmpty());
  EXPECT_THAT(profile_errors(ethernet("PROBE_QUORUM=2\nPROBE_TARGETS=gateway,192.0.2.9\n")),
              ElementsAre(HasSubstr("leaves 1 of the targets (gateway does not count")));
}

TEST(Check, AProfileIsJudgedWithWhatItInherits) {
  EXPECT_THAT(profile_errors(ethernet("PROBE_INTERVAL_MS=200\n"), "PROBE_FAST_INTERVAL_MS=300\n"),
              ElementsAre(HasSubstr("PROBE_FAST_INTERVAL_MS: 300 ms is slower")));
  // What only the settings got wrong is not said again for every profile.
  EXPECT_THAT(profile_errors(good_ethernet, "PROBE_FAST_INTERVAL_MS=800\n"), IsEmpty());
}

TEST(Check, AddressAndGatewayBelongTogether) {
  EXPECT_THAT(profile_errors("KIND=ethernet\nNETDEV=eth1\nADDRESS=192.0.2.2/24\n"),
              ElementsAre("profiles/p:3: ADDRESS: needs GATEWAY beside it"));
  EXPECT_THAT(profile_errors("KIND=ethernet\nNETDEV=eth1\nGATEWAY6=fe80::1\n"),
              ElementsAre("profiles/p:3: GATEWAY6: needs ADDRESS6 beside it"));
  EXPECT_THAT(
      profile_errors("KIND=ethernet\nNETDEV=eth1\nADDRESS=192.0.2.2/24\nGATEWAY=192.0.3.1\n"),
      ElementsAre("profiles/p:4: GATEWAY: 192.0.3.1 is not within ADDRESS's network, "
                  "192.0.2.2/24"));
  EXPECT_THAT(
      profile_errors("KIND=ethernet\nNETDEV=eth1\nADDRESS=192.0.2.2/24\nGATEWAY=192.0.2.2\n"),
      ElementsAre(HasSubstr("is our own address")));
  EXPECT_THAT(
      profile_errors("KIND=ethernet\nNETDEV=eth1\nADDRESS6=2001:db8::2/64\nGATEWAY6=fe80::1\n"),
      IsEmpty());
  EXPECT_THAT(profile_errors("KIND=ethernet\nNETDEV=eth1\n"),
              ElementsAre(HasSubstr("ADDRESS: is not set; an ethernet profile needs")));
}

TEST(Check, EthernetNeedsItsInterface) {
  EXPECT_THAT(profile_errors("KIND=ethernet\nADDRESS=192.0.2.2/24\nGATEWAY=192.0.2.1\n"),
              ElementsAre(HasSubstr("profiles/p: NETDEV: is not set")));
}

TEST(Check, AMatchTakesThePlaceOfTheNames) {
  const std::string address = "ADDRESS=192.0.2.2/24\nGATEWAY=192.0.2.1\n";
  EXPECT_THAT(profile_errors("KIND=modem\nMATCH=any\n"), IsEmpty());
  EXPECT_THAT(profile_errors("KIND=modem\nMATCH=usb:1199:9071,serial:LQ65\n"), IsEmpty());
  EXPECT_THAT(profile_errors("KIND=ethernet\nMATCH=mac:02:00:00:00:00:01\n" + address), IsEmpty());
  EXPECT_THAT(profile_errors("KIND=modem\n"),
              ElementsAre(HasSubstr("profiles/p: DEVICE: is not set; a modem profile needs")));
}

TEST(Check, AMatchThatContradictsIsRefusedWithItsLine) {
  const std::string address = "ADDRESS=192.0.2.2/24\nGATEWAY=192.0.2.1\n";
  EXPECT_THAT(profile_errors("KIND=modem\nDEVICE=/dev/cdc-wdm0\nMATCH=any\n"),
              ElementsAre("profiles/p:3: MATCH: and DEVICE (profiles/p:2) both say which device it "
                          "is; keep one of them"));
  EXPECT_THAT(profile_errors("KIND=ethernet\nNETDEV=e\nMATCH=path:pci-0\n" + address),
              ElementsAre(HasSubstr("profiles/p:3: MATCH: and NETDEV (profiles/p:2)")));
  EXPECT_THAT(
      profile_errors("KIND=modem\nMATCH=imei:123\n"),
      ElementsAre(HasSubstr("profiles/p:2: MATCH: \"imei:\" is no condition; expected is")));
  EXPECT_THAT(profile_errors("KIND=ethernet\nMATCH=any\n" + address),
              ElementsAre(HasSubstr("profiles/p:2: MATCH: any network card could be the one")));
  EXPECT_THAT(profile_errors("KIND=modem\nMATCH=mac:02:00:00:00:00:01\n"),
              ElementsAre(HasSubstr("profiles/p:2: MATCH: modems make their addresses up")));
}

TEST(Check, FamiliesMustBeSpoken) {
  EXPECT_THAT(profile_errors(ethernet("DNS=192.0.2.1,2001:db8::1\n")),
              ElementsAre("profiles/p:5: DNS: 2001:db8::1 cannot be reached without ADDRESS6"));
  EXPECT_THAT(profile_errors(ethernet("PROBE_TARGETS=2001:db8::1\n")),
              ElementsAre(HasSubstr("PROBE_TARGETS: this link speaks only IPv4, which leaves 0 of "
                                    "the targets; PROBE_QUORUM wants 1")));
  EXPECT_THAT(profile_errors("KIND=modem\nDEVICE=/dev/cdc-wdm0\nIP_FAMILY=ipv6\n",
                             "PROBE_TARGETS=192.0.2.1\n"),
              ElementsAre(HasSubstr("this link speaks only IPv6")));
  EXPECT_THAT(profile_errors("KIND=ethernet\nNETDEV=e\nADDRESS6=2001:db8::2/64\nGATEWAY6=fe80::1\n"
                             "MTU=1000\n"),
              ElementsAre(HasSubstr("profiles/p:5: MTU: IPv6 needs at least 1280")));
}

TEST(Check, ModemCredentialsAreUsedOrAnError) {
  const std::string modem = "KIND=modem\nDEVICE=/dev/cdc-wdm0\n";
  EXPECT_THAT(profile_errors(modem), IsEmpty());
  EXPECT_THAT(profile_errors(modem + "USERNAME=u\n"),
              ElementsAre(HasSubstr("profiles/p:3: USERNAME: would not be used")));
  EXPECT_THAT(profile_errors(modem + "PASSWORD=secret\n"),
              ElementsAre(HasSubstr("PASSWORD: would not be used")));
  EXPECT_THAT(profile_errors(modem + "AUTH=pap\n"),
              ElementsAre(HasSubstr("AUTH: needs USERNAME beside it")));
  EXPECT_THAT(profile_errors(modem + "SIMULATED=yes\n"),
              ElementsAre(HasSubstr("NETDEV: is not set; a simulated modem's")));
}

std::vector<std::string> together_errors(std::string_view settings_text,
                                         const std::vector<std::string>& profiles) {
  const auto settings = settings_of(settings_text);
  std::vector<ProfileFile> files;
  files.reserve(profiles.size());
  for (const auto& text : profiles) {
    files.push_back(profile_of(settings, "p" + std::to_string(files.size()), text));
  }
  ConfigErrors errors;
  check_together(settings, files, errors);
  return texts(errors);
}

TEST(Check, ProfilesDoNotShareWhatCannotBeShared) {
  const std::string targets = "PROBE_TARGETS=192.0.2.1\n";
  EXPECT_THAT(together_errors(targets, {"PRIORITY=1\n", "PRIORITY=1\n"}),
              ElementsAre("profiles/p1:1: PRIORITY: 1 is that of profile p0 too "
                          "(profiles/p0:1); the order must be clear"));
  EXPECT_THAT(together_errors(targets, {"NETDEV=a\n", "PRIORITY=2\nNETDEV=a\n"}),
              ElementsAre(HasSubstr("profiles/p1:2: NETDEV: a is that of profile p0")));
  EXPECT_THAT(together_errors(targets, {"DEVICE=/dev/a\n", "DEVICE=/dev/a\n"}),
              ElementsAre(HasSubstr("DEVICE: /dev/a is that of profile p0")));
  EXPECT_THAT(together_errors(targets, {"PRIORITY=1\n", "PRIORITY=2\n", ""}), IsEmpty());
}

TEST(Check, AutomaticProfilesNeedTargetsAndRoomForTables) {
  EXPECT_THAT(
      together_errors("AUTO_PROFILES=yes\n", {}),
      ElementsAre(HasSubstr("settings:1: AUTO_PROFILES: needs PROBE_TARGETS in this file")));
  EXPECT_THAT(together_errors("AUTO_PROFILES=yes\nPROBE_TARGETS=192.0.2.1\n", {}), IsEmpty());
  EXPECT_THAT(
      together_errors("AUTO_PROFILES=yes\nPROBE_TARGETS=192.0.2.1\nTABLE_BASE=190\n", {}),
      ElementsAre(HasSubstr("settings:3: TABLE_BASE: 190 with 32 profiles takes table 200")));
}

TEST(Check, OneDeviceIsOneLinkMakesMayRepeat) {
  const std::string targets = "PROBE_TARGETS=192.0.2.1\n";
  EXPECT_THAT(together_errors(targets, {"MATCH=serial:S1\n", "MATCH=serial:S1\n"}),
              ElementsAre(HasSubstr("MATCH: serial:S1 is that of profile p0")));
  EXPECT_THAT(together_errors(targets, {"MATCH=any\n", "MATCH=any\n"}), IsEmpty());
  EXPECT_THAT(together_errors(targets, {"MATCH=usb:1199\n", "MATCH=usb:1199\n"}), IsEmpty());
}

TEST(Check, TablesOfOthersAreLeftAlone) {
  const std::string targets = "PROBE_TARGETS=192.0.2.1\n";
  EXPECT_THAT(together_errors(targets + "TABLE_BASE=198\n", {"", ""}), IsEmpty());
  EXPECT_THAT(
      together_errors(targets + "TABLE_BASE=199\n", {"", ""}),
      ElementsAre(HasSubstr("settings:2: TABLE_BASE: 199 with 2 profiles takes table 200")));
  EXPECT_THAT(together_errors(targets + "TABLE_BASE=254\n", {""}),
              ElementsAre(HasSubstr("takes table 254")));
}

TEST(Check, EveryLinkHasProbeTargets) {
  EXPECT_THAT(together_errors("", {"PROBE_TARGETS=192.0.2.1\n", "", ""}),
              ElementsAre(HasSubstr("without it are: p1, p2")));
}

TEST(Check, BrokenKeysCauseNoSecondError) {
  auto settings = settings_of("");
  settings.broken.keys = {"PROBE_TARGETS", "RISK_ARM_PERCENT", "TABLE_BASE"};
  settings.settings.risk_arm = 0.9;
  auto profile = profile_of(settings, "p", "KIND=ethernet\n");
  profile.broken.keys = {"ADDRESS", "NETDEV"};
  ConfigErrors errors;
  check_settings(settings, errors);
  check_profile(settings, profile, errors);
  check_together(settings, {profile}, errors);
  EXPECT_THAT(texts(errors), IsEmpty());
}

TEST(Check, DhcpAndGivenAddressesExcludeEachOther) {
  const std::string dhcp = "KIND=ethernet\nNETDEV=eth1\nADDRESSING=dhcp\n";
  EXPECT_THAT(profile_errors(dhcp), IsEmpty());
  EXPECT_THAT(profile_errors(dhcp + "DHCP_HOSTNAME=router\nDHCP_CLIENT_ID=01:02:03\nMTU=1400\n"),
              IsEmpty());
  EXPECT_THAT(profile_errors(dhcp + "ADDRESS=192.0.2.2/24\nGATEWAY=192.0.2.1\n"),
              ElementsAre(HasSubstr("profiles/p:4: ADDRESS: comes from the DHCP server"),
                          HasSubstr("profiles/p:5: GATEWAY: comes from the DHCP server")));
  EXPECT_THAT(profile_errors(dhcp + "DNS=192.0.2.1\n"),
              ElementsAre(HasSubstr("profiles/p:4: DNS: comes from")));
  EXPECT_THAT(profile_errors(ethernet("DHCP_HOSTNAME=router\n")),
              ElementsAre(HasSubstr("profiles/p:5: DHCP_HOSTNAME: would not be used")));
  // The other family may be given.
  EXPECT_THAT(profile_errors(dhcp + "ADDRESS6=2001:db8::2/64\nGATEWAY6=fe80::1\n"), IsEmpty());
}

TEST(Check, WhereIPv6ComesFromIsSaidOnce) {
  const std::string wired = "KIND=ethernet\nNETDEV=eth1\n";
  const std::string given = "ADDRESS6=2001:db8::2/64\nGATEWAY6=fe80::1\n";
  EXPECT_THAT(profile_errors(wired + "IPV6=auto\n"), IsEmpty());
  EXPECT_THAT(profile_errors(wired + "IPV6=static\n" + given), IsEmpty());
  EXPECT_THAT(profile_errors(wired + "ADDRESSING=dhcp\nIPV6=off\n"), IsEmpty());
  EXPECT_THAT(
      profile_errors(wired + "IPV6=auto\n" + given),
      ElementsAre(HasSubstr("profiles/p:3: IPV6: with auto the address comes from a router")));
  EXPECT_THAT(profile_errors(wired + "IPV6=off\n" + given),
              ElementsAre(HasSubstr("profiles/p:3: IPV6: off, and ADDRESS6 or GATEWAY6 is set")));
  EXPECT_THAT(profile_errors(wired + "ADDRESSING=dhcp\nIPV6=static\n"),
              ElementsAre("profiles/p:4: IPV6: static needs ADDRESS6 and GATEWAY6 beside it"));
  EXPECT_THAT(profile_errors(wired + "IPV6=auto\nMTU=1000\n"),
              ElementsAre(HasSubstr("profiles/p:4: MTU: IPv6 needs at least 1280 bytes")));
  EXPECT_THAT(profile_errors("KIND=pppoe\nNETDEV=eth1\nUSERNAME=a\nPASSWORD=b\nIPV6=static\n"),
              ElementsAre(HasSubstr("profiles/p:5: IPV6: only an ethernet profile has ADDRESS6")));
}

TEST(Check, WhoLearnsIPv6FromRouters) {
  const auto learns = [](const std::string& text) {
    return profile_of(settings_of(""), "p", text).profile.learns_ipv6();
  };
  EXPECT_TRUE(learns("KIND=ethernet\nADDRESSING=dhcp\n"));
  EXPECT_FALSE(learns("KIND=ethernet\nADDRESSING=dhcp\nADDRESS6=2001:db8::2/64\n"));
  EXPECT_FALSE(learns("KIND=ethernet\nADDRESS=192.0.2.2/24\n"));
  EXPECT_TRUE(learns("KIND=ethernet\nADDRESS=192.0.2.2/24\nIPV6=auto\n"));
  EXPECT_FALSE(learns("KIND=pppoe\nIPV6=off\n"));
  EXPECT_TRUE(learns("KIND=pppoe\n"));
  EXPECT_TRUE(learns("KIND=tether\n"));
  EXPECT_FALSE(learns("KIND=modem\n"));
}

TEST(Check, PppoeNeedsWhoWeAreAndFitsIntoItsFrames) {
  const std::string pppoe = "KIND=pppoe\nNETDEV=eth1\nUSERNAME=u\nPASSWORD=secret\n";
  EXPECT_THAT(profile_errors(pppoe), IsEmpty());
  EXPECT_THAT(profile_errors(pppoe + "MTU=1492\nSERVICE_NAME=s\nAC_NAME=a\n"), IsEmpty());
  EXPECT_THAT(profile_errors(pppoe + "MTU=1500\n"),
              ElementsAre(HasSubstr("profiles/p:5: MTU: 1500 bytes do not fit")));
  EXPECT_THAT(profile_errors("KIND=pppoe\nUSERNAME=u\n"),
              ElementsAre(HasSubstr("NETDEV: is not set"), HasSubstr("PASSWORD: is not set")));
  EXPECT_THAT(profile_errors(pppoe, "PROBE_TARGETS=2001:db8::1\n"),
              ElementsAre(HasSubstr("only IPv4")));
}

}  // namespace
}  // namespace mwan::failover
