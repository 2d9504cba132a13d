// SPDX-License-Identifier: LGPL-2.1-or-later
// The provider that PPPoE is tried against, tried itself with the stock client.
#include <filesystem>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/vm/lab/pppoe_server.hpp"
#include "tests/vm/lab/until.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 120s;

class Pppoe : public testing::Test {
 protected:
  void SetUp() override {
    auto server = PppoeServer::create({});
    REQUIRE_OK(server);
    server_.emplace(std::move(*server));
    REQUIRE_OK(server_->start());
    auto folder = lab::WorkFolder::temporary();
    REQUIRE_OK(folder);
    folder_.emplace(std::move(*folder));
  }
  // Debian's pppd; it ends with the connection.
  Result<lab::Process> dial(const std::string& password) {
    const auto options = folder_->path() / "options";
    const auto written = lab::write_file(
        options, fmt::format("user \"{}\"\npassword \"{}\"\n", server_->plan().user, password));
    if (!written) return failed(written.error());
    std::filesystem::permissions(options, std::filesystem::perms(0600));
    const auto log = folder_->path() / "pppd.log";
    return lab::Process::start(
        {{"pppd", "plugin", "rp-pppoe.so", "nic-" + server_->plan().near, "file", options.string(),
          "nodetach", "noauth", "nodefaultroute", "noipdefault", "noccp", "maxfail", "1",
          "usepeerdns", "ifname", "ppp9"},
         nullptr,
         log,
         log});
  }
  [[nodiscard]] std::string log() const { return lab::read_file(folder_->path() / "pppd.log"); }

  std::optional<PppoeServer> server_;
  std::optional<lab::WorkFolder> folder_;
};

TEST_F(Pppoe, TheRightPasswordConnects) {
  auto client = dial(server_->plan().password);
  REQUIRE_OK(client);
  ASSERT_TRUE(lab::wait_until(kPatience, [&] {
    return !client->running() || log().find("remote IP address") != std::string::npos;
  })) << log();
  ASSERT_TRUE(client->running()) << log();
  EXPECT_THAT(log(), testing::HasSubstr(std::string("local  IP address ") + kPppoeFirstCustomer));
  EXPECT_THAT(log(), testing::HasSubstr(std::string("primary   DNS address ") + kPppoeDns));
  const auto routed = lab::run(nullptr, {"ip", "route", "add", kPppoeInternet, "dev", "ppp9"});
  REQUIRE_OK(routed);
  const auto pinged = lab::run(nullptr, {"ping", "-c", "1", "-W", "30", kPppoeInternet}, kPatience);
  EXPECT_OK(pinged);
  client->stop(60s);
  EXPECT_TRUE(
      lab::wait_until(kPatience, [] { return !std::filesystem::exists("/sys/class/net/ppp9"); }));
}

TEST_F(Pppoe, AWrongPasswordIsRefused) {
  auto client = dial("wrong");
  REQUIRE_OK(client);
  const auto ended = client->wait(kPatience);
  ASSERT_TRUE(ended) << log();
  // 19: "We failed to authenticate ourselves to the peer" (pppd(8)).
  EXPECT_EQ(lab::Process::words(*ended), "exit code 19") << log();
}

TEST_F(Pppoe, WithoutAServerNobodyAnswers) {
  server_->stop();
  auto client = dial(server_->plan().password);
  REQUIRE_OK(client);
  EXPECT_FALSE(client->wait(5s)) << "it asks for longer than that";
  EXPECT_THAT(log(), testing::Not(testing::HasSubstr("Connect:")));
  client->stop(10s);
}

TEST_F(Pppoe, ACutLineIsNoticedByTheServer) {
  auto client = dial(server_->plan().password);
  REQUIRE_OK(client);
  ASSERT_TRUE(lab::wait_until(kPatience, [&] {
    return log().find("remote IP address") != std::string::npos;
  })) << log();
  REQUIRE_OK(server_->cut(true));
  EXPECT_TRUE(lab::wait_until(kPatience, [&] {
    return server_->log().find("No response to") != std::string::npos;
  })) << server_->log();
  EXPECT_TRUE(client->running()) << "it does not ask for echoes, and nobody told it";
  REQUIRE_OK(server_->cut(false));
  client->stop(10s);
}

}  // namespace
}  // namespace mwan::vm
