// SPDX-License-Identifier: LGPL-2.1-or-later
// Probers over real cables, through the tables of real links.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "failover/probe/round_prober.hpp"
#include "netlink/link_tables.hpp"
#include "tests/lab/net/in_netns.hpp"

namespace mwan::failover {

using namespace std::chrono_literals;

inline IpAddress ip_address(const std::string& text) {
  return IpAddress::parse(text).value_or(IpAddress());
}

// Two providers, eth1 and eth2, that both reach the targets; eth1 carries the default route.
class ProberLab : public lab::InNetNs {
 protected:
  void SetUp() override {
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    far("addr add 198.51.100.1/32 dev lo");
    far("addr add 198.51.100.2/32 dev lo");
    far("addr add 198.51.100.3/32 dev lo");
    far("-6 addr add 2001:db8:ffff::1/128 dev lo nodad");
    REQUIRE_OK(far_->sysctl("net/ipv4/conf/all/rp_filter", "0"));
    for (const char* which : {"all", "default"}) {
      REQUIRE_OK(here_->sysctl(std::string("net/ipv4/conf/") + which + "/rp_filter", "1"));
    }
    auto opened = netlink::Netlink::open();
    REQUIRE_OK(opened);
    netlink_.emplace(std::move(*opened));
    tables_.emplace(*netlink_, netlink::LinkTablesConfig{});
    for (const char number : {'1', '2'}) {
      const std::string name = std::string("eth") + number;
      cable(name);
      REQUIRE_OK(here_->sysctl("net/ipv4/conf/" + name + "/rp_filter", "1"));
      REQUIRE_OK(far_->sysctl("net/ipv4/conf/" + name + "/rp_filter", "0"));
      far("link set " + name + " up");
      far(std::string("addr add 10.0.") + number + ".1/24 dev " + name);
      far(std::string("-6 addr add 2001:db8:") + number + "::1/64 dev " + name + " nodad");
      IpConfig config;
      config.v4 = {.address = *IpPrefix::parse(std::string("10.0.") + number + ".2/24"),
                   .gateway = ip_address(std::string("10.0.") + number + ".1"),
                   .dns = {}};
      config.v6 = {.address = *IpPrefix::parse(std::string("2001:db8:") + number + "::2/64"),
                   .gateway = ip_address(std::string("2001:db8:") + number + "::1"),
                   .dns = {}};
      REQUIRE_OK(tables_->apply(LinkId{static_cast<std::uint16_t>(number - '0')}, name, config));
    }
    REQUIRE_OK(tables_->make_default(LinkId{1}));
    for (const char number : {'1', '2'}) {
      auto config = by(number);
      config.targets = {echo_target(ip_address("198.51.100.1")),
                        echo_target(ip_address("2001:db8:ffff::1"))};
      warm_up(config);
    }
    seen_.clear();
  }
  static ProberConfig by(char number) {
    return {.link = {.netdev = std::string("eth") + number,
                     .source_v4 = ip_address(std::string("10.0.") + number + ".2"),
                     .source_v6 = ip_address(std::string("2001:db8:") + number + "::2")},
            .targets = {echo_target(ip_address("198.51.100.1")),
                        echo_target(ip_address("198.51.100.2")),
                        echo_target(ip_address("198.51.100.3"))},
            .quorum = 2,
            .timeout = 1s};
  }
  std::unique_ptr<RoundProber> prober(ProberConfig config) {
    return std::make_unique<RoundProber>(loop_, std::move(config),
                                         [this](const Fact& fact) { take(fact); });
  }
  void take(const Fact& fact) {
    if (const auto* probe = std::get_if<fact::Probe>(&fact)) seen_.push_back(*probe);
    if (const auto* portal = std::get_if<fact::Portal>(&fact)) portals_.push_back(*portal);
    if (const auto* budget = std::get_if<fact::ProbeBudget>(&fact))
      budgets_.push_back(budget->spent);
  }
  // One round to its report.
  fact::Probe one(RoundProber& prober) {
    seen_.clear();
    prober.round();
    EXPECT_TRUE(seen_.empty()) << "reported from inside the call";
    EXPECT_TRUE(until(loop_, [this] { return !seen_.empty(); }));
    return seen_.empty() ? fact::Probe{} : seen_.front();
  }
  // A device that was just set up loses its first packets: the kernel attaches its queue a little
  // later, and asks for a neighbour again only after a second.
  void warm_up(const ProberConfig& config) {
    const auto p = prober(config);
    for (int i = 0; i < 10; ++i) {
      if (one(*p).ok) return;
    }
    ADD_FAILURE() << p->last_failure();
  }
  // A filter here: nft chains `in` and `out`.
  void nft(const std::string& command) const {
    const auto done = lab::run(&*here_, {"nft", command});
    REQUIRE_OK(done);
  }
  void filters() const {
    nft("add table inet t");
    nft("add chain inet t in { type filter hook prerouting priority -300; }");
    nft("add chain inet t out { type filter hook output priority 0; }");
  }

  Loop loop_;
  std::optional<netlink::Netlink> netlink_;
  std::optional<netlink::LinkTables> tables_;
  std::vector<fact::Probe> seen_;
  std::vector<fact::Portal> portals_;
  std::vector<bool> budgets_;
};

}  // namespace mwan::failover
