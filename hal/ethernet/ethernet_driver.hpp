// SPDX-License-Identifier: LGPL-2.1-or-later
// A wired network device as a link: its addressing is given, comes from a protocol on the wire, or
// some of both.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/ethernet/address_client.hpp"
#include "hal/ip_config.hpp"
#include "hal/link_driver.hpp"
#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"
#include "hal/wait.hpp"

namespace mwan {

struct EthernetConfig {
  std::string link;     // the name people know it by, for messages
  std::string netdev;   // need not exist yet
  IpConfig addressing;  // what is given; what a client gets is added to it
  // A loss of carrier is reported when it has lasted so long; its return always at once.
  Duration carrier_debounce{};
  // Only look: the device is not set up (dry run).
  bool observe_only = false;
};

// Reports Device, Carrier, Addressing (whenever the device has become usable: the kernel forgets
// routes, and IPv6 addresses, of a device that was down) and, for the gateway of each family,
// Gateway. A device that is down is set up once, with back-off while that is refused; if somebody
// sets it down again that is respected and reported as Trouble.
//
// With a client, Addressing waits for it and is said again when it has changed; a lost carrier
// takes it (AddressingLost): the cable may come back in another network.
class EthernetDriver final : public LinkDriver {
 public:
  // loop and monitor outlive the driver.
  EthernetDriver(Loop& loop, LinkMonitor& monitor, EthernetConfig config,
                 std::unique_ptr<AddressClient> client = nullptr);

  void start(Sink sink) override;
  // Ends the client; sets the device down again if this driver had set it up.
  Task<void> stop() override;

 private:
  void look(const LinkState& state);
  void appeared();
  void disappeared();
  void set_down_by_others();
  void bring_up();
  void carrier(bool up);
  void report_carrier(bool up);
  void watch_gateways(const IpConfig& config);
  void want_client(bool wanted);
  Task<void> move_client();
  void got(const IpConfig& config);
  void lost(const std::string& why);
  void report_addressing();
  [[nodiscard]] IpConfig addressing() const;
  void trouble(FailureClass failure, const std::string& message,
               std::optional<Duration> retry_in = std::nullopt);
  void report(Fact fact);

  Loop& loop_;
  LinkMonitor& monitor_;
  EthernetConfig config_;
  Sink sink_;
  LinkMonitor::Watch link_watch_;
  struct GatewayWatch {
    IpAddress address;
    LinkMonitor::Watch watch;
  };
  std::vector<GatewayWatch> gateways_;
  std::optional<LinkState> seen_;
  std::optional<bool> carrier_;  // as reported
  bool brought_up_ = false;      // by this driver, since the device appeared
  bool left_down_ = false;       // somebody else wants it down
  Duration back_off_{};
  SourceHandle retry_;
  SourceHandle debounce_;
  std::unique_ptr<AddressClient> client_;
  std::optional<IpConfig> leased_;  // by the client
  std::optional<IpConfig> told_;    // Addressing as reported, not lost since
  bool client_wanted_ = false;
  bool client_runs_ = false;
  Notification client_moved_;
  Job client_job_;
};

}  // namespace mwan
