// SPDX-License-Identifier: LGPL-2.1-or-later
// Two wired WANs, a LAN with a client, and people: mwan-config as they would call it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/lab/links/link_lab.hpp"

namespace mwan::lab {

class OperateLab : public LinkLab {
 protected:
  void SetUp() override {
    LinkLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const std::string n : {"1", "2"}) {
      add_provider(std::stoi(n));
      REQUIRE_OK(ip(provider(std::stoi(n)), "addr add 198.51.100.20/32 dev lo"));
      write_profile("wan" + n, "KIND=ethernet\nPRIORITY=" + n + "\nNETDEV=eth" + n +
                                   "\nADDRESS=10." + n + ".0.2/24\nGATEWAY=10." + n + ".0.1\n");
    }
    write_settings("FAILBACK_STABLE_S=1\nDWELL_S=0\n");
    auto client = NetNs::create("client");
    REQUIRE_OK(client);
    client_ = std::make_unique<NetNs>(std::move(*client));
    REQUIRE_OK(ip(router(), "link add lan0 type veth peer name eth0 netns " + client_->path()));
    REQUIRE_OK(ip(router(), "addr add 192.168.1.1/24 dev lan0"));
    REQUIRE_OK(ip(router(), "link set lan0 up"));
    REQUIRE_OK(ip(*client_, "addr add 192.168.1.9/24 dev eth0"));
    REQUIRE_OK(ip(*client_, "link set eth0 up"));
    REQUIRE_OK(ip(*client_, "route add default via 192.168.1.1"));
  }

  void both_good() {
    start_daemon();
    ASSERT_TRUE(says("wan1 is good"));
    ASSERT_TRUE(says("wan2 is good"));
    ASSERT_TRUE(says("default route to wan1"));
  }

  // What mwan-config prints; with another exit code than 0 a text that holds "exit code N".
  [[nodiscard]] std::string config_tool(const std::vector<std::string>& words) const {
    std::vector<std::string> argv = {MWAN_CONFIG_TOOL, "--config-dir", config(), "--state-dir",
                                     state()};
    argv.insert(argv.end(), words.begin(), words.end());
    const auto out = run(&router(), argv);
    return out ? *out : out.error().text();
  }
  [[nodiscard]] nlohmann::json status() const {
    return nlohmann::json::parse(config_tool({"status", "--json"}), nullptr, false);
  }
  // The one that is used; others stand behind it.
  [[nodiscard]] std::string default_route() const { return ip_says("route get 203.0.113.99"); }

  [[nodiscard]] const NetNs& client() const { return *client_; }

 private:
  std::unique_ptr<NetNs> client_;
};

}  // namespace mwan::lab
