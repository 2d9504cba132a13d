// SPDX-License-Identifier: LGPL-2.1-or-later
// What probes know beyond "answered or not", and what the daemon makes of it: real servers, the
// real daemon, two wired links.
#include <atomic>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "hal/unique_fd.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/links/link_lab.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// Says the same to everybody who connects, on port 80 of a namespace.
class Web {
 public:
  Web(const NetNs& netns, std::string response) : response_(std::move(response)) {
    EXPECT_OK(netns.inside([this]() -> Status {
      fd_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(80);
      if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
          ::listen(fd_.get(), 16) != 0) {
        return failed(FailureClass::Permanent, "web server", "cannot listen");
      }
      return {};
    }));
    thread_ = std::thread([this] { serve(); });
  }
  Web(const Web&) = delete;
  Web& operator=(const Web&) = delete;
  ~Web() {
    ::shutdown(fd_.get(), SHUT_RDWR);  // accept() returns
    thread_.join();
  }
  void says(std::string response) {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }

 private:
  void serve() {
    while (true) {
      const UniqueFd visitor(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!visitor) return;
      std::string request(4096, '\0');
      if (::read(visitor.get(), request.data(), request.size()) <= 0) continue;
      const std::lock_guard lock(mutex_);
      ::send(visitor.get(), response_.data(), response_.size(), MSG_NOSIGNAL);
    }
  }
  UniqueFd fd_;
  std::mutex mutex_;
  std::string response_;
  std::thread thread_;
};

constexpr const char* kInternet = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
constexpr const char* kPortal =
    "HTTP/1.1 302 Found\r\nLocation: http://10.1.0.1/login\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n";

class HealthLab : public LinkLab {
 protected:
  void SetUp() override {
    LinkLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const int number : {1, 2}) {
      add_provider(number);
      write_wan(number);
      REQUIRE_OK(ip(provider(number), "addr add 198.51.100.11/32 dev lo"));
    }
  }
  void write_wan(int number, const std::string& more = "") {
    const std::string n = std::to_string(number);
    write_profile("wan" + n, "KIND=ethernet\nPRIORITY=" + n + "\nNETDEV=eth" + n + "\nADDRESS=10." +
                                 n + ".0.2/24\nGATEWAY=10." + n + ".0.1\n" + more);
  }
  void settings(const std::string& targets, const std::string& more = "") {
    REQUIRE_OK(write_file(config() / "settings", "PROBE_TARGETS=" + targets +
                                                     "\nFAILBACK_STABLE_S=1\nDWELL_S=0\n"
                                                     "LOG_LEVEL=debug\n" +
                                                     more));
  }
  void both_good() {
    start_daemon();
    ASSERT_TRUE(says("wan1 is good"));
    ASSERT_TRUE(says("wan2 is good"));
    ASSERT_TRUE(says("default route to wan1"));
  }
  // What leaves provider 1 for the router.
  void drop_at_provider(const std::string& what) {
    for (const char* command : {"add table inet t", "flush table inet t",
                                "add chain inet t out { type filter hook output priority 0; }"}) {
      REQUIRE_OK(run(&provider(1), {"nft", command}));
    }
    if (what.empty()) return;
    REQUIRE_OK(run(&provider(1), {"nft", "add rule inet t out " + what + " drop"}));
  }
};

TEST_F(HealthLab, ACaptivePortalIsLeftNamedAndComesBackAfterTheLogin) {
  Web web1(provider(1), kInternet);
  const Web web2(provider(2), kInternet);
  settings("198.51.100.10,http://198.51.100.11/generate_204", "PROBE_HTTP_INTERVAL_S=1\n");
  both_good();
  auto since = mark();
  web1.says(kPortal);
  EXPECT_TRUE(
      says("wan1 is suspect: a captive portal answers instead of the internet; log in at "
           "http://10.1.0.1/login",
           since));
  EXPECT_TRUE(says("default route to wan2", since));
  since = mark();
  web1.says(kInternet);
  EXPECT_TRUE(says("wan1 is good", since));
  EXPECT_TRUE(says("default route to wan1", since));
  stop_daemon();
}

TEST_F(HealthLab, APortalThatIsTheOnlyWayIsUsedToLogIn) {
  const Web web1(provider(1), kPortal);
  drop_at_provider("icmp type echo-reply");
  REQUIRE_OK(ip(provider(2), "link set cpe0 down"));
  settings("198.51.100.10,http://198.51.100.11/generate_204");
  start_daemon();
  EXPECT_TRUE(says("wan1 is suspect: a captive portal"));
  EXPECT_TRUE(says("default route to wan1"));
  stop_daemon();
}

TEST_F(HealthLab, ABrownOutIsLeftAndComesBackWhenItIsOver) {
  settings("198.51.100.10,198.51.100.11", "PROBE_WINDOW_S=4\nPROBE_QUALITY_STABLE_S=1\n");
  both_good();
  auto since = mark();
  drop_at_provider("icmp type echo-reply numgen random mod 100 < 45");
  EXPECT_TRUE(says("% of the probes lost (limit 25 %)", since));
  EXPECT_TRUE(says("default route to wan2", since));
  since = mark();
  drop_at_provider("");
  EXPECT_TRUE(says("wan1 is good", since));
  EXPECT_TRUE(says("default route to wan1", since));
  stop_daemon();
}

TEST_F(HealthLab, TheFailureOfOneTargetNeverSwitches) {
  Web web1(provider(1), kInternet);
  const Web web2(provider(2), kInternet);
  settings("198.51.100.10,dns:nobody.example@198.51.100.11,http://198.51.100.11/",
           "PROBE_INTERVAL_MS=100\nPROBE_FAST_INTERVAL_MS=100\nPROBE_WINDOW_S=2\nPROBE_HTTP_"
           "INTERVAL_S=1\n");
  both_good();
  const auto since = mark();
  web1.says("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  drop_at_provider("udp sport 53");
  std::this_thread::sleep_for(5s);
  EXPECT_THAT(log().substr(since), Not(HasSubstr("wan1 is")));
  EXPECT_THAT(log().substr(since), Not(HasSubstr("default route")));
  // And when only the page is left to answer, it is enough.
  web1.says(kInternet);
  drop_at_provider("icmp type echo-reply");
  std::this_thread::sleep_for(3s);
  EXPECT_THAT(log().substr(since), Not(HasSubstr("wan1 is down")));
  EXPECT_THAT(log().substr(since), Not(HasSubstr("default route")));
  stop_daemon();
}

TEST_F(HealthLab, TheBudgetOfAMeteredStandbyIsKeptAndSaid) {
  settings("198.51.100.10", "PROBE_METERED_INTERVAL_MS=100\n");
  write_wan(2, "METERED=yes\nPROBE_BUDGET_MB=1\n");
  both_good();
  EXPECT_TRUE(
      says("wan2 is good: well as far as it is known without probes: their data budget is "
           "spent for now"));
  // When it is needed, it is probed whatever it costs.
  const auto since = mark();
  drop_at_provider("icmp type echo-reply");
  EXPECT_TRUE(says("default route to wan2", since));
  EXPECT_TRUE(says("wan2 is good: well", since));
  stop_daemon();
}

TEST_F(HealthLab, MetricsTrackFilesAndTheProgramSayWhatHappened) {
  const auto hook = config() / "hook";
  const auto told = config() / "told";
  REQUIRE_OK(write_file(hook, "#!/bin/sh\necho \"$* ($MWAN_REASON)\" >>" + told.string() + "\n"));
  ASSERT_EQ(::chmod(hook.c_str(), S_IRWXU), 0);
  const auto track = config() / "track";
  const auto metrics = config() / "mwan.prom";
  settings("198.51.100.10,gateway", "METRICS_INTERVAL_S=1\nMETRICS_FILE=" + metrics.string() +
                                        "\nTRACK_DIR=" + track.string() +
                                        "\nNOTIFY_PROGRAM=" + hook.string() + "\n");
  both_good();
  EXPECT_EQ(read_file(track / "uplink"), "0\n");
  const auto within = [](const std::filesystem::path& file, const std::string& words) {
    return wait_until(20s, [&] { return read_file(file).find(words) != std::string::npos; });
  };
  EXPECT_TRUE(within(told, "active wan1"));
  REQUIRE_OK(ip(provider(1), "link set cpe0 down"));
  EXPECT_TRUE(within(told, "active wan2"));
  EXPECT_TRUE(within(told, "link wan1 down (no carrier)"));
  EXPECT_EQ(read_file(track / "link-wan1"), "-254\n");
  EXPECT_EQ(read_file(track / "uplink"), "0\n");
  EXPECT_TRUE(within(metrics, "mwan_link_active{link=\"wan2\"} 1\n"));
  const auto text = read_file(metrics);
  EXPECT_THAT(text, HasSubstr("mwan_switches_total 1\n"));
  EXPECT_THAT(text, HasSubstr("mwan_link_verdict{link=\"wan1\",verdict=\"down\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("mwan_probes_asked_total{link=\"wan2\",kind=\"gateway\"} "));
  EXPECT_THAT(text, HasSubstr("mwan_link_receive_bytes_total{link=\"wan2\"} "));
  stop_daemon();
}

TEST_F(HealthLab, WrongTargetsAreNamedWithFileAndLine) {
  settings("198.51.100.10,tcp:198.51.100.11");
  start_daemon();
  EXPECT_TRUE(says("settings:1: PROBE_TARGETS: \"tcp:198.51.100.11\" should be tcp:ADDRESS:PORT"));
  settings("198.51.100.10,http://check.example/");
  start_daemon();
  EXPECT_TRUE(
      says("profiles/wan1: DNS: is not set; http://check.example/#204 of PROBE_TARGETS has to "
           "be resolved through the link's own name servers"));
}

}  // namespace
}  // namespace mwan::lab
