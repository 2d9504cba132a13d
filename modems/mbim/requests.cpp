// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/requests.hpp"

#include <chrono>

namespace mwan::mbim {
namespace {

Request query(std::uint32_t cid, const char* what) {
  return {Service::BasicConnect, cid, Command::Query, what, {}};
}
Request set(std::uint32_t cid, std::string what, Bytes buffer) {
  return {Service::BasicConnect, cid, Command::Set, std::move(what), std::move(buffer)};
}

// MbimAuthProtocol
std::uint32_t auth_code(PdpAuth auth) {
  switch (auth) {
    case PdpAuth::None:
      return 0;
    case PdpAuth::Pap:
      return 1;
    case PdpAuth::Chap:
      return 2;
  }
  return 0;
}

struct Dial {
  bool up = false;
  std::string apn;
  std::string user;
  Secret password;
  std::uint32_t auth = 0;
  ContextIp type = ContextIp::Default;
};

Bytes connect_buffer(const Dial& dial, Mbimex version) {
  Writer out;
  out.u32(kSession).u32(dial.up ? 1 : 0);
  if (version == Mbimex::V3) {
    constexpr std::uint32_t kOver3gpp = 1;  // MbimAccessMediaType
    out.u32(0).u32(dial.auth).u32(static_cast<std::uint32_t>(dial.type)).uuid(kInternet);
    out.u32(kOver3gpp);
    out.text_element(dial.apn).text_element(dial.user).text_element(dial.password.reveal());
  } else {
    out.text(dial.apn).text(dial.user).text(dial.password.reveal());
    out.u32(0).u32(dial.auth).u32(static_cast<std::uint32_t>(dial.type)).uuid(kInternet);
  }
  return out.done();
}

}  // namespace

Request query_device_caps() { return query(cid::kDeviceCaps, "query device-caps"); }
Request query_device_services() { return query(cid::kDeviceServices, "query device-services"); }
Request query_subscriber() { return query(cid::kSubscriberReady, "query subscriber-ready"); }
Request query_radio() { return query(cid::kRadioState, "query radio-state"); }
Request set_radio(bool on) {
  return set(cid::kRadioState, on ? "set radio-state on" : "set radio-state off",
             Writer().u32(on ? 1 : 0).done());
}
Request query_pin() { return query(cid::kPin, "query pin"); }
Request enter_pin(const Secret& pin) {
  constexpr std::uint32_t kPin1 = 2;   // MbimPinType
  constexpr std::uint32_t kEnter = 0;  // MbimPinOperation
  return set(cid::kPin, "enter pin",
             Writer().u32(kPin1).u32(kEnter).text(pin.reveal()).text("").done());
}
Request query_home_provider() { return query(cid::kHomeProvider, "query home-provider"); }

Request query_register_state() { return query(cid::kRegisterState, "query register-state"); }
Request register_automatically() {
  // No provider, MBIM_REGISTER_ACTION_AUTOMATIC, any data class.
  return set(cid::kRegisterState, "set register-state automatic",
             Writer().text("").u32(0).u32(0).done());
}
Request query_packet_service() { return query(cid::kPacketService, "query packet-service"); }
Request set_packet_service(bool attach) {
  return set(cid::kPacketService,
             attach ? "set packet-service attach" : "set packet-service detach",
             Writer().u32(attach ? 0 : 1).done());
}
Request query_signal() { return query(cid::kSignalState, "query signal-state"); }
Request report_signal(Duration interval, std::uint32_t rssi_threshold,
                      std::uint32_t error_threshold) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(interval).count();
  return set(cid::kSignalState, "set signal-state",
             Writer()
                 .u32(static_cast<std::uint32_t>(seconds))
                 .u32(rssi_threshold)
                 .u32(error_threshold)
                 .done());
}
Request query_atds_signal() {
  return {Service::Atds, cid::kAtdsSignal, Command::Query, "query atds-signal", {}};
}
Request query_base_stations(Mbimex version) {
  // The most neighbours to tell for each technology: GSM, UMTS, TD-SCDMA, LTE, CDMA, and 5G.
  Writer counts;
  counts.u32(15).u32(15).u32(0).u32(15).u32(0);
  if (version == Mbimex::V3) counts.u32(15);
  return {Service::Extensions, cid::kBaseStations, Command::Query, "query base-stations",
          counts.done()};
}

Request subscribe(const std::vector<Subscription>& wanted) {
  Writer list;
  list.u32(static_cast<std::uint32_t>(wanted.size()));
  for (const Subscription& one : wanted) {
    Writer entry;
    entry.uuid(uuid_of(one.service)).u32(static_cast<std::uint32_t>(one.cids.size()));
    for (const std::uint32_t cid : one.cids) entry.u32(cid);
    list.part(entry.done());
  }
  return set(cid::kSubscribeList, wanted.empty() ? "unsubscribe" : "subscribe", list.done());
}

Request query_connect(Mbimex version) {
  Writer out;
  out.u32(kSession);
  // Before 3.0 a query carries the whole structure, of which the session alone matters.
  if (version != Mbimex::V3) out.u32(0).u32(0).u32(0).uuid(kInternet).u32(0);
  return {Service::BasicConnect, cid::kConnect, Command::Query, "query connect", out.done()};
}
Request activate(const ModemConfig& config, ContextIp type, Mbimex version) {
  const bool secret = config.auth != PdpAuth::None;
  const Dial dial{.up = true,
                  .apn = config.apn,
                  .user = secret ? config.username : std::string(),
                  .password = secret ? config.password : Secret(),
                  .auth = auth_code(config.auth),
                  .type = type};
  return set(cid::kConnect, "connect activate", connect_buffer(dial, version));
}
Request deactivate(Mbimex version) {
  return set(cid::kConnect, "connect deactivate", connect_buffer(Dial{}, version));
}
Request query_ip_configuration() {
  Writer out;
  out.u32(kSession);
  for (unsigned i = 0; i < 14; ++i) out.u32(0);  // what the answer fills
  return {Service::BasicConnect, cid::kIpConfiguration, Command::Query, "query ip-configuration",
          out.done()};
}
Request query_packet_statistics() {
  return query(cid::kPacketStatistics, "query packet-statistics");
}

Request query_sys_caps() {
  return {Service::Extensions, cid::kSysCaps, Command::Query, "query sys-caps", {}};
}
Request query_slot_mappings() {
  return {Service::Extensions, cid::kSlotMappings, Command::Query, "query slot-mappings", {}};
}
Request query_slot_info(std::uint32_t index) {
  return {Service::Extensions, cid::kSlotInfo, Command::Query, "query slot-info",
          Writer().u32(index).done()};
}

Request reset_device() {
  return {Service::Extensions, cid::kDeviceReset, Command::Set, "reset device", {}};
}
Request reboot_intel(Mbimex version) {
  Writer how;
  if (version != Mbimex::None) how.u32(0).u32(0);  // normal mode, at once
  return {Service::IntelFirmware, cid::kIntelReboot, Command::Set, "reboot (intel)", how.done()};
}
Request query_quectel_radio() {
  return {Service::Quectel, cid::kQuectelRadio, Command::Query, "query radio-state (quectel)", {}};
}
Request set_quectel_radio_on() {
  return {Service::Quectel, cid::kQuectelRadio, Command::Set, "set radio-state on (quectel)",
          Writer().u32(1).done()};
}
Request qmi_message(std::string what, Bytes frame) {
  return {Service::Qmi, cid::kQmiMessage, Command::Set, std::move(what), std::move(frame)};
}

}  // namespace mwan::mbim
