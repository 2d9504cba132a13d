// SPDX-License-Identifier: LGPL-2.1-or-later
// Our requests against those that libmbim builds, byte for byte, and our decoders against libmbim's
// parsers where those can be trusted.
#include <gtest/gtest.h>

#include "modems/mbim/decode_connection.hpp"
#include "modems/mbim/decode_signal.hpp"
#include "modems/mbim/gobject.hpp"
#include "modems/mbim/test_bytes.hpp"

namespace mwan::mbim {
namespace {

// Takes the message.
Bytes raw(MbimMessage* message) {
  const MessageRef owned(message);
  guint32 size = 0;
  const guint8* data = mbim_message_get_raw(owned.get(), &size, nullptr);
  return {data, data + size};
}
Bytes raw(const Request& request) { return raw(encode(request).release()); }

const MbimUuid* internet() { return mbim_uuid_from_context_type(MBIM_CONTEXT_TYPE_INTERNET); }

ModemConfig dialling() {
  ModemConfig config;
  config.apn = "internet";
  config.auth = PdpAuth::Chap;
  config.username = "user";
  config.password = Secret("word");
  return config;
}

TEST(Requests, WithoutValuesAreWhatLibmbimSends) {
  EXPECT_EQ(raw(query_device_caps()), raw(mbim_message_device_caps_query_new(nullptr)));
  EXPECT_EQ(raw(query_device_services()), raw(mbim_message_device_services_query_new(nullptr)));
  EXPECT_EQ(raw(query_subscriber()), raw(mbim_message_subscriber_ready_status_query_new(nullptr)));
  EXPECT_EQ(raw(query_radio()), raw(mbim_message_radio_state_query_new(nullptr)));
  EXPECT_EQ(raw(query_pin()), raw(mbim_message_pin_query_new(nullptr)));
  EXPECT_EQ(raw(query_home_provider()), raw(mbim_message_home_provider_query_new(nullptr)));
  EXPECT_EQ(raw(query_register_state()), raw(mbim_message_register_state_query_new(nullptr)));
  EXPECT_EQ(raw(query_packet_service()), raw(mbim_message_packet_service_query_new(nullptr)));
  EXPECT_EQ(raw(query_signal()), raw(mbim_message_signal_state_query_new(nullptr)));
  EXPECT_EQ(raw(query_atds_signal()), raw(mbim_message_atds_signal_query_new(nullptr)));
  EXPECT_EQ(raw(query_packet_statistics()), raw(mbim_message_packet_statistics_query_new(nullptr)));
  EXPECT_EQ(raw(query_sys_caps()),
            raw(mbim_message_ms_basic_connect_extensions_sys_caps_query_new(nullptr)));
  EXPECT_EQ(raw(query_slot_mappings()),
            raw(mbim_message_ms_basic_connect_extensions_device_slot_mappings_query_new(nullptr)));
  EXPECT_EQ(raw(query_quectel_radio()), raw(mbim_message_quectel_radio_state_query_new(nullptr)));
  EXPECT_EQ(raw(reboot_intel(Mbimex::None)),
            raw(mbim_message_intel_firmware_update_modem_reboot_set_new(nullptr)));
}

TEST(Requests, WithValuesAreWhatLibmbimSends) {
  EXPECT_EQ(raw(set_radio(true)),
            raw(mbim_message_radio_state_set_new(MBIM_RADIO_SWITCH_STATE_ON, nullptr)));
  EXPECT_EQ(raw(enter_pin(Secret("1234"))),
            raw(mbim_message_pin_set_new(MBIM_PIN_TYPE_PIN1, MBIM_PIN_OPERATION_ENTER, "1234",
                                         nullptr, nullptr)));
  EXPECT_EQ(raw(register_automatically()),
            raw(mbim_message_register_state_set_new(nullptr, MBIM_REGISTER_ACTION_AUTOMATIC,
                                                    static_cast<MbimDataClass>(0), nullptr)));
  EXPECT_EQ(raw(set_packet_service(true)),
            raw(mbim_message_packet_service_set_new(MBIM_PACKET_SERVICE_ACTION_ATTACH, nullptr)));
  EXPECT_EQ(raw(set_packet_service(false)),
            raw(mbim_message_packet_service_set_new(MBIM_PACKET_SERVICE_ACTION_DETACH, nullptr)));
  EXPECT_EQ(raw(report_signal(std::chrono::seconds(5), 2, kUnknown)),
            raw(mbim_message_signal_state_set_new(5, 2, kUnknown, nullptr)));
  EXPECT_EQ(raw(query_base_stations(Mbimex::None)),
            raw(mbim_message_ms_basic_connect_extensions_base_stations_info_query_new(15, 15, 0, 15,
                                                                                      0, nullptr)));
  EXPECT_EQ(raw(query_base_stations(Mbimex::V3)),
            raw(mbim_message_ms_basic_connect_extensions_v3_base_stations_info_query_new(
                15, 15, 0, 15, 0, 15, nullptr)));
  EXPECT_EQ(raw(query_slot_info(1)),
            raw(mbim_message_ms_basic_connect_extensions_slot_info_status_query_new(1, nullptr)));
  EXPECT_EQ(raw(set_quectel_radio_on()), raw(mbim_message_quectel_radio_state_set_new(
                                             MBIM_QUECTEL_RADIO_SWITCH_STATE_ON, nullptr)));
  EXPECT_EQ(raw(reboot_intel(Mbimex::V2)),
            raw(mbim_message_intel_firmware_update_v2_modem_reboot_set_new(
                MBIM_INTEL_BOOT_MODE_NORMAL_MODE, 0, nullptr)));
  const Bytes frame = {1, 2, 3, 4, 5};
  EXPECT_EQ(raw(qmi_message("x", frame)),
            raw(mbim_message_qmi_msg_set_new(5, frame.data(), nullptr)));
}

TEST(Requests, SubscriptionsAreWhatLibmbimSends) {
  guint32 basic_cids[] = {2, 9};
  guint32 other_cids[] = {11};
  MbimEventEntry basic = {*MBIM_UUID_BASIC_CONNECT, 2, basic_cids};
  MbimEventEntry other = {*MBIM_UUID_MS_BASIC_CONNECT_EXTENSIONS, 1, other_cids};
  const MbimEventEntry* const entries[] = {&basic, &other, nullptr};
  EXPECT_EQ(raw(subscribe({{Service::BasicConnect, {2, 9}}, {Service::Extensions, {11}}})),
            raw(mbim_message_device_service_subscribe_list_set_new(2, entries, nullptr)));
  EXPECT_EQ(raw(subscribe({})),
            raw(mbim_message_device_service_subscribe_list_set_new(0, nullptr, nullptr)));
}

TEST(Requests, ToConnectAreWhatLibmbimSends) {
  const ModemConfig config = dialling();
  EXPECT_EQ(
      raw(activate(config, ContextIp::V4V6, Mbimex::V2)),
      raw(mbim_message_connect_set_new(0, MBIM_ACTIVATION_COMMAND_ACTIVATE, "internet", "user",
                                       "word", MBIM_COMPRESSION_NONE, MBIM_AUTH_PROTOCOL_CHAP,
                                       MBIM_CONTEXT_IP_TYPE_IPV4V6, internet(), nullptr)));
  EXPECT_EQ(raw(activate(config, ContextIp::V6, Mbimex::V3)),
            raw(mbim_message_ms_basic_connect_v3_connect_set_new(
                0, MBIM_ACTIVATION_COMMAND_ACTIVATE, MBIM_COMPRESSION_NONE, MBIM_AUTH_PROTOCOL_CHAP,
                MBIM_CONTEXT_IP_TYPE_IPV6, internet(), MBIM_ACCESS_MEDIA_TYPE_3GPP, "internet",
                "user", "word", nullptr, nullptr)));
  EXPECT_EQ(
      raw(deactivate(Mbimex::None)),
      raw(mbim_message_connect_set_new(0, MBIM_ACTIVATION_COMMAND_DEACTIVATE, nullptr, nullptr,
                                       nullptr, MBIM_COMPRESSION_NONE, MBIM_AUTH_PROTOCOL_NONE,
                                       MBIM_CONTEXT_IP_TYPE_DEFAULT, internet(), nullptr)));
  EXPECT_EQ(raw(query_connect(Mbimex::V3)),
            raw(mbim_message_ms_basic_connect_v3_connect_query_new(0, nullptr)));
  EXPECT_EQ(raw(query_connect(Mbimex::None)),
            raw(mbim_message_connect_query_new(
                0, MBIM_ACTIVATION_STATE_UNKNOWN, MBIM_VOICE_CALL_STATE_NONE,
                MBIM_CONTEXT_IP_TYPE_DEFAULT, internet(), 0, nullptr)));
}

TEST(Requests, CarryNoPasswordThatIsNotAskedFor) {
  ModemConfig config = dialling();
  config.auth = PdpAuth::None;
  EXPECT_EQ(
      raw(activate(config, ContextIp::V4, Mbimex::None)),
      raw(mbim_message_connect_set_new(0, MBIM_ACTIVATION_COMMAND_ACTIVATE, "internet", nullptr,
                                       nullptr, MBIM_COMPRESSION_NONE, MBIM_AUTH_PROTOCOL_NONE,
                                       MBIM_CONTEXT_IP_TYPE_IPV4, internet(), nullptr)));
}

// An answer as the modem would send it.
MessageRef answer(Service service, std::uint32_t cid, const Bytes& buffer) {
  Writer out;
  out.u32(0x80000003).u32(static_cast<std::uint32_t>(48 + buffer.size())).u32(1);
  out.u32(1).u32(0).uuid(uuid_of(service)).u32(cid).u32(0);
  out.u32(static_cast<std::uint32_t>(buffer.size())).bytes(buffer);
  const Bytes whole = out.done();
  return MessageRef(mbim_message_new(whole.data(), static_cast<guint32>(whole.size())));
}

TEST(Decoders, ReadSignalStateAsLibmbimDoes) {
  const Bytes list = words({2, 77, 40, 1, 2, 0x40, 60, 50, 1, 2, 0x20});
  const Bytes buffer = Writer().u32(25).u32(99).u32(5).u32(2).u32(0).part(list).done();
  const MessageRef message = answer(Service::BasicConnect, cid::kSignalState, buffer);
  guint32 rssi = 0;
  guint32 count = 0;
  MbimRsrpSnrInfoArray* items = nullptr;
  GError* error = nullptr;
  ASSERT_TRUE(mbim_message_ms_basic_connect_v2_signal_state_response_parse(
      message.get(), &rssi, nullptr, nullptr, nullptr, nullptr, &count, &items, &error))
      << error->message;
  EXPECT_EQ(rssi, 25U);
  ASSERT_EQ(count, 2U);
  EXPECT_EQ(items[0]->rsrp, 77U);
  EXPECT_EQ(items[1]->system_type, 0x20U);
  mbim_rsrp_snr_info_array_free(items);
  EXPECT_EQ(decode_signal_state(buffer, Mbimex::V2, Rat::Lte)->size(), 2U);
}

TEST(Decoders, ReadTheSecondNeighbourAsLibmbimShould) {
  const auto cell = [](std::uint32_t pci) {
    Writer out;
    out.text("26201").u32(1).u32(1300).u32(pci).u32(2);
    return out.u32(static_cast<std::uint32_t>(-99)).u32(static_cast<std::uint32_t>(-12)).done();
  };
  const Bytes list = Writer().u32(2).bytes(cell(205)).bytes(cell(206)).done();
  Writer out;
  out.u32(0x20);
  for (unsigned i = 0; i < 7; ++i) out.u32(0).u32(0);
  const Bytes buffer = out.part(list).u32(0).u32(0).done();
  const MessageRef message = answer(Service::Extensions, cid::kBaseStations, buffer);
  guint32 count = 0;
  MbimCellInfoNeighboringLteArray* cells = nullptr;
  ASSERT_TRUE(mbim_message_ms_basic_connect_extensions_base_stations_info_response_parse(
      message.get(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
      nullptr, nullptr, nullptr, &count, &cells, nullptr, nullptr, nullptr));
  ASSERT_EQ(count, 2U);
  EXPECT_EQ(cells[0]->physical_cell_id, 205U);
  mbim_cell_info_neighboring_lte_array_free(cells);
  const auto ours = decode_base_stations(buffer, Mbimex::None);
  ASSERT_TRUE(ours);
  ASSERT_EQ(ours->cells.neighbours.size(), 2U);
  EXPECT_EQ(ours->cells.neighbours[1].pci, 206);
}

}  // namespace
}  // namespace mwan::mbim
