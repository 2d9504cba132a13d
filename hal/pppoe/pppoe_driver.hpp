// SPDX-License-Identifier: LGPL-2.1-or-later
// PPPoE over a wired device as a link: a pppd of its own, which makes and configures nothing but
// its ppp device.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/ethernet/addressing_parts.hpp"
#include "hal/ethernet/client_runner.hpp"
#include "hal/link_driver.hpp"
#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"
#include "hal/process/report_socket.hpp"
#include "hal/process/supervisor.hpp"
#include "hal/secret.hpp"
#include "hal/wait.hpp"

namespace mwan {

struct PppoeConfig {
  std::string link;    // the name people know it by
  std::string netdev;  // which the session runs over; need not exist yet
  std::string username;
  Secret password;
  std::string service_name;
  std::string ac_name;
  std::uint32_t mtu = 1492;      // bytes
  std::filesystem::path folder;  // made where it is missing, with the password in it
  // Who listens to the routers behind the session's device; empty: there is no IPv6.
  std::function<std::unique_ptr<AddressClient>(const std::string& netdev)> ipv6;
  bool families_apart = false;                  // as in EthernetConfig
  std::function<void(const std::string&)> log;  // what pppd says; may be empty
};

// Reports Carrier of the wired device; Device (the ppp device) and Addressing when a session is up;
// AddressingLost when it is not any more, with the reason; Trouble whenever an attempt failed. A
// refused password is tried again only after 5, 10, 20, 30 minutes: some providers lock accounts.
// The wired device is set up where it is down, and given back by stop(). IPv6 comes when a router
// has advertised it on the session's device, as addressing_parts.hpp says.
class PppoeDriver final : public LinkDriver {
 public:
  // loop and monitor outlive the driver.
  PppoeDriver(Loop& loop, LinkMonitor& monitor, PppoeConfig config);

  void start(Sink sink) override;
  Task<void> stop() override;

 private:
  void look(const LinkState& state);
  void want_session(bool wanted);
  Task<void> move_session();
  Status prepare();
  void clean_up();
  void heard(const ScriptReport& report);
  void session_on(const std::string& netdev);
  void listen_to_routers();
  void look_at_parts(const std::string& why_not);
  void session_lost(const std::string& why);
  std::optional<Duration> ended(const ProgramEnd& end, Duration back_off);
  void trouble(Error error, std::optional<Duration> retry_in);
  void log(const std::string& line) const;
  void report(Fact fact);

  Loop& loop_;
  LinkMonitor& monitor_;
  PppoeConfig config_;
  Sink sink_;
  LinkMonitor::Watch link_watch_;
  std::optional<LinkState> seen_;
  std::optional<bool> carrier_;  // as reported
  bool brought_up_ = false;
  std::string session_;  // its device; empty: there is none
  AddressingParts parts_;
  std::optional<IpConfig> told_;  // Addressing as reported, not lost since
  SourceHandle head_start_;       // of IPv4
  std::unique_ptr<ClientRunner> routers_;
  bool peer_dead_ = false;  // pppd said so before it ended
  Duration refused_back_off_{};
  bool session_wanted_ = false;
  bool session_kept_ = false;
  ReportSocket socket_;
  std::unique_ptr<Supervisor> pppd_;
  Notification moved_;
  Job job_;
};

}  // namespace mwan
