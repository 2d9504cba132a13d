// SPDX-License-Identifier: LGPL-2.1-or-later
// People change the configuration of the running daemon, and some of them mean no good.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/links/operate_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ConfigureTest : public OperateLab {
 protected:
  // What mwan-config prints that reads `input`; with an exit code other than 0 that as well.
  [[nodiscard]] std::string with_input(const std::string& input,
                                       const std::vector<std::string>& words) const {
    std::ofstream(config() / "../input", std::ios::binary) << input;
    std::vector<std::string> argv = {"/bin/sh",
                                     "-c",
                                     R"(exec "$@" <"$0")",
                                     config() / "../input",
                                     MWAN_CONFIG_TOOL,
                                     "--config-dir",
                                     config(),
                                     "--state-dir",
                                     state()};
    argv.insert(argv.end(), words.begin(), words.end());
    const auto out = run(&router(), argv);
    return out ? *out : out.error().text();
  }
  [[nodiscard]] static std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] std::string profile(const std::string& name) const {
    return text_of(config() / "profiles" / name);
  }
};

TEST_F(ConfigureTest, TheDaemonTakesWhatIsSetAndRefusesNothingHalf) {
  both_good();
  EXPECT_THAT(config_tool({"set", "wan1", "PRIORITY=3", "STANDBY=hot"}),
              HasSubstr("The daemon has read it."));
  EXPECT_TRUE(wait_until(20s, [this] { return status()["preferred"] == "wan2"; }));
  EXPECT_EQ(profile("wan1"),
            "KIND=ethernet\nPRIORITY=3\nNETDEV=eth1\nADDRESS=10.1.0.2/24\nGATEWAY=10.1.0.1\n"
            "STANDBY=hot\n");
  EXPECT_THAT(config_tool({"set", "wan1", "PRIORITY", "2"}),
              AllOf(HasSubstr("exit code 2"), HasSubstr("nothing was changed")));
  EXPECT_THAT(config_tool({"get", "wan1", "PRIORITY"}), HasSubstr("3\n"));
  EXPECT_THAT(config_tool({"unset", "wan1", "STANDBY"}), HasSubstr("has read it"));
  EXPECT_THAT(profile("wan1"), Not(HasSubstr("STANDBY")));
  stop_daemon();
}

TEST_F(ConfigureTest, AReloadSaysWhatIsWrong) {
  both_good();
  std::ofstream(config() / "settings", std::ios::app) << "LOG_LEVLE=info\n";
  EXPECT_THAT(config_tool({"reload"}),
              AllOf(HasSubstr("exit code 1"), HasSubstr("did you mean LOG_LEVEL"),
                    HasSubstr("the configuration in force stays as it is")));
  EXPECT_EQ(status()["active"], "wan1");
  stop_daemon();
}

TEST_F(ConfigureTest, TheLogFileIsOpenedAnewForLogrotate) {
  const fs::path file = config() / "../mwan.log";
  both_good();
  EXPECT_THAT(config_tool({"set", "LOG_FILE", fs::weakly_canonical(file)}), HasSubstr("has read"));
  fs::rename(file, file.string() + ".1");
  std::ofstream(config() / "settings", std::ios::app) << "LOG_LEVLE=info\n";
  (void)config_tool({"reload"});
  EXPECT_THAT(text_of(file), HasSubstr("LOG_LEVLE"));
  EXPECT_THAT(config_tool({"log", "1"}), HasSubstr("stays as it is"));
  stop_daemon();
}

TEST_F(ConfigureTest, AProfileIsMadeAndTried) {
  both_good();
  add_provider(3);
  serve({.number = 3});
  EXPECT_THAT(config_tool({"profile", "add", "wan3", "--set", "KIND=ethernet", "--set",
                           "NETDEV=eth3", "--set", "ADDRESSING=dhcp", "--set", "PRIORITY=30"}),
              AllOf(HasSubstr("The daemon has read it."), HasSubstr("wan3 works")));
  EXPECT_THAT(config_tool({"profile", "list"}), HasSubstr("wan3  ethernet        30  eth3"));
  struct stat info {};
  ASSERT_EQ(stat((config() / "profiles/wan3").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
  stop_serving(3);
  REQUIRE_OK(provider(3).set_link("cpe0", false));
  EXPECT_TRUE(wait_until(20s, [this] { return status()["links"][2]["verdict"] == "down"; }));
  EXPECT_THAT(config_tool({"profile", "test", "wan3", "--wait", "0"}),
              AllOf(HasSubstr("exit code 1"), HasSubstr("wan3 is down")));
  EXPECT_THAT(config_tool({"profile", "remove", "wan3", "--yes"}), HasSubstr("has read it"));
  EXPECT_FALSE(fs::exists(config() / "profiles/wan3"));
  stop_daemon();
}

TEST_F(ConfigureTest, QuestionsAreEnough) {
  write_settings();
  EXPECT_THAT(with_input("ethernet\neth9\nstatic\n10.9.0.2/24\n10.9.0.1\n\n40\n",
                         {"profile", "add", "asked", "--no-test"}),
              HasSubstr("No daemon runs"));
  EXPECT_THAT(profile("asked"), AllOf(HasSubstr("NETDEV=eth9\n"), HasSubstr("GATEWAY=10.9.0.1\n")));
  EXPECT_THAT(with_input("secret word\n", {"set", "asked", "PASSWORD"}),
              AllOf(HasSubstr("exit code 2"), Not(HasSubstr("secret word"))));
}

TEST_F(ConfigureTest, HostileInputChangesNothing) {
  const std::string before = profile("wan1");
  const std::string touched = fs::weakly_canonical(config() / "../touched");
  const std::vector<std::string> values = {"$(touch " + touched + ")",
                                           "`touch " + touched + "`",
                                           "x;touch " + touched,
                                           "x\nGATEWAY=10.9.9.9",
                                           "x\r",
                                           "'x'",
                                           "\xff\xfe",
                                           std::string(5000, 'x'),
                                           "\\"};
  for (const std::string& value : values) {
    EXPECT_THAT(config_tool({"set", "wan1", "NETDEV", value}),
                AllOf(HasSubstr("exit code 2"), HasSubstr("nothing was changed")));
    EXPECT_THAT(config_tool({"set", "LOG_FILE", value}), HasSubstr("exit code 2"));
  }
  for (const char* name : {"../../x", "a/b", "-x", ".x", "a b", "a;b", "a\nb"}) {
    EXPECT_THAT(config_tool({"profile", "add", "--set", "KIND=tether", "--", name}),
                HasSubstr("exit code"))
        << name;
  }
  EXPECT_THAT(with_input(std::string("12\0\n34", 5), {"set", "wan1", "PASSWORD"}),
              HasSubstr("exit code 2"));
  EXPECT_THAT(with_input(std::string(10'000'000, '7'), {"set", "wan1", "PASSWORD"}),
              HasSubstr("too long"));
  EXPECT_EQ(profile("wan1"), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(config() / "profiles"), {}), 2);
  EXPECT_FALSE(fs::exists(touched));
}

TEST_F(ConfigureTest, HostileFilesAreLeftAlone) {
  const fs::path victim = fs::weakly_canonical(config() / "../victim");
  std::ofstream(victim) << "KIND=ethernet\n";
  fs::create_symlink(victim, config() / "profiles/link");
  EXPECT_THAT(config_tool({"set", "link", "PRIORITY", "9"}),
              AllOf(HasSubstr("exit code 5"), HasSubstr("is a symbolic link")));
  EXPECT_EQ(text_of(victim), "KIND=ethernet\n");
  fs::remove(config() / "profiles/link");

  std::ofstream(config() / "profiles/large") << std::string(10'000'000, 'A');
  EXPECT_THAT(config_tool({"set", "large", "PRIORITY", "9"}), HasSubstr("larger than 1 MiB"));
  EXPECT_THAT(config_tool({"check"}), AllOf(HasSubstr("exit code 2"), HasSubstr("larger than")));
  fs::remove(config() / "profiles/large");

  ASSERT_EQ(mkfifo((config() / "profiles/fifo").c_str(), 0600), 0);
  EXPECT_THAT(config_tool({"set", "fifo", "PRIORITY", "9"}), HasSubstr("not a regular file"));
  fs::remove(config() / "profiles/fifo");

  std::ofstream(config() / "profiles/nul") << std::string("KIND=\0ethernet\n", 15);
  EXPECT_THAT(config_tool({"check"}), HasSubstr("a NUL byte"));
  std::ofstream(config() / "profiles/nul") << "\xff\xfeK\0I\0";
  EXPECT_THAT(config_tool({"show", "nul"}), HasSubstr("exit code 2"));
}

// As a user without rights, who has found a way to the socket all the same.
TEST_F(ConfigureTest, AStrangerIsRefused) {
  both_good();
  for (const auto& folder : {state().parent_path(), state(), config().parent_path()}) {
    fs::permissions(folder, fs::perms(0755));
  }
  fs::permissions(state() / "control.sock", fs::perms(0666));
  fs::permissions(config() / "settings", fs::perms(0644));
  const std::string before = text_of(config() / "settings");
  const auto as_nobody = [this](std::vector<std::string> words) {
    // The build folder may be closed to others.
    const fs::path tool = state().parent_path() / "mwan-config";
    fs::copy_file(MWAN_CONFIG_TOOL, tool, fs::copy_options::skip_existing);
    fs::permissions(tool, fs::perms(0755));
    std::vector<std::string> argv = {
        "/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tool,
        "--config-dir",     config(),        "--state-dir",   state()};
    argv.insert(argv.end(), words.begin(), words.end());
    const auto out = run(&router(), argv);
    return out ? *out : out.error().text();
  };
  EXPECT_THAT(as_nobody({"reload"}), AllOf(HasSubstr("exit code 4"), HasSubstr("only root")));
  EXPECT_THAT(as_nobody({"failover"}), HasSubstr("exit code 4"));
  EXPECT_THAT(as_nobody({"set", "LOG_LEVEL", "info"}), HasSubstr("exit code 5"));
  EXPECT_EQ(text_of(config() / "settings"), before);
  EXPECT_EQ(status()["active"], "wan1");
  stop_daemon();
}

}  // namespace
}  // namespace mwan::lab
