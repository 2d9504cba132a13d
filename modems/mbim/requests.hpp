// SPDX-License-Identifier: LGPL-2.1-or-later
// The requests of the driver as values: which command, under which name for people, with which
// information buffer. Pure; modems/mbim/session.hpp sends them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modems/mbim/messages.hpp"
#include "modems/modem_config.hpp"

namespace mwan::mbim {

enum class Command { Query, Set };

struct Request {
  Service service = Service::BasicConnect;
  std::uint32_t cid = 0;
  Command command = Command::Query;
  std::string what;  // the step in messages: "connect activate"
  Bytes buffer;

  bool operator==(const Request&) const = default;
};

// The one session the driver uses: packets without a VLAN tag.
inline constexpr std::uint32_t kSession = 0;

Request query_device_caps();
Request query_device_services();
Request query_subscriber();
Request query_radio();
Request set_radio(bool on);
Request query_pin();
Request enter_pin(const Secret& pin);
Request query_home_provider();

Request query_register_state();
Request register_automatically();
Request query_packet_service();
Request set_packet_service(bool attach);
Request query_signal();
// rssi_threshold in steps of 2 dB; error_threshold 0xffffffff is never.
Request report_signal(Duration interval, std::uint32_t rssi_threshold,
                      std::uint32_t error_threshold);
Request query_atds_signal();
Request query_base_stations(Mbimex version);

struct Subscription {
  Service service = Service::BasicConnect;
  std::vector<std::uint32_t> cids;

  bool operator==(const Subscription&) const = default;
};
// Replaces what was subscribed before.
Request subscribe(const std::vector<Subscription>& wanted);

Request query_connect(Mbimex version);
Request activate(const ModemConfig& config, ContextIp type, Mbimex version);
Request deactivate(Mbimex version);
Request query_ip_configuration();
Request query_packet_statistics();

Request query_sys_caps();
Request query_slot_mappings();
Request query_slot_info(std::uint32_t index);

Request reset_device();
// Since MBIMEx 2.0 with a boot mode and a timeout.
Request reboot_intel(Mbimex version);
Request query_quectel_radio();
Request set_quectel_radio_on();
// frame is a whole QMUX message, see modems/mbim/qmux.hpp.
Request qmi_message(std::string what, Bytes frame);

}  // namespace mwan::mbim
