// SPDX-License-Identifier: LGPL-2.1-or-later
// Files of people who mean no good, before the real daemon on the stand-in: IPFire's settings,
// ours, profiles, and what lies in the state directory; and what arrives at its control socket.
// Refused with the file's name and why, nothing executed, nothing of anybody's written to.
#include <fstream>
#include <functional>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "failover/control/socket.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Hostile : public IpfireLab {
 protected:
  void SetUp() override {
    IpfireLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    boot(Red::Static);
    if (HasFatalFailure()) return;
    fs::create_directory(victims());
    put(victims() / "file", "precious\n");
    red_ = box_state();
  }
  static void put(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  [[nodiscard]] fs::path ethernet() const { return folder() / "ipfire/ethernet/settings"; }
  [[nodiscard]] fs::path victims() const { return folder() / "victims"; }
  // A command, in all the ways in which something might take it for one.
  [[nodiscard]] std::vector<std::string> commands() const {
    const std::string touch = "touch " + (folder() / "executed").string();
    return {"$(" + touch + ")", "`" + touch + "`",  "x;" + touch + ";",
            "x|" + touch,       "x&" + touch + "&", "'; " + touch + " #"};
  }
  // It does not start, says so in these words, and RED is what it was.
  void expect_refused(const std::string& words) {
    const auto since = mark();
    start_daemon();
    const auto status = daemon().wait(20s);
    ASSERT_TRUE(status) << "it runs, and should say: " << words;
    EXPECT_NE(Process::words(*status), "exit code 0");
    EXPECT_THAT(Process::words(*status), HasSubstr("exit code"));
    EXPECT_THAT(log().substr(since), HasSubstr(words));
  }
  void expect_nothing_done() const {
    EXPECT_FALSE(fs::exists(folder() / "executed"));
    EXPECT_EQ(read_file(victims() / "file"), "precious\n");
    EXPECT_EQ(std::distance(fs::directory_iterator(victims()), {}), 1);
  }
  std::vector<std::string> red_;
};

TEST_F(Hostile, IpfiresSettings) {
  write_config("HOST=ipfire\n");  // whatever is left of it
  const std::string good = read_file(ethernet());
  const auto with = [&](const std::string& line) { put(ethernet(), good + line); };
  with(std::string("RED_DEV=red\0\n", 13));
  expect_refused("ethernet/settings:11: holds a NUL byte");
  with("RED_DESCRIPTION='M\xfcnchen'\n");
  expect_refused("ethernet/settings:11: column 19 is not ASCII");
  with("RED_DESCRIPTION='M\xc3\xbcnchen'\n");
  expect_refused("is not ASCII: the file has another encoding");
  put(ethernet(), std::string("\xff\xfeR\0E\0D\0", 8));
  expect_refused("ethernet/settings:1:");
  with(std::string(10'000'000, 'A'));
  expect_refused("is larger than 256 KiB");
  with("RED_DEV=" + std::string(5000, 'a') + "\n");
  expect_refused("is longer than 4096 bytes");
  fs::remove(ethernet());
  fs::create_symlink(victims() / "file", ethernet());
  expect_refused("ethernet/settings: is a symbolic link");
  fs::remove(ethernet());
  ASSERT_EQ(::mkfifo(ethernet().c_str(), 0644), 0);
  expect_refused("ethernet/settings: is not a regular file");
  fs::remove(ethernet());
  expect_refused("ethernet/settings: is not there");
  with("RED_TYPE=BOGUS\n");
  expect_refused("RED_TYPE");
  with("RED_DEV=../../etc\n");
  expect_refused("RED_DEV");
  put(ethernet(), good);
  // IPFire drops such lines, and so do we.
  for (const std::string& command : commands()) with("RED_DEV=" + command + "\n");
  std::string all = good;
  for (const std::string& command : commands()) all += "RED_DEV=" + command + "\n";
  put(ethernet(), all);
  start_until_steady();
  stop_daemon();
  EXPECT_THAT(log(), HasSubstr("RED is STATIC on red0"));
  put(ethernet(), good);
  expect_box_is(red_);
  expect_nothing_done();
}

TEST_F(Hostile, OurSettingsAndProfiles) {
  const fs::path settings = folder() / "config/settings";
  const fs::path profile = folder() / "config/profiles/ethernet-backup";
  const auto try_all = [&](const fs::path& path, const std::string& key) {
    const std::string good = read_file(path);
    const std::string name = path.filename().string();
    for (const std::string& command : commands()) {
      put(path, good + key + "=" + command + "\n");
      expect_refused(name + ":");
    }
    put(path, good + key + "=a\0b\n" + std::string(1, '\0'));
    expect_refused(name + ":");
    put(path, good + key + "=\xff\xfe\n");
    expect_refused(name + ":");
    put(path, good + key + "=" + std::string(10'000'000, 'x') + "\n");
    expect_refused(name);
    put(path, good + "\r\n;rm -rf /\n");
    expect_refused(name + ":");
    fs::remove(path);
    fs::create_symlink(victims() / "file", path);
    expect_refused(name);
    fs::remove(path);
    put(path, good);
  };
  try_all(settings, "LOG_LEVEL");
  try_all(profile, "NETDEV");
  try_all(profile, "ADDRESS");
  EXPECT_FALSE(fs::exists(state() / "takeover"));
  expect_box_is(red_);
  expect_nothing_done();
}

TEST_F(Hostile, LinksInTheStateDirectory) {
  fs::create_directory(state());
  const auto link = [&](const std::string& name, const fs::path& to) {
    std::error_code ignored;
    fs::remove_all(state() / name, ignored);
    fs::create_symlink(to, state() / name);
  };
  // By this one it knows whose RED is: it does not guess.
  link("takeover", victims() / "file");
  expect_refused("takeover: is a symbolic link; remove it");
  fs::remove(state() / "takeover");
  put(state() / "takeover",
      "PHASE=taken\nLINK=$(touch " + (folder() / "executed").string() + ")\n");
  expect_refused("takeover: is not what the daemon writes there");
  put(state() / "takeover", std::string(10'000'000, 'P'));
  expect_refused("takeover: is larger than 1 MiB");
  fs::remove(state() / "takeover");
  // Of the others it says so at the most, and a file of its own comes into their place.
  for (const std::string name :
       {"daemon.pid", "found-state.json", "current-profile", "failover-time", "counters", "manual",
        "interference-prevention.pid", "backup-settings", "control.sock"}) {
    link(name, victims() / "file");
  }
  link("primary-backup", victims());
  link("primary-backup.new", victims());
  link("decisions.jsonl", victims() / "file");
  write_config("IPFIRE_MODE=full\n");
  start_until_steady();
  red_works(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  EXPECT_THAT(log(), HasSubstr("found-state.json: is a symbolic link; remove it"));
  expect_lan_traffic();
  const auto back = mark();
  red_works(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", back));
  stop_daemon();
  EXPECT_FALSE(fs::is_symlink(state() / "primary-backup"));
  EXPECT_EQ(read_file(state() / "primary-backup/connection-type"), "STATIC\n");
  expect_box_is(red_);
  expect_nothing_done();

  fs::rename(state(), folder() / "real");
  fs::create_directory_symlink(folder() / "real", state());
  expect_refused("is not a directory, or a symbolic link to one");
  fs::remove(state());
  fs::create_directory(state());
  fs::permissions(state(), fs::perms(0777));
  expect_refused("can be written to by others");
}

// RED's own folder, which the daemon writes to.
TEST_F(Hostile, LinksInRedsFolder) {
  start_until_steady();
  // Each in one step: without it for a moment, RED would be down as on any other day.
  for (const std::string name : {"active", "iface", "local-ipaddress", "remote-ipaddress"}) {
    fs::create_symlink(victims() / "file", folder() / "ipfire/planted");
    fs::rename(folder() / "ipfire/planted", folder() / "ipfire/red" / name);
  }
  // No state of RED's: and as no copy of it can be made, it is not taken over either.
  ASSERT_TRUE(says("RED is down"));
  ASSERT_TRUE(
      says("/var/ipfire/red/active: is a symbolic link, which IPFire never makes; remove it"));
  EXPECT_FALSE(fs::exists(state() / "takeover"));
  for (const std::string name : {"iface", "local-ipaddress", "remote-ipaddress", "active"}) {
    EXPECT_TRUE(fs::is_symlink(folder() / "ipfire/red" / name));
    fs::remove(folder() / "ipfire/red" / name);
  }
  expect_nothing_done();
  const auto removed = mark();
  put(folder() / "ipfire/red/iface", "red0");
  put(folder() / "ipfire/red/local-ipaddress", "10.1.0.2");
  put(folder() / "ipfire/red/remote-ipaddress", "10.1.0.1");
  put(folder() / "ipfire/red/active", "");
  ASSERT_TRUE(says("RED is good", removed));
  stop_daemon();
  expect_box_is(red_);
}

TEST_F(Hostile, TheControlSocket) {
  start_until_steady();
  const auto ask = [&](const std::string& text) {
    const auto address = failover::control::socket_address(state() / "control.sock");
    EXPECT_TRUE(address);
    const UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), failover::control::generic(*address), sizeof *address) != 0) {
      return std::string("not connected");
    }
    if (::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) {
      return std::string("too large");
    }
    std::string answer(failover::control::max_answer, '\0');
    const auto got = ::recv(socket.get(), answer.data(), answer.size(), 0);
    answer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return answer;
  };
  for (const std::string& command : commands()) {
    EXPECT_THAT(ask(command), HasSubstr("\"ok\":false"));
    EXPECT_THAT(ask(R"({"version":1,"command":"failover","link":")" + command + "\"}"),
                HasSubstr("\"ok\":false"));
  }
  EXPECT_THAT(ask(std::string("{\"version\":1,\0", 13)), HasSubstr("\"ok\":false"));
  EXPECT_THAT(ask("\xff\xfe{"), HasSubstr("\"ok\":false"));
  EXPECT_THAT(ask(std::string(100'000, '[')), Not(HasSubstr("\"ok\":true")));
  EXPECT_EQ(ask(std::string(10'000'000, 'x')), "too large");
  EXPECT_THAT(ask(R"({"version":99,"command":"status"})"), HasSubstr("\"ok\":false"));
  EXPECT_THAT(ask(R"({"version":1,"command":"failover","link":"a\nb"})"),
              HasSubstr("\"ok\":false"));
  // It goes on as before.
  EXPECT_THAT(ask(R"({"version":1,"command":"status"})"), HasSubstr("\"active\":\"RED\""));
  stop_daemon();
  expect_nothing_done();
}

}  // namespace
}  // namespace mwan::lab
