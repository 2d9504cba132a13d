// SPDX-License-Identifier: LGPL-2.1-or-later
// A router with wired WANs whose providers speak real protocols: a namespace for each provider, the
// real daemon in the router.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/lab/netns.hpp"
#include "tests/lab/ok.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {

// What the provider of a WAN gives to its customers: the network 10.N.0.0/24, its own end .1.
struct Provider {
  int number = 1;   // 1: the router's eth1
  int first = 100;  // of the addresses it leases
  int lease_seconds = 120;
};

class LinkLab : public testing::Test {
 protected:
  void SetUp() override;

  // A cable and a namespace; eth<number> of the router is down.
  void add_provider(int number);
  // Starts (again) the provider's DHCP server: a real dnsmasq.
  void serve(const Provider& provider, const std::vector<std::string>& more = {});
  void stop_serving(int number) { servers_.erase(number); }

  void write_settings(const std::string& more = "");
  void write_profile(const std::string& name, const std::string& text);
  void remove_profile(const std::string& name);
  void start_daemon();
  void stop_daemon();

  [[nodiscard]] std::string log() const;
  // Within patience_; said after the mark, if there is one.
  bool says(const std::string& words, std::size_t since = 0) const;
  [[nodiscard]] std::size_t mark() const { return log().size(); }
  // The tags of what the engine was told about a profile since the log had so many lines.
  [[nodiscard]] std::vector<std::string> facts(const std::string& profile, std::size_t since) const;
  [[nodiscard]] std::size_t decisions() const;
  // Since then, the link's addresses changed once, and it stayed in use.
  void expect_one_change(const std::string& profile, std::size_t since) const;

  // `ip ARGUMENTS` in the router, as it prints.
  [[nodiscard]] std::string ip_says(const std::string& arguments) const;
  // Command lines of what runs in the router's namespace.
  [[nodiscard]] std::vector<std::string> processes() const;
  // Everything the daemon may change there.
  [[nodiscard]] std::vector<std::string> network() const;

  [[nodiscard]] const NetNs& router() const { return *router_; }
  [[nodiscard]] const NetNs& provider(int number) const { return *providers_.at(number); }
  [[nodiscard]] std::filesystem::path state() const { return folder_->path() / "state"; }
  [[nodiscard]] std::filesystem::path config() const { return folder_->path() / "config"; }
  [[nodiscard]] Process& daemon() { return daemon_; }

  Duration patience_ = std::chrono::seconds(60);

 private:
  std::unique_ptr<WorkFolder> folder_;
  std::unique_ptr<NetNs> router_;
  std::map<int, std::unique_ptr<NetNs>> providers_;
  std::map<int, Process> servers_;
  Process daemon_;
};

}  // namespace mwan::lab
