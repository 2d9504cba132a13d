// SPDX-License-Identifier: LGPL-2.1-or-later
// A stand-in for an IPFire box: its files where they really are (in a mount namespace), scripts
// that do what IPFire's are known to do, real dhcpcd and iptables-legacy, two providers, and the
// real daemon.
//
//   client --- green0 box red0 --- provider 1 --- server
//                         eth1 --- provider 2 ---'
//
// With a QMI primary, red0 is a simulated modem's, and provider 1 its operator (ipfire_modem.cpp).
// With PPPoE, provider 1 has an access concentrator: in the guest of tests/vm only, whose kernel
// has PPP (ipfire_pppoe.cpp).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hal/unique_fd.hpp"
#include "tests/lab/ipfire/power/durable_tree.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/ok.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/traffic.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {

enum class Red { Static, Dhcp, Qmi, Pppoe };
// As primary-backup/connection-type has it.
const char* connection_type(Red type);

class IpfireLab : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Settings, firewall and RED as after a boot, with traffic from the LAN.
  void boot(Red type);
  // The same box after its power was cut: other processes, other networks, an empty /run; its files
  // are those on its disk. Does not wait for the LAN.
  void boot_again(Red type);
  // From now on the daemon is started under the recorder of power/, and what it had not synced when
  // it ended is lost.
  void record_syncs(bool on = true) { records_ = on; }
  void lose(Cut cut) const;
  void write_config(const std::string& settings = "");
  void start_daemon(const std::vector<std::string>& more = {});
  // Until it says that RED and the backup are good.
  void start_until_steady(const std::vector<std::string>& more = {});
  void stop_daemon();
  void kill_daemon();

  // A program of the box, to its end.
  Result<std::string> on_box(const std::vector<std::string>& argv,
                             Duration limit = std::chrono::seconds(90)) const;
  // With a modem: into the USB port, or out of it.
  void plug_red(bool in);
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
  // From the moment that the primary died, until the LAN was answered again after the first packet
  // that was not.
  void print_outage(Instant dead, const std::string& mode) const;
  // What the box is: state files, settings, addresses, routes, rules, firewall, programs.
  [[nodiscard]] std::vector<std::string> box_state() const;
  void expect_box_is(const std::vector<std::string>& before) const;
  [[nodiscard]] std::string red_file(const std::string& name) const;
  [[nodiscard]] bool has_red_file(const std::string& name) const;
  // What the box's scripts were called with, from the mark.
  [[nodiscard]] std::string box_log() const;

  [[nodiscard]] const NetNs& box() const { return *box_; }
  [[nodiscard]] const NetNs& client() const { return *client_; }
  [[nodiscard]] const NetNs& provider(int number) const { return *providers_.at(number); }
  [[nodiscard]] std::filesystem::path folder() const { return folder_->path(); }
  [[nodiscard]] std::filesystem::path state() const { return folder() / "state"; }
  [[nodiscard]] Process& daemon() { return daemon_; }
  [[nodiscard]] const Traffic& traffic() const { return *traffic_; }
  // Command lines of what runs in the box's network, without their numbers.
  [[nodiscard]] std::vector<std::string> processes() const;

  // A simulated modem with this network device on the box; its operator is the provider. It is a
  // file in /dev and a piece of /sys as well when it is not known to be simulated.
  void add_modem(int provider, const std::string& netdev, bool as_device);
  // The modem as the backup, in place of the profile for eth1.
  void use_modem_backup();
  [[nodiscard]] const NetNs& server() const { return *server_; }
  // The access concentrator: starts, or dies without a word to anybody.
  void serve_pppoe();
  void kill_pppoe_server();

  Duration patience_ = std::chrono::seconds(60);
  int slowness_ = 1;                        // all other limits are so many times as long
  std::string backup_ = "ethernet-backup";  // the profile

 private:
  void make_files();
  void make_networks();
  void boot_modem();
  void boot_pppoe();
  void show_modem(const std::string& netdev, bool there) const;
  void come_up(Red type);
  void kill_box() const;
  [[nodiscard]] std::vector<std::string> on_box_argv(const std::vector<std::string>& argv) const;

  std::unique_ptr<WorkFolder> folder_;
  UniqueFd files_;  // the mount namespace
  UniqueFd root_;   // its "/"
  std::unique_ptr<NetNs> box_;
  std::unique_ptr<NetNs> client_;
  std::unique_ptr<NetNs> server_;
  std::map<int, std::unique_ptr<NetNs>> providers_;
  Process dhcp_server_;
  Process modem_;
  Process pppoe_server_;
  Red type_ = Red::Static;
  Process daemon_;
  std::unique_ptr<Traffic> traffic_;
  bool records_ = false;
};

}  // namespace mwan::lab
