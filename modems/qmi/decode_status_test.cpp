// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_status.hpp"

#include <gtest/gtest.h>

#include "modems/qmi/test_bytes.hpp"

namespace mwan::qmi {
namespace {

TEST(ResponseResult, SuccessErrorAndNeither) {
  const Bytes good = message({{0x02, {0, 0, 0, 0}}});
  const Bytes bad = message({{0x02, {1, 0, 26, 0}}});
  const Bytes silent = message({{0x02, {1, 0, 0, 0}}});
  const Bytes cut = message({{0x02, {1, 0}}});
  EXPECT_EQ(decode_result(TlvView(good)), std::uint16_t{0});
  EXPECT_EQ(decode_result(TlvView(bad)), std::uint16_t{26});
  EXPECT_EQ(decode_result(TlvView(silent)), std::uint16_t{47});
  EXPECT_FALSE(decode_result(TlvView(cut)));
  EXPECT_FALSE(decode_result(TlvView(Bytes{})));
}

TEST(StartNetwork, HandleOrReason) {
  const Bytes started = message({Writer().u32(0xe1234560).tlv(0x01)});
  const auto out = decode_start_network(TlvView(started));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->handle, 0xe1234560U);
  EXPECT_FALSE(out->end.known());
  const Bytes refused = message({Writer().u16(1018).tlv(0x10), Writer().u16(6).i16(33).tlv(0x11)});
  const auto second = decode_start_network(TlvView(refused));
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->handle);
  EXPECT_EQ(second->end, (CallEnd{.reason = 1018, .verbose_type = 6, .verbose_reason = 33}));
}

TEST(PacketServiceStatus, ResponseAndIndication) {
  const Bytes response = message({Writer().u8(2).tlv(0x01)});
  const auto out = decode_packet_service_status(TlvView(response));
  ASSERT_TRUE(out);
  EXPECT_EQ(*out, PacketServiceStatus{.connection = Connection::Connected});
  const Bytes indication = message({Writer().u8(1).u8(1).tlv(0x01), Writer().u16(1003).tlv(0x10),
                                    Writer().u16(6).i16(36).tlv(0x11), Writer().u8(6).tlv(0x12)});
  const auto second = decode_packet_service_status(TlvView(indication));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->connection, Connection::Disconnected);
  EXPECT_TRUE(second->reconfigure);
  EXPECT_EQ(second->family, IpFamily::V6);
  EXPECT_EQ(second->end.verbose_reason, 36);
  EXPECT_FALSE(decode_packet_service_status(TlvView(Bytes{})));
}

Writer& system(Writer& w, std::uint32_t network, std::uint32_t rat, std::uint64_t services) {
  return w.u32(network)
      .u32(rat)
      .u32(static_cast<std::uint32_t>(services))
      .u32(static_cast<std::uint32_t>(services >> 32U));
}

TEST(SystemStatus, WhatServes) {
  const auto decode = [](Writer writer) {
    const Bytes bytes = message({writer.tlv(0x10)});
    return decode_system_status(TlvView(bytes)).value_or(PacketService{});
  };
  constexpr std::uint64_t kFdd = 0x1000;
  const PacketService lte{.state = PacketServiceState::Attached, .rat = Rat::Lte};
  const PacketService none{.state = PacketServiceState::Detached, .rat = Rat::Unknown};
  Writer one;
  system(one.u8(1), 0, 3, kFdd);
  EXPECT_EQ(decode(one), lte);
  Writer limited;  // emergency calls only
  system(limited.u8(1), 0, 3, 0x800);
  EXPECT_EQ(decode(limited), none);
  Writer empty;
  EXPECT_EQ(decode(empty.u8(0)), none);
  Writer wlan;
  system(wlan.u8(1), 2, 5, 0);
  EXPECT_EQ(decode(wlan), none);
  Writer nr;
  system(nr.u8(1), 0, 6, std::uint64_t{1} << 43U);
  EXPECT_EQ(decode(nr).rat, Rat::NrNsa);
  Writer alone;
  system(alone.u8(1), 0, 6, std::uint64_t{1} << 44U);
  EXPECT_EQ(decode(alone).rat, Rat::NrSa);
  EXPECT_EQ(decode_system_status(TlvView(Bytes{})), none);
  Writer absurd;
  system(absurd.u8(250), 0, 3, kFdd);
  const Bytes bytes = message({absurd.tlv(0x10)});
  EXPECT_FALSE(decode_system_status(TlvView(bytes)));
}

TEST(OperatingMode, OnlineOrNot) {
  const Bytes online = message({Writer().u8(0).tlv(0x01)});
  const Bytes restricted = message({Writer().u8(1).tlv(0x01), Writer().u8(1).tlv(0x11)});
  const auto first = decode_operating_mode(TlvView(online));
  const auto second = decode_operating_mode(TlvView(restricted));
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->online());
  EXPECT_FALSE(second->online());
  EXPECT_TRUE(second->hardware_restricted);
}

TEST(DataFormat, RawIpAndAggregation) {
  const Bytes raw = message({Writer().u32(2).tlv(0x11), Writer().u32(0).tlv(0x12)});
  const Bytes qmap = message({Writer().u32(2).tlv(0x11), Writer().u32(5).tlv(0x13)});
  const Bytes cut = message({{0x11, {2}}});
  EXPECT_EQ(decode_data_format(TlvView(raw)), (DataFormat{.layer = LinkLayer::RawIp}));
  EXPECT_EQ(decode_data_format(TlvView(qmap)),
            (DataFormat{.layer = LinkLayer::RawIp, .aggregated = true}));
  EXPECT_EQ(decode_data_format(TlvView(Bytes{})), DataFormat{});
  EXPECT_FALSE(decode_data_format(TlvView(cut)));
}

TEST(SmallAnswers, AutoconnectAndCallStatus) {
  const Bytes on = message({Writer().u8(1).tlv(0x01)});
  EXPECT_EQ(decode_autoconnect(TlvView(on)), true);
  EXPECT_FALSE(decode_autoconnect(TlvView(Bytes{})));
  const Bytes over = message({Writer().u8(2).tlv(0x1f)});
  EXPECT_TRUE(decode_call_terminated(TlvView(over)));
  EXPECT_FALSE(decode_call_terminated(TlvView(on)));
}

TEST(PacketStatistics, AbsentAndUnknownCountersAreZero) {
  const Bytes bytes = message({Writer().u32(7).tlv(0x10), Writer().u32(0xffffffff).tlv(0x11),
                               Writer().u32(900).u32(0).tlv(0x19)});
  const auto counters = decode_packet_statistics(TlvView(bytes));
  ASSERT_TRUE(counters);
  EXPECT_EQ(*counters,
            (TrafficCounters{.tx_packets = 7, .rx_packets = 0, .tx_bytes = 900, .rx_bytes = 0}));
  EXPECT_FALSE(decode_packet_statistics(TlvView(message({Writer().u8(1).tlv(0x19)}))));
}

TEST(StatusDecoders, SurviveAnything) {
  Writer w;
  system(w.u8(1), 0, 3, 0x1000);
  const Bytes good =
      message({Writer().u8(1).u8(1).tlv(0x01), Writer().u16(0).u16(0).tlv(0x02), w.tlv(0x10),
               Writer().u16(6).i16(36).tlv(0x11), Writer().u8(6).tlv(0x12)});
  survive(good, [](TlvView view) {
    static_cast<void>(decode_result(view));
    static_cast<void>(decode_start_network(view));
    static_cast<void>(decode_packet_service_status(view));
    static_cast<void>(decode_call_terminated(view));
    static_cast<void>(decode_system_status(view));
    static_cast<void>(decode_operating_mode(view));
    static_cast<void>(decode_data_format(view));
    static_cast<void>(decode_autoconnect(view));
    static_cast<void>(decode_packet_statistics(view));
    static_cast<void>(decode_mode_report(view));
  });
}

}  // namespace
}  // namespace mwan::qmi
