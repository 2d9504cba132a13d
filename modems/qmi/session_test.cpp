// SPDX-License-Identifier: LGPL-2.1-or-later
// The adapters to libqmi, the kernel and the socket. libqmi's own printer of messages judges our
// requests: it knows the name and the layout of every element.
#include "modems/qmi/session.hpp"

#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "modems/proxy_probe.hpp"
#include "modems/qmi/gobject.hpp"
#include "modems/qmi/requests.hpp"

namespace mwan::qmi {
namespace {

using testing::HasSubstr;
using testing::Not;

MessageRef message_of(const Request& request) {
  MessageRef message(
      qmi_message_new(static_cast<QmiService>(request.service), 1, 1, request.message));
  for (const Tlv& tlv : request.tlvs) {
    qmi_message_add_raw_tlv(message.get(), tlv.type, tlv.value.data(), tlv.value.size(), nullptr);
  }
  return message;
}
std::string printed(const Request& request) {
  const MessageRef message = message_of(request);
  gchar* text = qmi_message_get_printable_full(message.get(), nullptr, "");
  std::string out = text;
  g_free(text);
  return out;
}

std::vector<Request> all_requests() {
  ModemConfig config;
  config.apn = "internet";
  config.auth = PdpAuth::Chap;
  config.username = "user";
  config.password = Secret("word");
  const Endpoint endpoint{.interface_number = 4};
  const IpFamily v6 = IpFamily::V6;
  return {get_operating_mode(),
          set_operating_mode(Mode::Online),
          set_operating_mode(Mode::Reset),
          report_operating_mode(true),
          get_manufacturer(),
          get_model(),
          get_revision(),
          get_hardware_revision(),
          get_ids(),
          set_fcc_authentication(),
          get_slot_status(),
          read_iccid(),
          read_imsi(),
          dms_get_sim_state(),
          dms_get_pin_status(),
          dms_verify_pin(Secret("1234")),
          dms_get_iccid(),
          dms_get_imsi(),
          get_home_network(),
          attach(false),
          get_packet_statistics(v6),
          register_sim_events(true),
          get_card_status(),
          verify_pin(Secret("1234")),
          register_nas_indications(true),
          get_serving_system(),
          get_system_info(),
          select_network_automatically(),
          register_automatically(),
          config_signal_info_v2(config.signal),
          config_signal_info(config.signal),
          set_signal_event_report(config.signal),
          get_signal_info(),
          get_signal_strength(),
          get_cell_location_info(),
          get_system_status(),
          register_system_status(true),
          get_data_format(endpoint),
          set_raw_ip(endpoint),
          set_ip_family(v6),
          report_bearer_events(true, v6),
          report_ip_changes(true, v6),
          get_autoconnect(),
          disable_autoconnect(),
          get_packet_service_status(v6),
          start_network(config, v6),
          stop_network(kGlobalHandle, v6),
          abort_start(7, v6),
          get_current_settings(v6)};
}

TEST(Requests, AreWhatLibqmiUnderstands) {
  for (const Request& request : all_requests()) {
    SCOPED_TRACE(request.what);
    const std::string text = printed(request);
    EXPECT_THAT(text, HasSubstr("message     = \""));  // it has a name
    EXPECT_THAT(text, Not(HasSubstr("ERROR")));        // an element that is too short
    EXPECT_THAT(text, Not(HasSubstr("unexpected")));   // or too long
    EXPECT_THAT(text, Not(HasSubstr("(null)")));       // or has a value without a meaning
    // every element has a name
    std::size_t at = 0;
    for (const Tlv& tlv : request.tlvs) {
      at = text.find("type       = ", at);
      ASSERT_NE(at, std::string::npos) << "element " << int{tlv.type} << "\n" << text;
      EXPECT_EQ(text.substr(at + 13, 1), "\"") << "element " << int{tlv.type} << "\n" << text;
      ++at;
    }
  }
}

TEST(Requests, SayWhatIsMeant) {
  ModemConfig config;
  config.apn = "internet";
  EXPECT_THAT(printed(start_network(config, IpFamily::V4)), HasSubstr("translated = internet"));
  EXPECT_THAT(printed(start_network(config, IpFamily::V4)), HasSubstr("translated = ipv4"));
  EXPECT_THAT(printed(set_operating_mode(Mode::Online)), HasSubstr("translated = online"));
  EXPECT_THAT(printed(set_operating_mode(Mode::Reset)), HasSubstr("translated = reset"));
  EXPECT_THAT(printed(attach(true)), HasSubstr("translated = attach"));
  EXPECT_THAT(printed(attach(false)), HasSubstr("translated = detach"));
  EXPECT_THAT(printed(get_packet_statistics(IpFamily::V4)),
              HasSubstr("tx-packets-ok, rx-packets-ok, tx-bytes-ok, rx-bytes-ok"));
  EXPECT_THAT(printed(read_imsi()), HasSubstr("file_id = '28423'"));
  EXPECT_THAT(printed(read_iccid()), HasSubstr("session_type = 'card-slot-1'"));
  EXPECT_THAT(printed(set_raw_ip(std::nullopt)), HasSubstr("translated = raw-ip"));
  EXPECT_THAT(printed(set_raw_ip(Endpoint{})), HasSubstr("endpoint_type = 'hsusb'"));
  EXPECT_THAT(printed(register_sim_events(true)), HasSubstr("translated = card-status"));
  EXPECT_THAT(printed(select_network_automatically()), HasSubstr("mode = 'automatic'"));
  EXPECT_THAT(printed(get_current_settings(IpFamily::V4)),
              HasSubstr("dns-address, ip-address, gateway-info, mtu, ip-family"));
  EXPECT_THAT(printed(get_signal_strength()), HasSubstr("rssi, rsrq, lte-snr, lte-rsrp"));
  SignalReporting odd;
  odd.rsrp_delta_db = 0.0;  // would mean every change
  odd.rsrp_levels_dbm.assign(40, -100);
  EXPECT_EQ(config_signal_info_v2(odd).tlvs[4], (Tlv{0x29, {1, 0}}));
  EXPECT_EQ(config_signal_info(odd).tlvs[3].value.size(), 1U + 5U * 2U);
}

TEST(Gobject, ElementsComeBackAsTheyWere) {
  const Request request = set_raw_ip(Endpoint{.interface_number = 4});
  const MessageRef message = message_of(request);
  const Bytes bytes = tlv_bytes(message.get());
  const TlvView view(bytes);
  EXPECT_TRUE(view.well_formed());
  for (const Tlv& tlv : request.tlvs) {
    const auto value = view.find(tlv.type).value_or(ByteView());
    EXPECT_EQ(Bytes(value.begin(), value.end()), tlv.value);
  }
}

TEST(Gobject, ErrorsHaveTheirClass) {
  const Error ids = take_error(
      g_error_new(QMI_PROTOCOL_ERROR, QMI_PROTOCOL_ERROR_CLIENT_IDS_EXHAUSTED, "x"), "here");
  EXPECT_EQ(ids.failure, FailureClass::Throttled);
  EXPECT_EQ(ids.text(), "here: ClientIdsExhausted");
  const Error missing =
      take_error(g_error_new(QMI_CORE_ERROR, QMI_CORE_ERROR_UNSUPPORTED, "no such"), "here");
  EXPECT_EQ(missing.failure, FailureClass::Permanent);
  EXPECT_EQ(take_error(nullptr, "here").where, "here");
}

TEST(Session, ARefusedReplyIsAnError) {
  Reply refused;
  refused.error = 48;
  const auto out = accepted(refused, "lte: qmi step");
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().text(), "lte: qmi step: InvalidArgument");
  EXPECT_TRUE(accepted(Reply{}, "x"));
}

class ProxyProbe : public testing::Test {
 protected:
  static int listener(const std::string& name, int backlog) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(&address.sun_path[1], sizeof(address.sun_path) - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd, backlog), 0);
    return fd;
  }
  const std::string name_ = "mwan-probe-" + std::to_string(getpid());
};

TEST_F(ProxyProbe, TellsWhoListens) {
  EXPECT_EQ(probe_proxy(name_), ProxyState::Absent);
  const int fd = listener(name_, 8);
  EXPECT_EQ(probe_proxy(name_), ProxyState::Listening);
  close(fd);
  EXPECT_EQ(probe_proxy(name_), ProxyState::Absent);
  EXPECT_EQ(probe_proxy(""), ProxyState::Unreachable);
  EXPECT_EQ(probe_proxy(std::string(200, 'x')), ProxyState::Unreachable);
}

TEST_F(ProxyProbe, DoesNotWaitForABusyOne) {
  const int fd = listener(name_, 0);
  ProxyState state = ProxyState::Listening;
  for (int i = 0; i < 10 && state == ProxyState::Listening; ++i) state = probe_proxy(name_);
  EXPECT_EQ(state, ProxyState::Busy);
  close(fd);
}

}  // namespace
}  // namespace mwan::qmi
