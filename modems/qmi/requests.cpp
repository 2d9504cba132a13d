// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/requests.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include <fmt/format.h>

namespace mwan::qmi {
namespace {

Tlv flag(std::uint8_t type, bool on) { return Writer().u8(on ? 1 : 0).tlv(type); }

// Deltas of Config Signal Info v2 are in tenths; zero would mean "every change".
Tlv delta(std::uint8_t type, double db) {
  const double tenths = std::clamp(std::round(db * 10.0), 1.0, 65535.0);
  return Writer().u16(static_cast<std::uint16_t>(tenths)).tlv(type);
}

std::int16_t tenths(double db) {
  return static_cast<std::int16_t>(std::clamp(std::round(db * 10.0), -32768.0, 32767.0));
}

// A list of levels behind its 8-bit count.
template <class T, class Put>
Tlv levels(std::uint8_t type, const std::vector<T>& values, Put put) {
  constexpr std::size_t kMost = 5;
  const std::size_t count = std::min(values.size(), kMost);
  Writer writer;
  writer.u8(static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i) put(writer, values[i]);
  return writer.tlv(type);
}

void put_i8(Writer& writer, std::int8_t value) { writer.i8(value); }
void put_i16(Writer& writer, std::int16_t value) { writer.i16(value); }

Tlv endpoint_tlv(std::uint8_t type, const Endpoint& endpoint) {
  return Writer().u32(endpoint.type).u32(endpoint.interface_number).tlv(type);
}

std::uint8_t family_code(IpFamily family) { return family == IpFamily::V4 ? 4 : 6; }

// UIM Read Transparent, the whole file. session: QmiUimSessionType; path: file ids from the master
// file on, little endian.
Request read_file(const char* what, std::uint8_t session, std::uint16_t file,
                  std::initializer_list<std::uint8_t> path) {
  Writer where;
  where.u16(file).u8(static_cast<std::uint8_t>(path.size()));
  for (const std::uint8_t byte : path) where.u8(byte);
  return {
      Service::Uim,
      msg::kUimReadTransparent,
      what,
      {Writer().u8(session).u8(0).tlv(0x01), where.tlv(0x02), Writer().u16(0).u16(0).tlv(0x03)}};
}

// How often and over how long the modem looks, in its own units of a second; 1 is the quickest.
Tlv quickest(std::uint8_t type) { return Writer().u8(1).u8(1).tlv(type); }

}  // namespace

const char* family_name(IpFamily family) { return family == IpFamily::V4 ? "ipv4" : "ipv6"; }

Request get_operating_mode() {
  return {Service::Dms, msg::kDmsGetOperatingMode, "get-operating-mode", {}};
}
Request set_operating_mode(Mode mode) {
  const char* name = mode == Mode::Online     ? "online"
                     : mode == Mode::LowPower ? "low-power"
                     : mode == Mode::Offline  ? "offline"
                                              : "reset";
  return {Service::Dms,
          msg::kDmsSetOperatingMode,
          fmt::format("set-operating-mode {}", name),
          {Writer().u8(static_cast<std::uint8_t>(mode)).tlv(0x01)}};
}
Request report_operating_mode(bool on) {
  return {Service::Dms, msg::kDmsSetEventReport, "report-operating-mode", {flag(0x14, on)}};
}

Request get_manufacturer() {
  return {Service::Dms, msg::kDmsGetManufacturer, "get-manufacturer", {}};
}
Request get_model() { return {Service::Dms, msg::kDmsGetModel, "get-model", {}}; }
Request get_revision() { return {Service::Dms, msg::kDmsGetRevision, "get-revision", {}}; }
Request get_hardware_revision() {
  return {Service::Dms, msg::kDmsGetHardwareRevision, "get-hardware-revision", {}};
}
Request get_ids() { return {Service::Dms, msg::kDmsGetIds, "get-ids", {}}; }
Request set_fcc_authentication() {
  return {Service::Dms, msg::kDmsSetFccAuthentication, "set-fcc-authentication", {}};
}
Request set_fcc_authentication_foxconn() {
  return {Service::Dms,
          msg::kDmsFoxconnSetFccAuthentication,
          "set-fcc-authentication foxconn",
          {Writer().u8(0).tlv(0x01)}};
}

Request register_sim_events(bool on) {
  return {Service::Uim,
          msg::kUimRegisterEvents,
          "register-sim-events",
          {Writer().u32(on ? 1 : 0).tlv(0x01)}};  // QmiUimEventRegistrationFlag: card status
}
Request get_card_status() { return {Service::Uim, msg::kUimGetCardStatus, "get-card-status", {}}; }
Request get_slot_status() { return {Service::Uim, msg::kUimGetSlotStatus, "get-slot-status", {}}; }
Request verify_pin(const Secret& pin) {
  const std::string& text = pin.reveal();
  return {Service::Uim,
          msg::kUimVerifyPin,
          "verify-pin",
          {Writer().u8(0).u8(0).tlv(0x01),  // primary 3GPP session, no application named
           Writer().u8(1).u8(static_cast<std::uint8_t>(text.size())).text(text).tlv(0x02)}};
}

Request read_iccid() {
  // Of the card in the first slot; the ICCID lies outside of any application.
  return read_file("read-iccid", 6, 0x2fe2, {0x00, 0x3f});
}
Request read_imsi() {
  // Of the application that is in use.
  return read_file("read-imsi", 0, 0x6f07, {0x00, 0x3f, 0xff, 0x7f});
}
Request dms_get_sim_state() { return {Service::Dms, msg::kDmsUimGetState, "uim-get-state", {}}; }
Request dms_get_pin_status() {
  return {Service::Dms, msg::kDmsUimGetPinStatus, "uim-get-pin-status", {}};
}
Request dms_verify_pin(const Secret& pin) {
  const std::string& text = pin.reveal();
  return {Service::Dms,
          msg::kDmsUimVerifyPin,
          "uim-verify-pin",
          {Writer().u8(1).u8(static_cast<std::uint8_t>(text.size())).text(text).tlv(0x01)}};
}
Request dms_get_iccid() { return {Service::Dms, msg::kDmsUimGetIccid, "uim-get-iccid", {}}; }
Request dms_get_imsi() { return {Service::Dms, msg::kDmsUimGetImsi, "uim-get-imsi", {}}; }

Request register_nas_indications(bool on) {
  return {Service::Nas,
          msg::kNasRegisterIndications,
          "register-indications",
          {flag(0x13, on),                             // serving system
           flag(0x18, on),                             // system info
           flag(0x19, on),                             // signal info
           Writer().u8(on ? 1 : 0).u8(0).tlv(0x21)}};  // network reject; do not hold back the rest
}
Request get_home_network() {
  return {Service::Nas, msg::kNasGetHomeNetwork, "get-home-network", {}};
}
Request attach(bool on) {
  return {Service::Nas,
          msg::kNasAttachDetach,
          on ? "attach" : "detach",
          {Writer().u8(on ? 1 : 2).tlv(0x10)}};  // QmiNasPsAttachAction
}
Request get_serving_system() {
  return {Service::Nas, msg::kNasServingSystem, "get-serving-system", {}};
}
Request get_system_info() { return {Service::Nas, msg::kNasGetSystemInfo, "get-system-info", {}}; }
Request select_network_automatically() {
  return {Service::Nas,
          msg::kNasSetSystemSelectionPreference,
          "select-network-automatically",
          {Writer().u8(0).u16(0).u16(0).tlv(0x16),  // automatic
           Writer().u8(0).tlv(0x17)}};              // until the next power cycle
}
Request register_automatically() {
  return {Service::Nas,
          msg::kNasInitiateNetworkRegister,
          "initiate-network-register",
          {Writer().u8(1).tlv(0x01)}};  // automatic
}

Request config_signal_info_v2(const SignalReporting& r) {
  return {Service::Nas,
          msg::kNasConfigSignalInfoV2,
          "config-signal-info-v2",
          {delta(0x1d, r.rssi_delta_db),  // GSM RSSI
           delta(0x1f, r.rssi_delta_db),  // UMTS RSSI
           delta(0x25, r.snr_delta_db),   // LTE
           delta(0x27, r.rsrq_delta_db), delta(0x29, r.rsrp_delta_db), quickest(0x2a),
           delta(0x34, r.snr_delta_db),  // 5G
           delta(0x36, r.rsrp_delta_db), quickest(0x37), delta(0x39, r.rsrq_delta_db)}};
}
Request config_signal_info(const SignalReporting& r) {
  std::vector<std::int16_t> snr_tenths;
  snr_tenths.reserve(r.snr_levels_db.size());
  for (const double db : r.snr_levels_db) snr_tenths.push_back(tenths(db));
  return {Service::Nas,
          msg::kNasConfigSignalInfo,
          "config-signal-info",
          {levels(0x10, r.rssi_levels_dbm, put_i8), levels(0x13, snr_tenths, put_i16),
           levels(0x15, r.rsrq_levels_db, put_i8), levels(0x16, r.rsrp_levels_dbm, put_i16),
           quickest(0x17)}};
}
Request set_signal_event_report(const SignalReporting& r) {
  Writer strength;
  const std::size_t count = std::min<std::size_t>(r.rssi_levels_dbm.size(), 5);
  strength.u8(1).u8(static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i) strength.i8(r.rssi_levels_dbm[i]);
  const auto whole = [](double db) {
    return static_cast<std::uint8_t>(std::clamp(std::round(db), 1.0, 255.0));
  };
  return {Service::Nas,
          msg::kNasSetEventReport,
          "set-event-report",
          {strength.tlv(0x10), Writer().u8(1).u8(whole(r.rssi_delta_db)).tlv(0x13),
           Writer().u8(1).u8(whole(r.snr_delta_db)).tlv(0x1b),
           Writer().u8(1).u8(whole(r.rsrp_delta_db)).tlv(0x1c)}};
}
Request get_signal_info() { return {Service::Nas, msg::kNasGetSignalInfo, "get-signal-info", {}}; }
Request get_signal_strength() {
  // QmiNasSignalStrengthRequest: RSSI, RSRQ, LTE SNR and LTE RSRP beside the strength.
  return {Service::Nas,
          msg::kNasGetSignalStrength,
          "get-signal-strength",
          {Writer().u16(0x01 | 0x20 | 0x40 | 0x80).tlv(0x10)}};
}
Request get_cell_location_info() {
  return {Service::Nas, msg::kNasGetCellLocationInfo, "get-cell-location-info", {}};
}
Request get_rf_band_information() {
  return {Service::Nas, msg::kNasGetRfBandInformation, "get-rf-band-information", {}};
}

Request get_system_status() {
  return {Service::Dsd, msg::kDsdGetSystemStatus, "get-system-status", {}};
}
Request register_system_status(bool on) {
  return {Service::Dsd, msg::kDsdSystemStatusChange, "register-system-status", {flag(0x11, on)}};
}

Request get_data_format(const std::optional<Endpoint>& endpoint) {
  Request out{Service::Wda, msg::kWdaGetDataFormat, "get-data-format", {}};
  if (endpoint) out.tlvs.push_back(endpoint_tlv(0x10, *endpoint));
  return out;
}
Request set_raw_ip(const std::optional<Endpoint>& endpoint) {
  Request out{Service::Wda,
              msg::kWdaSetDataFormat,
              "set-data-format raw-ip",
              {flag(0x10, false),            // no QoS headers
               Writer().u32(2).tlv(0x11),    // QmiWdaLinkLayerProtocol: raw IP
               Writer().u32(0).tlv(0x12),    // no aggregation up
               Writer().u32(0).tlv(0x13)}};  // nor down
  if (endpoint) out.tlvs.push_back(endpoint_tlv(0x17, *endpoint));
  return out;
}

Request set_ip_family(IpFamily family) {
  return {Service::Wds,
          msg::kWdsSetIpFamily,
          fmt::format("set-ip-family {}", family_name(family)),
          {Writer().u8(family_code(family)).tlv(0x01)}};
}
Request report_bearer_events(bool on, IpFamily family) {
  return {Service::Wds,
          msg::kWdsSetEventReport,
          fmt::format("report-bearer-events {}", family_name(family)),
          {flag(0x17, on)}};
}
Request report_ip_changes(bool on, IpFamily family) {
  return {Service::Wds,
          msg::kWdsIndicationRegister,
          fmt::format("report-ip-changes {}", family_name(family)),
          {flag(0x12, on)}};
}
Request get_autoconnect() {
  return {Service::Wds, msg::kWdsGetAutoconnectSettings, "get-autoconnect", {}};
}
Request disable_autoconnect() {
  return {Service::Wds,
          msg::kWdsSetAutoconnectSettings,
          "disable-autoconnect",
          {Writer().u8(0).tlv(0x01)}};
}
Request get_packet_service_status(IpFamily family) {
  return {Service::Wds,
          msg::kWdsPacketServiceStatus,
          fmt::format("get-packet-service-status {}", family_name(family)),
          {}};
}

Request start_network(const ModemConfig& config, IpFamily family) {
  Request out{Service::Wds,
              msg::kWdsStartNetwork,
              fmt::format("start-network {}", family_name(family)),
              {}};
  if (!config.apn.empty()) out.tlvs.push_back(Writer().text(config.apn).tlv(0x14));
  if (config.auth != PdpAuth::None) {
    const std::uint8_t method = config.auth == PdpAuth::Pap ? 1 : 2;  // QmiWdsAuthentication
    out.tlvs.push_back(Writer().u8(method).tlv(0x16));
    out.tlvs.push_back(Writer().text(config.username).tlv(0x17));
    out.tlvs.push_back(Writer().text(config.password.reveal()).tlv(0x18));
  }
  out.tlvs.push_back(Writer().u8(family_code(family)).tlv(0x19));
  return out;
}
Request stop_network(std::uint32_t handle, IpFamily family) {
  Request out{Service::Wds,
              msg::kWdsStopNetwork,
              fmt::format("stop-network {}", family_name(family)),
              {Writer().u32(handle).tlv(0x01)}};
  // Without this the modem would bring up again what autoconnect had brought up.
  if (handle == kGlobalHandle) out.tlvs.push_back(flag(0x10, true));
  return out;
}
Request abort_start(std::uint16_t transaction, IpFamily family) {
  return {Service::Wds,
          msg::kWdsAbort,
          fmt::format("abort-start {}", family_name(family)),
          {Writer().u16(transaction).tlv(0x01)}};
}
Request get_current_settings(IpFamily family) {
  // QmiWdsRequestedSettings: DNS, address, gateway, MTU, IP family. Without the mask some firmware
  // leaves out half; PCO is not asked for, it crashes others.
  constexpr std::uint32_t kMask = 0x10 | 0x100 | 0x200 | 0x2000 | 0x8000;
  return {Service::Wds,
          msg::kWdsGetCurrentSettings,
          fmt::format("get-current-settings {}", family_name(family)),
          {Writer().u32(kMask).tlv(0x10)}};
}

Request get_packet_statistics(IpFamily family) {
  // QmiWdsPacketStatisticsMaskFlag: packets and bytes sent and received.
  constexpr std::uint32_t kMask = 0x01 | 0x02 | 0x40 | 0x80;
  return {Service::Wds,
          msg::kWdsGetPacketStatistics,
          fmt::format("get-packet-statistics {}", family_name(family)),
          {Writer().u32(kMask).tlv(0x01)}};
}

}  // namespace mwan::qmi
