// SPDX-License-Identifier: LGPL-2.1-or-later
// The requests of the driver as values: which message, under which name for people, with which
// elements. Pure; modems/qmi/session.hpp sends them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hal/ip.hpp"
#include "modems/modem_config.hpp"
#include "modems/qmi/decode_settings.hpp"
#include "modems/qmi/messages.hpp"
#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

struct Request {
  Service service = Service::Ctl;
  std::uint16_t message = 0;
  std::string what;  // the step in messages: "start-network ipv4"
  std::vector<Tlv> tlvs;

  bool operator==(const Request&) const = default;
};

const char* family_name(IpFamily family);  // "ipv4", "ipv6"

Request get_operating_mode();
// QmiDmsOperatingMode
enum class Mode : std::uint8_t { Online = 0, LowPower = 1, Offline = 3, Reset = 4 };
Request set_operating_mode(Mode mode);
Request report_operating_mode(bool on);
Request get_manufacturer();
Request get_model();
Request get_revision();
Request get_hardware_revision();
Request get_ids();
// What unlocks a modem whose vendor wants to hear it from the host (FCC lock).
Request set_fcc_authentication();
Request set_fcc_authentication_foxconn();

Request register_sim_events(bool on);
Request get_card_status();
Request get_slot_status();
Request verify_pin(const Secret& pin);
Request read_iccid();
Request read_imsi();
// The same in modems without UIM, or with a UIM that cannot.
Request dms_get_sim_state();
Request dms_get_pin_status();
Request dms_verify_pin(const Secret& pin);
Request dms_get_iccid();
Request dms_get_imsi();

Request register_nas_indications(bool on);
Request get_home_network();
Request get_serving_system();
Request attach(bool on);
Request get_system_info();
Request select_network_automatically();
Request register_automatically();

// From the best to the oldest; the first that the modem takes is used.
Request config_signal_info_v2(const SignalReporting& reporting);
Request config_signal_info(const SignalReporting& reporting);
Request set_signal_event_report(const SignalReporting& reporting);
Request get_signal_info();
Request get_signal_strength();
Request get_cell_location_info();
Request get_rf_band_information();

Request get_system_status();
Request register_system_status(bool on);

// Which of several functions of a USB device carries the data; some modems insist on it.
struct Endpoint {
  std::uint32_t type = 2;  // QmiDataEndpointType: 2 is high-speed USB
  std::uint32_t interface_number = 0;

  bool operator==(const Endpoint&) const = default;
};
Request get_data_format(const std::optional<Endpoint>& endpoint);
Request set_raw_ip(const std::optional<Endpoint>& endpoint);

Request set_ip_family(IpFamily family);
Request report_bearer_events(bool on, IpFamily family);
Request report_ip_changes(bool on, IpFamily family);
Request get_autoconnect();
Request disable_autoconnect();
Request get_packet_service_status(IpFamily family);
Request start_network(const ModemConfig& config, IpFamily family);
Request stop_network(std::uint32_t handle, IpFamily family);
Request abort_start(std::uint16_t transaction, IpFamily family);
Request get_current_settings(IpFamily family);
Request get_packet_statistics(IpFamily family);

// The handle that means "whatever is up": what a start that changed nothing is stopped with
// (libqmi documents it for Stop Network).
inline constexpr std::uint32_t kGlobalHandle = 0xffffffff;

}  // namespace mwan::qmi
