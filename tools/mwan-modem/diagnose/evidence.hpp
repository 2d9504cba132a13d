// SPDX-License-Identifier: LGPL-2.1-or-later
// What was seen of a modem, from USB to data: the input of the rules. Plain values. What is absent
// was not looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hal/ip_config.hpp"
#include "modems/adapter.hpp"
#include "modems/openers.hpp"
#include "modems/proxy_probe.hpp"
#include "tools/mwan-modem/dial.hpp"
#include "tools/mwan-modem/net/path_probe.hpp"
#include "tools/mwan-modem/usb.hpp"

namespace mwan::tool {

struct PortEvidence {
  std::string device;    // "/dev/cdc-wdm0"
  int access_error = 0;  // errno of access(2) for reading and writing; 0: it may be used
  Openers openers;
};

struct NetdevEvidence {
  std::string name;
  bool exists = false;
  bool up = false;  // while packets were tried
  std::uint32_t mtu = 0;
  std::optional<bool> raw_ip;  // of qmi_wwan; absent where the driver has no such switch
  // Packets while the path was tried, as the modem and as the kernel counted them.
  std::optional<std::uint64_t> modem_received;
  std::optional<std::uint64_t> kernel_received;
};

struct PathEvidence {
  std::vector<PingOutcome>
      pings;  // gateways and those that were asked for; without any, name servers
  std::vector<DnsOutcome> name_servers;
  struct Size {
    std::size_t wanted = 0;             // bytes: what the network said, or the device has
    std::optional<std::size_t> passes;  // the largest that was answered
  };
  std::optional<Size> size;
};

struct ConnectEvidence {
  bool allowed = false;        // --connect
  bool was_connected = false;  // something had a connection already
  bool roaming_allowed = false;
  std::string apn;                          // empty: the modem's default profile
  std::vector<std::string> suggested_apns;  // for the network that issued the SIM
  std::optional<Dialled> dialled;
  IpConfig config;  // in force while the path was tried
};

struct Evidence {
  bool simulated = false;
  std::vector<UsbUnit> usb;  // only modems, and what would be one
  std::string wanted;        // --device
  std::optional<PortEvidence> port;
  std::optional<ProxyState> proxy;
  std::string proxy_name;

  std::optional<Status> opened;
  std::optional<Result<ModemIdentity>> identity;
  std::optional<Result<RadioPower>> radio;
  std::optional<Result<Sim>> sim;
  std::optional<Result<HomeNetwork>> home;
  std::optional<Result<std::vector<SignalSample>>> signal;
  std::optional<Result<CellReport>> cells;
  std::optional<Result<Registration>> registration;
  std::optional<Result<PacketService>> packet_service;
  ConnectEvidence connect;
  std::optional<NetdevEvidence> netdev;
  std::optional<PathEvidence> path;
};

}  // namespace mwan::tool
