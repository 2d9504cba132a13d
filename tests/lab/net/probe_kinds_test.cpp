// SPDX-License-Identifier: LGPL-2.1-or-later
// Every kind of probe against real servers at the end of real cables: answered, lost, refused,
// slow, and by a captive portal; each by its own link.
#include <fstream>

#include "tests/lab/net/prober_lab.hpp"
#include "tests/lab/net/web_server.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::failover {
namespace {

using lab::WebServer;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kNothing = "204 No Content";

class ProbeKinds : public ProberLab {
 protected:
  // By the standby: eth1 carries the default route.
  static ProberConfig asking(const std::vector<std::string>& targets, char number = '2') {
    auto config = by(number);
    config.targets.clear();
    for (const auto& text : targets) {
      const auto target = parse_probe_target(text);
      EXPECT_TRUE(target) << text;
      if (target) config.targets.push_back(*target);
    }
    config.quorum = 1;
    config.timeout = 2s;
    config.gateway_v4 = ip_address(std::string("10.0.") + number + ".1");
    config.gateway_v6 = ip_address(std::string("2001:db8:") + number + "::1");
    config.name_servers = {ip_address("198.51.100.3")};
    return config;
  }
  void serve_names() {
    auto started =
        lab::Process::start({.argv = {"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
                                      "--pid-file=", "--user=root", "--no-resolv", "--no-hosts",
                                      "--listen-address=198.51.100.3", "--bind-interfaces",
                                      "--address=/check.example/198.51.100.1", "--local-ttl=60"},
                             .netns = &*far_,
                             .out = {},
                             .err = {}});
    REQUIRE_OK(started);
    names_ = std::move(*started);
    const auto p = prober(asking({"dns:check.example"}));
    for (int i = 0; i < 20 && !one(*p).ok; ++i) ::usleep(100000);
    EXPECT_TRUE(one(*p).ok) << p->last_failure();
  }
  // Nothing of the kind may leave by the link that carries the default route.
  void only_by_eth2(const std::string& what) {
    filters();
    nft("add rule inet t out " + what + " oifname eth1 counter drop");
    nft("add rule inet t out " + what + " oifname eth2 counter");
  }
  void expect_only_by_eth2() {
    const auto rules = says({"nft", "list", "chain", "inet", "t", "out"});
    EXPECT_THAT(rules, HasSubstr("oifname \"eth1\" counter packets 0"));
    EXPECT_THAT(rules, Not(HasSubstr("oifname \"eth2\" counter packets 0")));
  }
  // The next word about a portal, with the rounds asked for it.
  fact::Portal portal_by(RoundProber& p) {
    portals_.clear();
    for (int i = 0; i < 20 && portals_.empty(); ++i) {
      one(p);
      until(
          loop_, [this] { return !portals_.empty(); }, 100ms);
    }
    EXPECT_FALSE(portals_.empty());
    return portals_.empty() ? fact::Portal{} : portals_.back();
  }

  lab::Process names_;
};

// ---------------------------------------------------------------- TCP

TEST_F(ProbeKinds, TcpIsAnsweredThroughItsOwnLink) {
  only_by_eth2("tcp dport 4430");
  const WebServer server(loop_, *far_, 4430);
  const auto p = prober(asking({"tcp:198.51.100.1:4430"}));
  const auto probe = one(*p);
  EXPECT_TRUE(probe.ok) << p->last_failure();
  EXPECT_TRUE(probe.rtt);
  expect_only_by_eth2();
  // One connection costs a few packets, and says so.
  const auto count = p->counts()[static_cast<std::size_t>(ProbeKind::Tcp)];
  EXPECT_EQ(count.asked, 1U);
  EXPECT_EQ(count.answered, 1U);
  EXPECT_GT(count.bytes, 150U);
  EXPECT_LT(count.bytes, 300U);
}

TEST_F(ProbeKinds, TcpRefusedOrLostIsNoAnswer) {
  auto config = asking({"tcp:198.51.100.1:4430"});
  config.timeout = 300ms;
  config.patience = 10s;
  const auto p = prober(config);
  const auto refused = one(*p);
  EXPECT_FALSE(refused.ok);
  EXPECT_TRUE(refused.complete);
  EXPECT_THAT(p->last_failure(), HasSubstr("tcp:198.51.100.1:4430: refused"));
  filters();
  nft("add rule inet t out tcp dport 4430 drop");
  EXPECT_FALSE(one(*p).ok);
  EXPECT_THAT(p->last_failure(), HasSubstr("0 of 1 answered within 300 ms"));
  const WebServer server(loop_, *far_, 4430);
  nft("flush chain inet t out");
  EXPECT_TRUE(one(*p).ok) << p->last_failure();
}

// ---------------------------------------------------------------- the gateway

TEST_F(ProbeKinds, TheGatewayAnswersForItself) {
  for (const bool v4 : {true, false}) {
    auto config = asking({"gateway"});
    if (!v4) config.gateway_v4.reset();
    config.timeout = 500ms;
    const auto p = prober(config);
    EXPECT_TRUE(one(*p).ok) << p->last_failure();
    EXPECT_EQ(p->counts()[static_cast<std::size_t>(ProbeKind::Gateway)].bytes, 0U);
    far("link set eth2 arp off");
    far(v4 ? "addr del 10.0.2.1/24 dev eth2" : "-6 addr del 2001:db8:2::1/64 dev eth2");
    EXPECT_FALSE(one(*p).ok);
    far("link set eth2 arp on");
    far(v4 ? "addr add 10.0.2.1/24 dev eth2" : "-6 addr add 2001:db8:2::1/64 dev eth2 nodad");
  }
}

TEST_F(ProbeKinds, AGatewayThatAnswersDoesNotHideADeadUpstream) {
  filters();
  nft("add rule inet t in icmp type echo-reply drop");
  auto config = asking({"gateway", "198.51.100.1"});
  config.timeout = 300ms;
  const auto p = prober(config);
  const auto probe = one(*p);
  EXPECT_FALSE(probe.ok);
  EXPECT_EQ(probe.sent, 1);
  EXPECT_THAT(p->last_failure(), HasSubstr("the gateway answers, so the fault lies behind it"));
  // Nor is it counted among the answers that the loss is measured by.
  for (int i = 0; i < 25; ++i) p->round();
  until(loop_, [this] { return seen_.size() >= 26; });
  EXPECT_FALSE(seen_.back().loss_permille);
}

// ---------------------------------------------------------------- DNS

TEST_F(ProbeKinds, DnsAsksTheLinksOwnServerThroughTheLink) {
  serve_names();
  only_by_eth2("udp dport 53");
  const auto p = prober(asking({"dns:check.example"}));
  EXPECT_TRUE(one(*p).ok) << p->last_failure();
  const auto named = prober(asking({"dns:check.example@198.51.100.3"}));
  EXPECT_TRUE(one(*named).ok) << named->last_failure();
  // The server was asked: that it knows nothing is its word (REFUSED: it may not ask others).
  const auto unknown = prober(asking({"dns:other.example"}));
  EXPECT_FALSE(one(*unknown).ok);
  EXPECT_THAT(unknown->last_failure(), HasSubstr("dns:other.example: "));
  expect_only_by_eth2();
}

TEST_F(ProbeKinds, DnsLostAndComingBack) {
  serve_names();
  auto config = asking({"dns:check.example"});
  config.timeout = 300ms;
  const auto p = prober(config);
  names_.stop(2s);
  EXPECT_FALSE(one(*p).ok);
  EXPECT_FALSE(one(*p).ok);
  filters();
  nft("add rule inet t out udp dport 53 drop");
  EXPECT_FALSE(one(*p).ok);
  nft("flush chain inet t out");
  serve_names();
  EXPECT_TRUE(one(*p).ok) << p->last_failure();
}

TEST_F(ProbeKinds, ANameWithoutAServerIsNotAsked) {
  auto config = asking({"dns:check.example", "http://check.example/"});
  config.name_servers.clear();
  const auto p = prober(config);
  EXPECT_FALSE(one(*p).ok);
  EXPECT_THAT(p->last_failure(), HasSubstr("lacks the address family, the gateway or the name"));
}

// ---------------------------------------------------------------- HTTP

TEST_F(ProbeKinds, HttpGetsItsPageThroughItsOwnLinkTheNameToo) {
  serve_names();
  only_by_eth2("meta l4proto { tcp, udp } th dport { 53, 80 }");
  WebServer server(loop_, *far_, 80);
  server.says(WebServer::page(kNothing, "", ""));
  const auto p = prober(asking({"http://check.example/generate_204"}));
  const auto probe = one(*p);
  EXPECT_TRUE(probe.ok) << p->last_failure();
  EXPECT_THAT(server.last_request(),
              HasSubstr("GET /generate_204 HTTP/1.1\r\nHost: check.example\r\n"));
  EXPECT_TRUE(until(loop_, [this] { return !portals_.empty(); }));
  EXPECT_FALSE(portals_.front().captive);
  expect_only_by_eth2();
  EXPECT_GT(p->counts()[static_cast<std::size_t>(ProbeKind::Http)].bytes, 500U);
}

TEST_F(ProbeKinds, HttpLostRefusedSlow) {
  auto config = asking({"http://198.51.100.1/"});
  config.timeout = 300ms;
  const auto p = prober(config);
  EXPECT_FALSE(one(*p).ok);
  EXPECT_THAT(p->last_failure(), HasSubstr("http://198.51.100.1/#204: no connection"));
  WebServer server(loop_, *far_, 80);
  server.says(WebServer::page("503 Busy", "", "busy"));
  EXPECT_FALSE(one(*p).ok);
  EXPECT_THAT(p->last_failure(), HasSubstr("says 503 where 204 is expected"));
  server.says(WebServer::page(kNothing, "", ""), 900ms);
  EXPECT_FALSE(one(*p).ok);
  EXPECT_THAT(p->last_failure(), HasSubstr("0 of 1 answered within 300 ms"));
  // Too late for its round, but it tells that there is no portal.
  EXPECT_TRUE(until(loop_, [this] { return !portals_.empty(); }));
  EXPECT_FALSE(portals_.front().captive);
}

TEST_F(ProbeKinds, ALateAnswerIsReportedBesideTheLoss) {
  auto config = asking({"http://198.51.100.1/"});
  config.timeout = 300ms;
  config.patience = 10s;
  const auto p = prober(config);
  WebServer server(loop_, *far_, 80);
  server.says(WebServer::page(kNothing, "", ""), 900ms);
  const auto lost = one(*p);
  EXPECT_FALSE(lost.ok);
  EXPECT_FALSE(lost.complete);
  EXPECT_TRUE(until(loop_, [this] { return seen_.size() == 2; }));
  EXPECT_TRUE(seen_.back().ok);
  EXPECT_GE(seen_.back().rtt.value_or(0ms), 300ms);
}

TEST_F(ProbeKinds, ACaptivePortalIsSeenThoughPingsPass) {
  WebServer server(loop_, *far_, 80);
  server.says(WebServer::page("302 Found", "Location: http://10.0.2.1/login\r\n", ""));
  auto config = asking({"198.51.100.2", "http://198.51.100.1/"});
  config.http_interval = 1s;
  const auto p = prober(config);
  auto portal = portal_by(*p);
  EXPECT_TRUE(seen_.front().ok);
  EXPECT_TRUE(portal.captive);
  EXPECT_THAT(portal.words, HasSubstr("a captive portal answers instead of the internet; log in at "
                                      "http://10.0.2.1/login"));
  server.says(WebServer::page(kNothing, "", ""));
  portal = portal_by(*p);
  EXPECT_FALSE(portal.captive);
}

TEST_F(ProbeKinds, AnswersThatAreTooLongAreCutShort) {
  WebServer server(loop_, *far_, 80);
  server.says(WebServer::page("200 OK", "", "success" + std::string(5000000, 'x')));
  const auto p = prober(asking({"http://198.51.100.1/#200=success"}));
  EXPECT_TRUE(one(*p).ok) << p->last_failure();
  until(
      loop_, [] { return false; }, 200ms);
  EXPECT_LT(p->counts()[static_cast<std::size_t>(ProbeKind::Http)].bytes, 1000000U);
}

TEST_F(ProbeKinds, AmongOthersHttpIsAskedAtItsOwnPaceAndWhenARoundIsLost) {
  WebServer server(loop_, *far_, 80);
  server.says(WebServer::page(kNothing, "", ""));
  auto config = asking({"198.51.100.2", "http://198.51.100.1/"});
  config.timeout = 300ms;
  const auto p = prober(config);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(one(*p).ok);
  until(loop_, [&] { return server.requests() > 0; });
  EXPECT_EQ(server.requests(), 1);
  // A network that swallows pings: the page alone keeps the link up.
  filters();
  nft("add rule inet t in icmp type echo-reply drop");
  int lost = 0;
  for (int i = 0; i < 6; ++i) lost += one(*p).ok ? 0 : 1;
  EXPECT_LE(lost, 3);
  EXPECT_GT(server.requests(), 2);
}

TEST_F(ProbeKinds, HttpsIsCheckedAgainstItsCertificate) {
  auto folder = lab::WorkFolder::temporary();
  REQUIRE_OK(folder);
  const auto key = (folder->path() / "key.pem").string();
  const auto certificate = (folder->path() / "cert.pem").string();
  REQUIRE_OK(lab::run(
      nullptr, {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=check.example", "-addext", "subjectAltName=IP:198.51.100.1,DNS:check.example",
                "-keyout", key, "-out", certificate}));
  auto server = lab::Process::start({.argv = {"openssl", "s_server", "-accept", "8443", "-www",
                                              "-cert", certificate, "-key", key, "-quiet"},
                                     .netns = &*far_,
                                     .out = {},
                                     .err = {}});
  REQUIRE_OK(server);
  only_by_eth2("tcp dport 8443");
  auto config = asking({"https://198.51.100.1:8443/#200=s_server"});
  config.ca_file = certificate;
  const auto trusted = prober(config);
  for (int i = 0; i < 20 && !one(*trusted).ok; ++i) ::usleep(100000);
  EXPECT_TRUE(one(*trusted).ok) << trusted->last_failure();
  config.ca_file.clear();
  const auto stranger = prober(config);
  EXPECT_FALSE(one(*stranger).ok);
  EXPECT_THAT(stranger->last_failure(), HasSubstr("certificate that is not its own"));
  config.ca_file = "/nonexistent.pem";
  const auto broken = prober(config);
  EXPECT_FALSE(one(*broken).ok);
  EXPECT_THAT(broken->last_failure(), Not(HasSubstr("answered within 2000 ms ()")));
  expect_only_by_eth2();
}

// ---------------------------------------------------------------- together

TEST_F(ProbeKinds, TheFailureOfOneTargetChangesNothing) {
  serve_names();
  const WebServer server(loop_, *far_, 4430);
  auto config = asking({"198.51.100.1", "tcp:198.51.100.2:4430", "dns:check.example"});
  config.timeout = 300ms;
  filters();
  for (const char* broken : {"icmp type echo-request", "tcp dport 4430", "udp dport 53"}) {
    const auto p = prober(config);
    nft(std::string("add rule inet t out ") + broken + " drop");
    for (int i = 0; i < 22; ++i) EXPECT_TRUE(one(*p).ok) << broken << ": " << p->last_failure();
    ASSERT_TRUE(seen_.front().loss_permille) << broken;
    EXPECT_EQ(seen_.front().loss_permille, 0) << broken;
    nft("flush chain inet t out");
  }
}

TEST_F(ProbeKinds, LossIsMeasuredOverTheWindow) {
  filters();
  // Each by itself: three lost in a row would be a cut as well.
  nft("add rule inet t in icmp type echo-reply numgen inc mod 10 { 0, 3, 6 } drop");
  auto config = asking({"198.51.100.1"});
  config.timeout = 50ms;
  const auto p = prober(config);
  for (int i = 0; i < 30; ++i) one(*p);
  ASSERT_TRUE(seen_.front().loss_permille);
  EXPECT_NEAR(*seen_.front().loss_permille, 300, 34);
  EXPECT_TRUE(seen_.front().latency);
}

TEST_F(ProbeKinds, TwoLinksInTheSameNetworkKeepTheirProbesApart) {
  serve_names();
  WebServer web(loop_, *far_, 80);
  web.says(WebServer::page(kNothing, "", ""));
  const std::vector<std::string> targets = {"198.51.100.1", "tcp:198.51.100.1:80",
                                            "dns:check.example", "http://check.example/",
                                            "gateway"};
  for (const char number : {'3', '4'}) {
    const std::string name = std::string("eth") + number;
    cable(name);
    REQUIRE_OK(here_->sysctl("net/ipv4/conf/" + name + "/rp_filter", "1"));
    REQUIRE_OK(far_->sysctl("net/ipv4/conf/" + name + "/rp_filter", "0"));
    far("link set " + name + " up");
    far("addr add 10.0.9.1/32 dev " + name);
    far(std::string("route add 10.0.9.") + number + "/32 dev " + name + " src 10.0.9.1");
    IpConfig config;
    config.v4 = {.address = *IpPrefix::parse(std::string("10.0.9.") + number + "/24"),
                 .gateway = ip_address("10.0.9.1"),
                 .dns = {}};
    REQUIRE_OK(tables_->apply(LinkId{static_cast<std::uint16_t>(number - '0')}, name, config));
  }
  filters();
  for (const char number : {'3', '4'}) {
    const std::string name = std::string("eth") + number;
    for (const auto& target : targets) {
      auto config = asking({target});
      config.link = {.netdev = name,
                     .source_v4 = ip_address(std::string("10.0.9.") + number),
                     .source_v6 = std::nullopt};
      config.gateway_v4 = ip_address("10.0.9.1");
      config.gateway_v6.reset();
      const auto p = prober(config);
      for (int i = 0; i < 5 && !one(*p).ok; ++i) ::usleep(200000);
      nft("flush chain inet t out");
      nft("add rule inet t out meta l4proto { icmp, tcp, udp } oifname != { lo, " + name +
          " } counter");
      EXPECT_TRUE(one(*p).ok) << name << " " << target << ": " << p->last_failure();
      EXPECT_THAT(says({"nft", "list", "chain", "inet", "t", "out"}),
                  HasSubstr("counter packets 0"))
          << name << " " << target;
    }
  }
}

TEST_F(ProbeKinds, ASpentBudgetLeavesTheGatewayToAsk) {
  auto config = asking({"198.51.100.1", "gateway"});
  config.budget_bytes = 720 * 500;  // 500 bytes an hour
  config.timeout = 300ms;
  const auto p = prober(config);
  int rounds = 0;
  p->set_interval(20ms);
  EXPECT_TRUE(until(loop_, [this] { return !budgets_.empty(); }));
  rounds = static_cast<int>(seen_.size());
  EXPECT_EQ(budgets_, std::vector<bool>{true});
  EXPECT_NEAR(rounds, 7, 2);  // 72 bytes each
  until(
      loop_, [] { return false; }, 300ms);
  EXPECT_LE(static_cast<int>(seen_.size()), rounds + 1);  // the last one that was under way
  // The gateway costs nothing, and its silence is reported.
  seen_.clear();
  far("addr del 10.0.2.1/24 dev eth2");
  EXPECT_TRUE(until(loop_, [this] { return !seen_.empty(); }));
  EXPECT_FALSE(seen_.front().ok);
  far("addr add 10.0.2.1/24 dev eth2");
  // What carries the traffic is probed whatever it costs.
  p->set_carrying(true);
  EXPECT_TRUE(
      until(loop_, [this] { return budgets_.size() == 2 && !seen_.empty() && seen_.back().ok; }));
}

}  // namespace
}  // namespace mwan::failover
