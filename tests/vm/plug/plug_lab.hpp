// SPDX-License-Identifier: LGPL-2.1-or-later
// The guest as a router: real udev with our rules, the real daemon, the real proxies, and one
// device of each kind that can be plugged in. What the daemon made of it, and what is left.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/lab/clock.hpp"
#include "tests/vm/lab/cable.hpp"
#include "tests/vm/lab/iphone.hpp"
#include "tests/vm/lab/kernel_watch.hpp"
#include "tests/vm/lab/phone.hpp"
#include "tests/vm/lab/pppoe_server.hpp"
#include "tests/vm/lab/sim_modem.hpp"
#include "tests/vm/lab/until.hpp"

namespace mwan::vm {

// What every provider, operator and phone of this lab can reach.
inline constexpr const char* kTarget = "198.51.100.7";

// Something that is plugged in and pulled out, whatever it is.
struct Device {
  std::string kind;  // for people: "QMI modem (qmi_wwan)"
  std::string link;  // its profile's name, where it has one
  std::function<Status()> plug;
  std::function<Status()> unplug;
  std::shared_ptr<void> owner;  // of what is behind these
};

// NOTE Threading: made, used and destroyed on the main thread (lab::Process).
class PlugLab : public testing::Test {
 protected:
  static constexpr Duration kPatience = std::chrono::seconds(120);
  static constexpr const char* kStateFolder = "/run/mwan-hotplug-test/state";

  void SetUp() override;
  void TearDown() override;

  // Makes what is to be plugged in; a profile is written with add_profile().
  Device cable(const std::string& name, int number);
  Device pppoe();
  Device phone(NetFunction function);
  Device iphone();
  Device modem(ModemKind kind, const std::string& settings = "");

  void write_settings(const std::string& more);
  static void write_profile(const std::string& name, const std::string& text);
  void start_daemon();
  // With SIGTERM; it has to end well.
  void stop_daemon();

  static std::string log();
  // The daemon's verdict about the link is "good"; said after so many bytes of the log.
  static bool good(const std::string& link, std::size_t since = 0);
  static std::size_t mark() { return log().size(); }
  static bool soon(const std::function<bool()>& condition) {
    return lab::wait_until(kPatience, condition);
  }
  // Lines of the decision log of this time or later.
  static std::vector<nlohmann::json> decisions(Instant since);
  // When the engine heard or said this first; path: "/event/addressing", "/action/verdict".
  static std::optional<Instant> decided(const std::string& path, Instant since,
                                        const std::function<bool(const nlohmann::json&)>& which);

  // What is there that unplugging and stopping has to take away: devices, addresses, routes,
  // rules, nftables, programs, and files of the daemon's state.
  static std::set<std::string> inventory_now();
  // Nothing that was not there before, soon; otherwise what is left is a failure.
  static void expect_as_before(const std::set<std::string>& before);
  static std::string says(const std::vector<std::string>& argv);
  // Output of `ip rule`, and of the table that a link's rule leads to.
  static std::string kernel();

  [[nodiscard]] const lab::Process& daemon() const { return daemon_; }

  std::unique_ptr<KernelWatch> watch_;

 private:
  lab::Process daemon_;
  std::vector<lab::Process> proxies_;
};

}  // namespace mwan::vm
