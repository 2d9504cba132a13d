// SPDX-License-Identifier: LGPL-2.1-or-later
// What whoever configures a modem link passes to its driver, whatever protocol the modem speaks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hal/ip.hpp"
#include "hal/secret.hpp"
#include "hal/time.hpp"
#include "modems/quirks.hpp"
#include "modems/quirks/overrides.hpp"
#include "modems/recovery/ladder.hpp"

namespace mwan {

enum class PdpAuth { None, Pap, Chap };
enum class IpType { V4, V6, V4V6 };
// In the order they are brought up.
inline std::vector<IpFamily> wanted_families(IpType type) {
  if (type == IpType::V4) return {IpFamily::V4};
  if (type == IpType::V6) return {IpFamily::V6};
  return {IpFamily::V4, IpFamily::V6};
}
// Auto: what the kernel driver of the device speaks.
enum class ModemProtocol { Auto, Qmi, Mbim };

// When the modem is asked to speak up. Deltas are used where it takes them; otherwise the lists,
// at most five levels each because that is what the oldest of the three requests takes.
struct SignalReporting {
  double rsrp_delta_db = 2.0;
  double rsrq_delta_db = 1.0;
  double snr_delta_db = 2.0;
  double rssi_delta_db = 3.0;
  std::vector<std::int8_t> rssi_levels_dbm = {-105, -95, -85, -75, -65};
  std::vector<std::int16_t> rsrp_levels_dbm = {-122, -116, -110, -104, -95};
  std::vector<std::int8_t> rsrq_levels_db = {-19, -17, -15, -13, -11};
  std::vector<double> snr_levels_db = {-3.0, 0.0, 3.0, 6.0, 12.0};

  // Where the radio counts as degrading, so that cells are asked for at cell_interval.
  double degrading_rsrp_dbm = -108.0;
  double degrading_rsrq_db = -14.0;
  Duration cell_interval = std::chrono::seconds(1);
  // Only used with a modem that takes no threshold of any kind.
  Duration poll_interval = std::chrono::seconds(2);
};

struct ModemTimings {
  Duration open = std::chrono::seconds(45);  // cold modems were seen to need over 25 s
  Duration request = std::chrono::seconds(10);
  Duration online = std::chrono::seconds(20);  // for the operating mode to be reached
  Duration start_network = std::chrono::seconds(180);
  Duration registration_report = std::chrono::seconds(30);  // of no registration, to a Trouble
  Duration cross_check = std::chrono::seconds(30);
  unsigned unanswered_checks = 3;                     // in a row, and the modem counts as hung
  Duration stop_budget = std::chrono::seconds(15);    // of stop(), all in all
  Duration cleanup_budget = std::chrono::seconds(5);  // after a failure, before the next attempt
  LadderPolicy recovery;
};

struct ModemConfig {
  std::string link;  // the name people know it by, for messages: "lte-backup"
  ModemProtocol protocol = ModemProtocol::Auto;
  std::string device = "/dev/cdc-wdm0";
  std::string netdev;               // empty: the one sysfs lists for the device
  std::string proxy = "qmi-proxy";  // abstract socket, QMI only: libmbim has one name, mbim-proxy
  bool no_file_check = false;       // a simulated device: no such file, nothing in sysfs

  std::string apn;  // empty: the modem's default profile; refused, the one that `providers` knows
  std::string username;
  Secret password;
  PdpAuth auth = PdpAuth::None;
  Secret pin;
  bool roaming_allowed = false;
  IpType ip_type = IpType::V4;
  // The list of mobile-broadband-provider-info; where there is none, none is consulted.
  std::string providers = "/usr/share/mobile-broadband-provider-info/serviceproviders.xml";
  std::string power_hook;  // program that cycles the modem's power, modems/recovery/power_hook.hpp
  QuirkOverrides quirk_overrides;  // over what the table knows of the modem
  // The outcome of both; resolve_quirks() fills it, and make_modem_adapter() calls that.
  Quirks quirks;
  SignalReporting signal;
  ModemTimings timings;
};

}  // namespace mwan
