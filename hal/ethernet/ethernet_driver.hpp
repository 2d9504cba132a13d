// SPDX-License-Identifier: LGPL-2.1-or-later
// A wired network device as a link: its addressing is given, comes from a protocol on the wire, or
// some of both.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/ethernet/address_client.hpp"
#include "hal/ethernet/addressing_parts.hpp"
#include "hal/ethernet/client_runner.hpp"
#include "hal/ip_config.hpp"
#include "hal/link_driver.hpp"
#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"

namespace mwan {

struct EthernetConfig {
  std::string link;     // the name people know it by, for messages
  std::string netdev;   // need not exist yet
  IpConfig addressing;  // what is given; what a client gets is added to it
  // A loss of carrier is reported when it has lasted so long; its return always at once.
  Duration carrier_debounce{};
  // Each address family stands for itself: the loss of one is no loss of the other.
  bool families_apart = false;
  // Only look: the device is not set up (dry run).
  bool observe_only = false;
  // A gateway that is asked and has not answered by then is reported as Probing: answers of the
  // same wire take a millisecond, of a phone's a few tens.
  Duration gateway_patience = std::chrono::milliseconds(250);
  // The kernel sets a device down that it removes: who did it is said when it is still there.
  Duration vanish_patience = std::chrono::seconds(2);
};

// Who gets what is not given; null: nobody.
struct AddressClients {
  std::unique_ptr<AddressClient> v4;
  std::unique_ptr<AddressClient> v6;
};

// Reports Device, Carrier, Addressing (whenever the device has become usable: the kernel forgets
// routes, and IPv6 addresses, of a device that was down) and, for the gateway of each family,
// Gateway; and Speed, whenever it is another. A gateway that is being asked is reported as Probing
// only when its answer does not come at once. A device that is down is set up once, with back-off
// while that is refused; if somebody sets it down again that is respected and, when it is still
// there a moment later, reported as Trouble.
//
// With a client for a family, Addressing waits for it as addressing_parts.hpp says, and is said
// again when it has changed; a lost carrier takes it (AddressingLost): the cable may come back in
// another network.
class EthernetDriver final : public LinkDriver {
 public:
  // loop and monitor outlive the driver.
  EthernetDriver(Loop& loop, LinkMonitor& monitor, EthernetConfig config,
                 AddressClients clients = {});

  void start(Sink sink) override;
  // Ends the client; sets the device down again if this driver had set it up.
  Task<void> stop() override;
  // Asks the gateways.
  void look_closer() override;

 private:
  void look(const LinkState& state);
  void appeared();
  void disappeared();
  void set_down_by_others();
  void bring_up();
  void carrier(bool up);
  void report_carrier(bool up);
  void watch_gateways(const IpConfig& config);
  [[nodiscard]] bool has_clients() const { return clients_[0] || clients_[1]; }
  std::unique_ptr<ClientRunner> runner(IpFamily family, std::unique_ptr<AddressClient> client);
  void want_clients(bool wanted);
  void leased(IpFamily family, std::optional<IpConfig> config, const std::string& why);
  void look_at_parts(const std::string& why_not);
  void gateway(const IpAddress& address, fact::Nud state);
  void look_at_speed();
  void lost(const std::string& why);
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
    std::optional<fact::Nud> told;
    SourceHandle patience;  // for its answer
  };
  std::vector<GatewayWatch> gateways_;
  std::optional<LinkState> seen_;
  std::optional<bool> carrier_;       // as reported
  std::optional<fact::Speed> speed_;  // likewise, of this device
  std::uint32_t own_mtu_ = 0;         // of the device, as it appeared
  bool brought_up_ = false;           // by this driver, since the device appeared
  bool left_down_ = false;            // somebody else wants it down
  Duration back_off_{};
  SourceHandle retry_;
  SourceHandle down_words_;  // that somebody else set it down
  SourceHandle debounce_;
  AddressingParts parts_;
  std::optional<IpConfig> told_;                          // Addressing as reported, not lost since
  SourceHandle head_start_;                               // of IPv4
  std::array<std::unique_ptr<ClientRunner>, 2> clients_;  // IPv4, IPv6
};

}  // namespace mwan
