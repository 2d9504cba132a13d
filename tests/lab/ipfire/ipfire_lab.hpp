// SPDX-License-Identifier: LGPL-2.1-or-later
// A stand-in for an IPFire box: its files where they really are (in a mount namespace), scripts
// that do what IPFire's are known to do, real dhcpcd and iptables-legacy, two providers, and the
// real daemon.
//
//   client --- green0 box red0 --- provider 1 --- server
//                         eth1 --- provider 2 ---'
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hal/unique_fd.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/ok.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/traffic.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {

enum class Red { Static, Dhcp };

class IpfireLab : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Settings, firewall and RED as after a boot, with traffic from the LAN.
  void boot(Red type);
  void write_config(const std::string& settings = "");
  void start_daemon(const std::vector<std::string>& more = {});
  // Until it says that RED and the backup are good.
  void start_until_steady(const std::vector<std::string>& more = {});
  void stop_daemon();
  void kill_daemon();

  // A program of the box, to its end.
  Result<std::string> on_box(const std::vector<std::string>& argv,
                             Duration limit = std::chrono::seconds(90)) const;
  void plug_red(bool in) const { REQUIRE_OK(provider(1).set_link("cpe0", in)); }
  // Upstream of the provider: its own address still answers.
  void red_works(bool works) const {
    REQUIRE_OK(provider(1).sysctl("net/ipv4/conf/all/forwarding", works ? "1" : "0"));
  }

  [[nodiscard]] std::string log() const;
  [[nodiscard]] std::size_t mark() const { return log().size(); }
  bool says(const std::string& words, std::size_t since = 0) const;
  // A question from the LAN is answered, through whatever provider.
  [[nodiscard]] bool lan_works() const;
  // Until the LAN has been answered without a loss for half a second.
  void expect_lan_traffic() const;
  // What the box is: state files, settings, addresses, routes, rules, firewall, programs.
  [[nodiscard]] std::vector<std::string> box_state() const;
  void expect_box_is(const std::vector<std::string>& before) const;
  [[nodiscard]] std::string red_file(const std::string& name) const;
  [[nodiscard]] bool has_red_file(const std::string& name) const;
  // What the box's scripts were called with, from the mark.
  [[nodiscard]] std::string box_log() const;

  [[nodiscard]] const NetNs& box() const { return *box_; }
  [[nodiscard]] const NetNs& provider(int number) const { return *providers_.at(number); }
  [[nodiscard]] std::filesystem::path folder() const { return folder_->path(); }
  [[nodiscard]] std::filesystem::path state() const { return folder() / "state"; }
  [[nodiscard]] Process& daemon() { return daemon_; }
  [[nodiscard]] const Traffic& traffic() const { return *traffic_; }
  // Command lines of what runs in the box's network, without their numbers.
  [[nodiscard]] std::vector<std::string> processes() const;

  Duration patience_ = std::chrono::seconds(60);

 private:
  void make_files();
  void make_networks();
  [[nodiscard]] std::vector<std::string> on_box_argv(const std::vector<std::string>& argv) const;

  std::unique_ptr<WorkFolder> folder_;
  UniqueFd files_;  // the mount namespace
  std::unique_ptr<NetNs> box_;
  std::unique_ptr<NetNs> client_;
  std::unique_ptr<NetNs> server_;
  std::map<int, std::unique_ptr<NetNs>> providers_;
  Process dhcp_server_;
  Process daemon_;
  std::unique_ptr<Traffic> traffic_;
};

}  // namespace mwan::lab
