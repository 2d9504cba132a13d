// SPDX-License-Identifier: LGPL-2.1-or-later
// What a simulated modem is made of before anything happens to it. Scenario files set these.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hal/ip.hpp"
#include "hal/time.hpp"

namespace mwan::sim {

struct Plmn {
  std::string mcc;  // 3 digits
  std::string mnc;  // 2 or 3 digits
  std::string name;
  bool operator==(const Plmn&) const = default;
};

struct AddressPlan {
  IpPrefix address;
  IpAddress gateway;
  std::vector<IpAddress> dns;  // at most two are told
  bool operator==(const AddressPlan&) const = default;
};

enum class OperatingMode { Online, LowPower, Offline, FactoryTest };
enum class LinkLayer { Ethernet, RawIp };

struct ModemSettings {
  std::string manufacturer = "Universal MWAN";
  std::string model = "SIM100";
  std::string revision = "MWANSIM 1.0.0";
  std::string hardware_revision = "100";
  std::string imei = "490154203237518";
  std::string imei_sv = "01";
  std::string msisdn = "15550100";

  bool sim_present = true;
  std::string iccid = "8988211000000000013";
  std::string imsi = "001010123456789";
  std::string pin;  // empty: the PIN is disabled
  std::string puk = "12345678";

  Plmn home{"001", "01", "MWAN Home"};
  Plmn visited{"001", "02", "MWAN Abroad"};

  OperatingMode operating_mode = OperatingMode::Online;
  LinkLayer data_format = LinkLayer::Ethernet;
  bool wda_needs_endpoint = false;   // Set Data Format without endpoint info: MissingArgument
  bool report_inactive_nr = false;   // -32768 in the 5G signal while NR is not in use
  bool autoconnect = false;          // the modem dials IPv4 by itself once attached
  std::uint8_t client_ids_max = 16;  // for each service
  std::uint16_t mbimex = 0x0300;     // newest MBIMEx version it speaks; 0x0100: none

  bool grants_ipv4 = true;
  bool grants_ipv6 = true;
  AddressPlan ipv4{{*IpAddress::parse("10.64.0.2"), 30}, *IpAddress::parse("10.64.0.1"), {}};
  AddressPlan ipv6{
      {*IpAddress::parse("2001:db8:64::2"), 64}, *IpAddress::parse("2001:db8:64::1"), {}};
  std::uint32_t mtu = 1428;

  Duration sim_ready_delay = std::chrono::milliseconds(100);
  Duration registration_delay = std::chrono::milliseconds(300);
  Duration bearer_delay = std::chrono::milliseconds(120);
  // How long a bearer outlives the loss of coverage, waiting for it to come back.
  Duration bearer_hold{0};
  Duration reset_time = std::chrono::seconds(3);
};

}  // namespace mwan::sim
