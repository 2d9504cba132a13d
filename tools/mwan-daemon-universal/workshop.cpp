// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/workshop.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "failover/hotplug/hotplug_link.hpp"
#include "failover/probe/round_prober.hpp"
#include "hal/dhcp/dhcp_client.hpp"
#include "hal/ethernet/ethernet_driver.hpp"
#include "hal/pppoe/pppoe_driver.hpp"
#include "hal/ra/ra_client.hpp"
#include "hal/tether/tether_driver.hpp"
#include "hal/traffic/traffic_watch.hpp"
#include "modems/modem.hpp"
#include "modems/quirks/overrides.hpp"
#include "modems/recovery/usb_reset.hpp"

namespace mwan::daemon {
namespace {

using failover::Profile;

PdpAuth auth_of(failover::Auth auth) {
  switch (auth) {
    case failover::Auth::None:
      return PdpAuth::None;
    case failover::Auth::Pap:
      return PdpAuth::Pap;
    case failover::Auth::Chap:
      return PdpAuth::Chap;
  }
  return PdpAuth::None;
}

IpType ip_type_of(failover::IpFamilies families) {
  switch (families) {
    case failover::IpFamilies::Ipv4:
      return IpType::V4;
    case failover::IpFamilies::Ipv6:
      return IpType::V6;
    case failover::IpFamilies::Ipv4v6:
      return IpType::V4V6;
  }
  return IpType::V4V6;
}

ModemConfig modem_config(const Profile& profile) {
  const failover::ModemProfile& modem = profile.modem;
  ModemConfig out;
  out.link = profile.name;
  out.protocol = modem.protocol;
  out.device = modem.device;
  out.netdev = profile.netdev;
  out.proxy = modem.qmi_proxy;
  out.no_file_check = modem.simulated;
  out.apn = modem.apn;
  out.username = modem.username;
  out.password = modem.password;
  out.auth = auth_of(modem.auth);
  out.pin = modem.pin;
  out.power_hook = modem.power_hook;
  out.quirk_overrides = parse_quirks(modem.quirks).value_or(QuirkOverrides());
  out.roaming_allowed = modem.roaming;
  out.ip_type = ip_type_of(modem.ip_families);
  return out;
}

EthernetConfig ethernet_config(const Profile& profile, bool observe_only) {
  return {.link = profile.name,
          .netdev = profile.netdev,
          .addressing = profile.ethernet.ip_config(),
          .carrier_debounce = profile.ethernet.carrier_debounce,
          .families_apart = profile.families == failover::Families::Apart,
          .observe_only = observe_only};
}

// The profile with the names that its device has this time.
Profile on_device(Profile profile, const HardwareDevice* device) {
  if (device == nullptr) return profile;
  if (device->net) profile.netdev = device->net->sysname;
  if (device->control) profile.modem.device = device->control->devnode;
  return profile;
}

failover::HotplugLinkConfig hotplug_config(const Profile& profile) {
  const bool matched = !profile.match.empty();
  const std::string name = profile.kind == LinkKind::Modem ? "DEVICE=" + profile.modem.device
                                                           : "NETDEV=" + profile.netdev;
  return {.link = profile.name,
          .wanted = matched ? "MATCH=" + profile.match : name,
          .control = matched ? "" : profile.modem.device,
          // The proxy forgets our clients when the connection to it closes; the network device and
          // its addresses went with the modem.
          .drop_when_gone = profile.kind == LinkKind::Modem};
}

failover::ProberConfig prober_config(const Profile& profile, const std::string& netdev,
                                     const IpConfig& config) {
  failover::ProberConfig out;
  out.link.netdev = netdev;
  if (config.v4) {
    out.link.source_v4 = config.v4->address.address;
    out.gateway_v4 = config.v4->gateway;
    out.name_servers = config.v4->dns;
  }
  if (config.v6) {
    out.link.source_v6 = config.v6->address.address;
    out.gateway_v6 = config.v6->gateway;
    out.name_servers.insert(out.name_servers.end(), config.v6->dns.begin(), config.v6->dns.end());
  }
  out.targets = profile.probe.targets;
  out.quorum = static_cast<std::uint16_t>(profile.probe.quorum);
  out.timeout = profile.probe.policy.timeout;
  out.patience = profile.probe.policy.patience();
  out.window = profile.probe.window;
  out.http_interval = profile.probe.http_interval;
  out.ca_file = profile.probe.ca_file;
  if (profile.metered) out.budget_bytes = std::int64_t{profile.probe.budget_mb} * 1'000'000;
  out.family_down = profile.probe.policy.down;
  out.family_up = profile.probe.policy.up;
  return out;
}

// A modem or a PPPoE line in a dry run: opening a modem takes client ids and changes what it
// reports, dialling takes the session from whoever has it, so they are left alone, and count as
// down.
class LeftAlone final : public LinkDriver {
 public:
  LeftAlone(Loop& loop, std::string link) : loop_(loop), link_(std::move(link)) {}
  void start(Sink sink) override {
    said_ = loop_.soon([this, sink = std::move(sink)] {
      sink(fact::Trouble{Error{FailureClass::Permanent, link_,
                               "dry run: it is not opened, so nothing is known of it"},
                         std::nullopt});
    });
  }
  Task<void> stop() override {
    said_.reset();
    co_return;
  }

 private:
  Loop& loop_;
  std::string link_;
  SourceHandle said_;
};

// What a program of the link says goes to the log at the level of details.
std::function<void(const std::string&)> log_of(const Profile& profile, const char* program) {
  return [who = profile.name + ": " + program](const std::string& line) {
    spdlog::debug("{}: {}", who, line);
  };
}

// Phones and dialled sessions get other networks each time, and an unknown device may never come
// back.
bool keeps_state(const Profile& profile) {
  return profile.kind != LinkKind::Tether && profile.kind != LinkKind::Pppoe && !profile.automatic;
}

// What routers on the device advertise. needed: the link has nothing else.
std::unique_ptr<AddressClient> router_client(Loop& loop, const Profile& profile,
                                             const std::string& netdev, bool needed,
                                             const std::filesystem::path& folder) {
  auto dhcp =
      std::make_unique<DhcpClient>(loop, DhcpConfig{.family = IpFamily::V6,
                                                    .link = profile.name,
                                                    .netdev = netdev,
                                                    .hostname = profile.ethernet.dhcp_hostname,
                                                    .client_id = {},
                                                    .folder = folder / "dhcp6",
                                                    .keep_leases = keeps_state(profile),
                                                    .log = log_of(profile, "dhcpcd (IPv6)")});
  return std::make_unique<RaClient>(loop,
                                    RaConfig{.link = profile.name,
                                             .netdev = netdev,
                                             .folder = folder,
                                             .keep_secret = keeps_state(profile),
                                             .needed = needed,
                                             .log = log_of(profile, "IPv6")},
                                    std::move(dhcp));
}

PppoeConfig pppoe_config(Loop& loop, const Profile& profile, const std::filesystem::path& folder) {
  PppoeConfig out{.link = profile.name,
                  .netdev = profile.netdev,
                  .username = profile.pppoe.username,
                  .password = profile.pppoe.password,
                  .service_name = profile.pppoe.service_name,
                  .ac_name = profile.pppoe.ac_name,
                  .mtu = profile.pppoe.mtu,
                  .folder = folder,
                  .ipv6 = {},
                  .families_apart = profile.families == failover::Families::Apart,
                  .log = log_of(profile, "pppd")};
  if (profile.learns_ipv6()) {
    out.ipv6 = [&loop, profile, folder](const std::string& netdev) {
      return router_client(loop, profile, netdev, false, folder);
    };
  }
  return out;
}

// Of what is not in the profile.
AddressClients address_clients(Loop& loop, const Profile& profile,
                               const std::filesystem::path& folder) {
  const failover::EthernetProfile& ethernet = profile.ethernet;
  const bool dhcp = ethernet.addressing == failover::Addressing::Dhcp;
  AddressClients out;
  if (dhcp) {
    out.v4 = std::make_unique<DhcpClient>(loop, DhcpConfig{.family = IpFamily::V4,
                                                           .link = profile.name,
                                                           .netdev = profile.netdev,
                                                           .hostname = ethernet.dhcp_hostname,
                                                           .client_id = ethernet.dhcp_client_id,
                                                           .folder = folder,
                                                           .keep_leases = keeps_state(profile),
                                                           .log = log_of(profile, "dhcpcd")});
  }
  if (profile.learns_ipv6()) {
    out.v6 = router_client(loop, profile, profile.netdev, !dhcp && !ethernet.address, folder);
  }
  return out;
}

// In the place that the phone is plugged into; its number on the bus is another after each reset.
Task<Status> reset_phone(Loop& loop, std::string place, std::string link, Cancel cancel) {
  const auto device = usb_device_at(place);
  if (!device) co_return failed(device.error());
  const std::string root;
  co_return co_await reset_usb_device(loop, *device, std::move(link), std::move(cancel), root);
}

// The phone that a link had last. Another one in its place has to show a carrier first: its user
// may be reading the question whether to trust this computer, which a reset takes away.
struct LastPhone {
  std::string serial;
  std::shared_ptr<DeadCarrier> dead_carrier;
};

std::shared_ptr<DeadCarrier> dead_carrier_of(LastPhone& last, const HardwareDevice& device) {
  if (device.kind != DeviceKind::Iphone) return nullptr;
  if (!last.dead_carrier || last.serial != device.serial) {
    last = {device.serial, std::make_shared<DeadCarrier>()};
  }
  return last.dead_carrier;
}

std::unique_ptr<LinkDriver> tether(Loop& loop, const Profile& profile, const HardwareDevice& device,
                                   LastPhone& last, std::unique_ptr<LinkDriver> ethernet) {
  const std::string place = device.id.substr(device.id.rfind('/') + 1);
  return std::make_unique<TetherDriver>(
      loop, TetherConfig{.link = profile.name, .dead_carrier = dead_carrier_of(last, device)},
      std::move(ethernet), [&loop, place, link = profile.name](Cancel cancel) {
        return reset_phone(loop, place, link, std::move(cancel));
      });
}

}  // namespace

failover::Workshop make_workshop(Loop& loop, LinkMonitor& monitor, failover::Hotplug& hotplug,
                                 const WorkshopOptions& options) {
  const auto drive = [&loop, &monitor,
                      options](const Profile& profile) -> std::unique_ptr<LinkDriver> {
    const auto folder = options.links_folder / profile.name;
    const bool dials = profile.kind == LinkKind::Modem || profile.kind == LinkKind::Pppoe;
    if (dials && options.observe_only) return std::make_unique<LeftAlone>(loop, profile.name);
    if (profile.kind == LinkKind::Pppoe) {
      return std::make_unique<PppoeDriver>(loop, monitor, pppoe_config(loop, profile, folder));
    }
    if (profile.kind == LinkKind::Modem) {
      return std::make_unique<Modem>(loop, modem_config(profile));
    }
    return std::make_unique<EthernetDriver>(loop, monitor,
                                            ethernet_config(profile, options.observe_only),
                                            address_clients(loop, profile, folder));
  };
  return {
      .driver = [&loop, &monitor, &hotplug, options,
                 drive](const Profile& profile) -> std::unique_ptr<LinkDriver> {
        if (profile.hosts_own) return options.hosts_own(drive);
        // The drivers of wired links wait for an interface by its name themselves.
        const bool by_name =
            (profile.kind == LinkKind::Ethernet || profile.kind == LinkKind::Pppoe) &&
            profile.match.empty();
        if (by_name || profile.modem.simulated) return drive(profile);
        return std::make_unique<failover::HotplugLink>(
            loop, monitor, hotplug, hotplug_config(profile),
            [&loop, options, profile, drive,
             last = std::make_shared<LastPhone>()](const HardwareDevice* device) {
              auto driver = drive(on_device(profile, device));
              if (profile.kind != LinkKind::Tether || device == nullptr || options.observe_only) {
                return driver;
              }
              return tether(loop, profile, *device, *last, std::move(driver));
            });
      },
      .prober = [&loop](const Profile& profile, const std::string& netdev, const IpConfig& config,
                        failover::Prober::Report report) -> std::unique_ptr<failover::Prober> {
        return std::make_unique<failover::RoundProber>(loop, prober_config(profile, netdev, config),
                                                       std::move(report));
      },
      .traffic =
          [&loop, &monitor](const std::string& netdev, TrafficWatch::Calls calls) {
            return std::make_unique<TrafficWatch>(loop, monitor, netdev, std::move(calls));
          },
  };
}

}  // namespace mwan::daemon
