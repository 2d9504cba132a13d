// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/links/link_lab.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/topology.hpp"

namespace mwan::lab {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

void LinkLab::SetUp() {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";

  auto folder = WorkFolder::temporary();
  REQUIRE_OK(folder);
  folder_ = std::make_unique<WorkFolder>(std::move(*folder));
  auto router = NetNs::create("router");
  REQUIRE_OK(router);
  router_ = std::make_unique<NetNs>(std::move(*router));
  REQUIRE_OK(router_->sysctl("net/ipv4/conf/all/forwarding", "1"));
  REQUIRE_OK(router_->sysctl("net/ipv4/conf/all/rp_filter", "1"));
  fs::create_directories(config() / "profiles");
  write_settings();
}

void LinkLab::add_provider(int number) {
  auto made = NetNs::create(fmt::format("provider {}", number));
  REQUIRE_OK(made);
  const NetNs& netns = *(providers_[number] = std::make_unique<NetNs>(std::move(*made)));
  REQUIRE_OK(ip(*router_, fmt::format("link add eth{} type veth peer name cpe0 netns {}", number,
                                      netns.path())));
  REQUIRE_OK(ip(netns, fmt::format("addr add 10.{}.0.1/24 dev cpe0", number)));
  REQUIRE_OK(ip(netns, "link set cpe0 up"));
  // What the probes ask; every provider has it.
  REQUIRE_OK(ip(netns, "addr add 198.51.100.10/32 dev lo"));
}

void LinkLab::serve(const Provider& provider, const std::vector<std::string>& more) {
  stop_serving(provider.number);
  const auto base = folder_->path() / fmt::format("dnsmasq{}", provider.number);
  std::vector<std::string> argv = {
      "/usr/sbin/dnsmasq",
      "--keep-in-foreground",
      "--conf-file=/dev/null",
      "--port=0",
      "--no-ping",
      "--dhcp-authoritative",
      "--leasefile-ro",
      "--user=root",
      "--pid-file=",
      "--log-facility=-",
      "--interface=cpe0",
      "--bind-interfaces",
      fmt::format("--dhcp-range=10.{0}.0.{1},10.{0}.0.{2},255.255.255.0,{3}", provider.number,
                  provider.first, provider.first + 9, provider.lease_seconds),
  };
  argv.insert(argv.end(), more.begin(), more.end());
  auto started = Process::start(
      {argv, providers_.at(provider.number).get(), base.string() + ".log", base.string() + ".log"});
  REQUIRE_OK(started);
  servers_[provider.number] = std::move(*started);
}

void LinkLab::write_settings(const std::string& more) {
  REQUIRE_OK(write_file(config() / "settings",
                        "PROBE_TARGETS=198.51.100.10\nNAT=nftables\nLOG_LEVEL=debug\n" + more));
}

void LinkLab::write_profile(const std::string& name, const std::string& text) {
  const auto path = config() / "profiles" / name;
  REQUIRE_OK(write_file(path, text));
  ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
}

void LinkLab::remove_profile(const std::string& name) { fs::remove(config() / "profiles" / name); }

void LinkLab::start_daemon() {
  const auto file = folder_->path() / "daemon.log";
  auto started = Process::start(
      {{MWAN_DAEMON, "--config-dir", config(), "--state-dir", state()}, router_.get(), file, file});
  REQUIRE_OK(started);
  daemon_ = std::move(*started);
}

void LinkLab::stop_daemon() {
  EXPECT_EQ(Process::words(daemon_.stop(patience_)), "exit code 0") << log();
}

std::string LinkLab::log() const { return read_file(folder_->path() / "daemon.log"); }

bool LinkLab::says(const std::string& words, std::size_t since) const {
  const bool said =
      wait_until(patience_, [&] { return log().find(words, since) != std::string::npos; });
  EXPECT_TRUE(said) << "never said: " << words << "\n" << log();
  return said;
}

std::size_t LinkLab::decisions() const {
  return read_json_lines(state() / "decisions.jsonl").size();
}

void LinkLab::expect_one_change(const std::string& profile, std::size_t since) const {
  sleep_for(std::chrono::seconds(3));  // for a probe round to fail, if one would
  const auto said = facts(profile, since);
  EXPECT_EQ(std::ranges::count(said, "addressing"), 1) << testing::PrintToString(said);
  EXPECT_THAT(said, testing::Not(testing::Contains("addressing_lost")));
  EXPECT_THAT(log(), testing::Not(testing::HasSubstr(profile + " is down")));
}

std::vector<std::string> LinkLab::facts(const std::string& profile, std::size_t since) const {
  std::vector<std::string> out;
  const auto lines = read_json_lines(state() / "decisions.jsonl");
  for (std::size_t i = since; i < lines.size(); ++i) {
    const auto event = lines[i].value("event", nlohmann::json::object());
    if (event.size() == 1 && event.front().value("link", "") == profile) {
      out.push_back(event.begin().key());
    }
  }
  return out;
}

std::string LinkLab::ip_says(const std::string& arguments) const {
  std::vector<std::string> argv = {"ip"};
  std::istringstream words(arguments);
  for (std::string word; words >> word;) argv.push_back(word);
  const auto out = run(router_.get(), argv);
  return out ? *out : out.error().text();
}

std::vector<std::string> LinkLab::processes() const {
  std::error_code error;
  struct stat ours {};
  ::fstat(router_->fd(), &ours);
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    struct stat theirs {};
    const auto netns = entry.path() / "ns" / "net";
    if (::stat(netns.c_str(), &theirs) != 0 || theirs.st_ino != ours.st_ino) continue;
    std::string words = read_file(entry.path() / "cmdline");
    std::ranges::replace(words, '\0', ' ');
    if (!words.empty()) out.push_back(words);
  }
  return out;
}

std::vector<std::string> LinkLab::network() const {
  auto state = network_state(*router_);
  EXPECT_TRUE(state) << state.error().text();
  return state.value_or(std::vector<std::string>());
}

}  // namespace mwan::lab
