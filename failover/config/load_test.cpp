// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/load.hpp"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mwan::failover {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto good_settings = "PROBE_TARGETS=198.51.100.1,198.51.100.2\nPROBE_DOWN=2\n";
constexpr auto good_wan =
    "KIND=ethernet\nPRIORITY=1\nNETDEV=eth1\nADDRESS=192.0.2.2/24\nGATEWAY=192.0.2.1\n"
    "DNS=192.0.2.1\n";
constexpr auto good_lte =
    "KIND=modem\nPRIORITY=2\nDEVICE=/dev/cdc-wdm0\nAPN=internet.example\nAUTH=pap\nUSERNAME=u\n"
    "PASSWORD='pass word'\nPIN=1234\nPROBE_INTERVAL_MS=2000\nMETERED=yes\nSTANDBY=cold\n";

class Load : public testing::Test {
 public:
  Load() {
    std::string name = testing::TempDir() + "mwan-config-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    directory_ = name;
    std::filesystem::permissions(directory_, std::filesystem::perms(0755));
    std::filesystem::create_directory(directory_ / "profiles");
  }
  ~Load() override { std::filesystem::remove_all(directory_); }

 protected:
  void write(const std::string& name, const std::string& text, unsigned mode = 0600) {
    std::ofstream(directory_ / name) << text;
    chmod((directory_ / name).c_str(), mode);
  }
  void write_good() {
    write("settings", good_settings);
    write("profiles/wan", good_wan);
    write("profiles/lte", good_lte);
  }
  // Texts relative to the directory.
  std::vector<std::string> texts(const ConfigErrors& errors) {
    std::vector<std::string> out;
    for (const auto& error : errors) {
      std::string text = error.text();
      EXPECT_TRUE(text.starts_with(directory_.string())) << text;
      out.push_back(text.substr(std::min(text.size(), directory_.string().size())));
    }
    return out;
  }
  std::vector<std::string> errors() {
    const auto loaded = load_configuration(directory_);
    return loaded.result ? std::vector<std::string>{} : texts(loaded.result.error());
  }
  std::vector<std::string> warnings() { return texts(load_configuration(directory_).warnings); }

  std::filesystem::path directory_;
};

TEST_F(Load, ReadsWhatWouldBe) {
  write_good();
  const auto with = [this](const ChangedFiles& changes) {
    const auto loaded = load_configuration(directory_, changes);
    return loaded.result ? std::vector<std::string>{} : texts(loaded.result.error());
  };
  EXPECT_THAT(with({{"profiles/new", "KIND=ethernet\n"}}),
              Contains(HasSubstr("/profiles/new: PRIORITY is not set")));
  EXPECT_THAT(with({{"profiles/lte", std::nullopt}}), IsEmpty());
  EXPECT_THAT(with({{"profiles/lte", std::nullopt}, {"profiles/wan", std::nullopt}}),
              ElementsAre(HasSubstr("holds no profile")));
  EXPECT_THAT(with({{"settings", "PROBE_DOWN=x\n"}}),
              Contains(HasSubstr("settings:1: PROBE_DOWN")));
  EXPECT_THAT(errors(), IsEmpty()) << "the files are as they were";
}

TEST_F(Load, ReadsAWholeConfiguration) {
  write_good();
  const auto loaded = load_configuration(directory_);
  ASSERT_TRUE(loaded.result) << loaded.result.error().front().text();
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const Configuration& c = *loaded.result;
  EXPECT_EQ(c.settings.probe.policy.down, 2);
  ASSERT_EQ(c.profiles.size(), 2U);
  const Profile& wan = c.profiles[0];
  EXPECT_EQ(wan.name, "wan");
  EXPECT_EQ(wan.netdev, "eth1");
  const auto ip = wan.ethernet.ip_config();
  ASSERT_TRUE(ip.v4.has_value());
  const IpFamilyConfig v4 = ip.v4.value_or(IpFamilyConfig{});
  EXPECT_EQ(v4.address.text(), "192.0.2.2/24");
  EXPECT_EQ(v4.gateway, IpAddress::parse("192.0.2.1"));
  EXPECT_EQ(v4.dns.size(), 1U);
  EXPECT_FALSE(ip.v6);
  const Profile& lte = c.profiles[1];
  EXPECT_EQ(lte.kind, LinkKind::Modem);
  EXPECT_EQ(lte.modem.password.reveal(), "pass word");
  EXPECT_EQ(lte.modem.pin.reveal(), "1234");
  EXPECT_EQ(lte.probe.policy.interval, 2000ms);
  EXPECT_EQ(lte.probe.policy.down, 2);  // from the settings
  EXPECT_EQ(lte.probe.targets.size(), 2U);
  EXPECT_EQ(lte.origin.where("PIN"), (directory_ / "profiles/lte:8").string());
  EXPECT_EQ(lte.origin.where("ROAMING"), (directory_ / "profiles/lte").string());

  const Policy policy = make_policy(c);
  ASSERT_EQ(policy.links.size(), 2U);
  EXPECT_EQ(policy.links[0].name, "wan");
  EXPECT_EQ(policy.links[1].kind, LinkKind::Modem);
  EXPECT_EQ(policy.links[1].standby, Standby::Cold);
  EXPECT_TRUE(policy.links[1].metered);
  EXPECT_EQ(policy.links[1].probe.interval, 2000ms);
}

TEST_F(Load, ATetherIsMeteredAndAsksByDhcp) {
  write("settings", good_settings);
  write("profiles/phone", "KIND=tether\nPRIORITY=1\nMATCH=any\n");
  write("profiles/free", "KIND=tether\nPRIORITY=2\nNETDEV=usb0\nMETERED=no\n");
  const auto loaded = load_configuration(directory_);
  ASSERT_TRUE(loaded.result) << loaded.result.error().front().text();
  EXPECT_TRUE(loaded.result->profiles[0].metered);
  EXPECT_EQ(loaded.result->profiles[0].ethernet.addressing, Addressing::Dhcp);
  EXPECT_FALSE(loaded.result->profiles[1].metered);
  write("profiles/phone", "KIND=tether\nPRIORITY=1\nADDRESS=192.0.2.2/24\n");
  EXPECT_THAT(errors(), ElementsAre(HasSubstr("/profiles/phone: MATCH: is not set; a tether"),
                                    "/profiles/phone:3: ADDRESS belongs to KIND=ethernet, this "
                                    "profile is KIND=tether"));
}

TEST_F(Load, CollectsTheErrorsOfAllFiles) {
  write("settings", "PROBE_TARGETS=198.51.100.1\nPROBE_INTERVALL_MS=3\nPROBE_DOWN=0\nAPN=x\n");
  write("profiles/wan", "KIND=ethernet\nNETDEV=eth1\nAPN=x\nADDRESS=nonsense\n");
  write("profiles/lte", "KIND=modem\nPRIORITY=1\nPIN=12x4\nSTANDBY=tepid\nNAT=none\n");
  EXPECT_THAT(
      errors(),
      ElementsAre(HasSubstr("/profiles/lte: DEVICE: is not set; a modem profile needs its control"),
                  "/profiles/lte:3: PIN: expected 4 to 8 digits",
                  HasSubstr("/profiles/lte:4: STANDBY: expected one of hot, warm, cold"),
                  "/profiles/lte:5: NAT belongs into the file settings",
                  HasSubstr("/profiles/wan: PRIORITY is not set"),
                  "/profiles/wan:3: APN belongs to KIND=modem, this profile is KIND=ethernet",
                  HasSubstr("/profiles/wan:4: ADDRESS: expected an IPv4 address with its prefix"),
                  "/settings:2: unknown key PROBE_INTERVALL_MS; did you mean PROBE_INTERVAL_MS?",
                  "/settings:3: PROBE_DOWN: expected a whole number from 1 to 20, found \"0\"",
                  "/settings:4: APN belongs into a file in profiles/"));
}

TEST_F(Load, SaysWhatIsMissing) {
  EXPECT_THAT(errors(),
              ElementsAre(HasSubstr("/profiles: holds no profile"), "/settings: is not there"));
  std::filesystem::remove(directory_ / "profiles");
  write("settings", good_settings);
  EXPECT_THAT(errors(), ElementsAre(HasSubstr("/profiles: holds no profile: mwan-config profile")));
  write("profiles", "");
  EXPECT_THAT(errors(), ElementsAre("/profiles: is not a directory"));
  std::filesystem::remove_all(directory_);
  EXPECT_THAT(errors(), ElementsAre(": is not there: mwan-config profile add NAME makes it"));
}

TEST_F(Load, OnIpfireRedIsThePrimary) {
  write_good();
  write("settings", std::string(good_settings) + "HOST=ipfire\n");
  EXPECT_THAT(errors(), IsEmpty());
  write("settings", "HOST=ipfire\nNAT=nftables\n");
  write("profiles/RED", "KIND=ethernet\nPRIORITY=7\nNETDEV=eth9\nADDRESSING=dhcp\n");
  EXPECT_THAT(errors(),
              testing::IsSupersetOf({HasSubstr("/profiles/RED:1: KIND: the name RED"),
                                     HasSubstr("/settings:2: NAT: "),
                                     HasSubstr("/settings: PROBE_TARGETS: is not set, and RED")}));
}

TEST_F(Load, RefusesWhatIsNoOrdinaryFile) {
  write_good();
  std::filesystem::remove(directory_ / "profiles/wan");
  ASSERT_EQ(mkfifo((directory_ / "profiles/wan").c_str(), 0600), 0);
  std::filesystem::create_directory(directory_ / "profiles/more");
  write("settings", std::string(std::size_t{1025} * 1024, 'A'));
  EXPECT_THAT(errors(),
              ElementsAre("/profiles/more: is a directory, expected a regular file",
                          "/profiles/wan: is a device, FIFO or socket, expected a regular file",
                          HasSubstr("/settings: is larger than 1 MiB")));
}

// Reading as somebody who may not: root may read everything, so it steps down for the test.
TEST_F(Load, NamesThePermissionThatIsNeeded) {
  write_good();
  const bool root = geteuid() == 0;
  ASSERT_EQ(root ? seteuid(65534) : chmod((directory_ / "settings").c_str(), 0), 0);
  const auto found = errors();
  ASSERT_EQ(seteuid(root ? 0 : geteuid()), 0);
  ASSERT_THAT(found, testing::Not(IsEmpty()));
  EXPECT_THAT(found.back(), HasSubstr("/settings: permission denied: user id"));
  EXPECT_THAT(found.back(), HasSubstr("needs read permission; it belongs to user"));
}

TEST_F(Load, JudgesProfileNames) {
  write_good();
  write("profiles/lte~", "x");
  write("profiles/.lte.swp", "x");
  EXPECT_THAT(errors(), IsEmpty());
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("/profiles/.lte.swp: skipped"),
                                      HasSubstr("/profiles/lte~: skipped")));
  write("profiles/-rf", "x");
  write("profiles/a b", "x");
  write("profiles/" + std::string(33, 'n'), "x");
  EXPECT_THAT(errors(),
              ElementsAre(HasSubstr("/profiles/-rf: not a name"),
                          HasSubstr("/profiles/a b: not a name"), HasSubstr("nn: not a name")));
}

TEST_F(Load, WarnsOfReadableSecretsAndALonelyProfile) {
  write("settings", good_settings);
  write("profiles/lte", good_lte, 0640);
  EXPECT_THAT(errors(), IsEmpty());
  EXPECT_THAT(warnings(),
              ElementsAre(HasSubstr("/profiles/lte:7: PASSWORD can be read by other users"),
                          HasSubstr("/profiles/lte:8: PIN can be read by other users"),
                          HasSubstr("/profiles: holds one profile only")));
}

TEST_F(Load, BoundsTheNumberOfProfiles) {
  write("settings", good_settings);
  for (int i = 0; i < 40; ++i) {
    write("profiles/p" + std::to_string(i),
          "KIND=modem\nPRIORITY=" + std::to_string(i + 1) + "\nDEVICE=/dev/m" + std::to_string(i));
  }
  EXPECT_THAT(errors(), ElementsAre("/profiles: 40 profiles; at most 32 are possible"));
}

TEST_F(Load, TellsWhichDevicesAreNotThere) {
  write_good();
  const auto loaded = load_configuration(directory_);
  ASSERT_TRUE(loaded.result);
  const DevicesPresent none = {[](const std::string&) { return false; },
                               [](const std::string&) { return false; }};
  EXPECT_THAT(texts(missing_devices(*loaded.result, none)),
              ElementsAre(HasSubstr("/profiles/wan:3: NETDEV: there is no network interface eth1"),
                          HasSubstr("/profiles/lte:3: DEVICE: there is no device /dev/cdc-wdm0")));
  const DevicesPresent all = {[](const std::string&) { return true; },
                              [](const std::string&) { return true; }};
  EXPECT_THAT(missing_devices(*loaded.result, all), IsEmpty());
  EXPECT_TRUE(DevicesPresent::real().netdev("lo"));
  EXPECT_FALSE(DevicesPresent::real().netdev("no-such-device"));
  EXPECT_TRUE(DevicesPresent::real().control_device("/dev/null"));
  EXPECT_FALSE(DevicesPresent::real().control_device("/dev"));
}

}  // namespace
}  // namespace mwan::failover
