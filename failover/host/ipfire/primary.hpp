// SPDX-License-Identifier: LGPL-2.1-or-later
// What IPFire's RED is when no backup is in force: read from ethernet/settings and ppp/settings.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "failover/host/ipfire/settings_file.hpp"
#include "hal/error.hpp"
#include "hal/ip.hpp"
#include "hal/secret.hpp"

namespace mwan::failover::ipfire {

enum class PrimaryType {
  Static,
  Dhcp,
  Pppoe,      // RED_TYPE=PPPOE, TYPE=pppoe
  Qmi,        // RED_TYPE=PPPOE, TYPE=qmi
  OtherPppd,  // RED_TYPE=PPPOE, all other TYPEs: pptp, vdsl, modem, serial, pppoeatm, pptpatm
};

struct Primary {
  PrimaryType type = PrimaryType::Static;
  std::string ppp_type;  // TYPE of ppp/settings; empty for Static and Dhcp
  std::string device;    // RED_DEV: "red0"
  // Qmi: "/dev/cdc-wdm0", as far as RED_MACADDR tells; empty otherwise.
  std::string control;

  // Static.
  std::optional<IpPrefix> address;
  std::optional<IpAddress> gateway;
  // Dhcp.
  std::string hostname;
  // Pppoe and Qmi.
  std::string username;
  Secret password;
  std::string service_name;
  std::string ac_name;
  std::string apn;
  std::string auth;  // as in the file: "pap-or-chap"
  std::uint32_t mtu = 1492;

  bool operator==(const Primary&) const = default;
  // Its session is pppd's, and connectd looks after it.
  [[nodiscard]] bool by_pppd() const {
    return type == PrimaryType::Pppoe || type == PrimaryType::OtherPppd;
  }
  // IPFire has its addresses from dhcpcd, which makes its default route with a metric of its own.
  [[nodiscard]] bool by_dhcpcd() const {
    return type == PrimaryType::Dhcp || type == PrimaryType::Qmi;
  }
  // Whether it can be brought up beside a backup to see whether it is back.
  [[nodiscard]] bool testable() const { return type != PrimaryType::OtherPppd; }
};

// As primary-backup/connection-type has it: STATIC, DHCP, or TYPE of ppp/settings in capitals.
std::string connection_type(const Primary& primary);

// ppp is looked at for RED_TYPE=PPPOE only. Permanent, naming the key, when something is missing or
// makes no sense; values that may be secret are not quoted.
Result<Primary> detect_primary(const SettingsFile& ethernet, const SettingsFile& ppp);

}  // namespace mwan::failover::ipfire
