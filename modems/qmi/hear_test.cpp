// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/hear.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "modems/qmi/test_bytes.hpp"

namespace mwan::qmi {
namespace {

class Hear : public testing::Test {
 protected:
  std::vector<ModemReport> hear(Service service, std::uint16_t id, Bytes tlvs,
                                std::optional<Slot> slot = std::nullopt) {
    Indication indication{.service = service, .slot = slot, .message = id, .tlvs = std::move(tlvs)};
    std::vector<ModemReport> out;
    hearing_.hear(indication, [&](const ModemReport& report) { out.push_back(report); });
    return out;
  }
  NetworkView view_;
  Hearing hearing_{view_, [](const std::string& step) { return "lte: qmi " + step; }};
};

TEST_F(Hear, ABearerThatEndsIsNamedWithItsCause) {
  // disconnected; IPv6; verbose reason 3GPP 38
  const Bytes ended = message({Writer().u8(1).u8(0).tlv(0x01), Writer().u16(6).i16(38).tlv(0x11),
                               Writer().u8(6).tlv(0x12)});
  const auto reports = hear(Service::Wds, msg::kWdsPacketServiceStatus, ended, Slot::WdsV4);
  ASSERT_EQ(reports.size(), 1U);
  const auto& report = std::get<report::BearerEnded>(reports.front());
  EXPECT_EQ(report.family, IpFamily::V6) << "what the message says counts, not whom it was sent to";
  EXPECT_EQ(report.why.text(),
            "lte: qmi bearer ipv6: disconnected: 3GPP cause 38 (network failure)");
}

TEST_F(Hear, ABroadcastEndIsOfBothFamilies) {
  const auto reports =
      hear(Service::Wds, msg::kWdsPacketServiceStatus, message({Writer().u8(1).u8(0).tlv(0x01)}));
  EXPECT_EQ(reports.size(), 2U);
}

TEST_F(Hear, NewAddressesOfAnUpBearer) {
  const auto reports = hear(Service::Wds, msg::kWdsPacketServiceStatus,
                            message({Writer().u8(2).u8(1).tlv(0x01)}), Slot::WdsV4);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(std::get<report::AddressingChanged>(reports.front()).family, IpFamily::V4);
  EXPECT_EQ(hear(Service::Wds, msg::kWdsExtendedIpConfigIndication, {}, Slot::WdsV6).size(), 1U);
}

TEST_F(Hear, ADisputeAboutPacketServiceIsDoubtOnce) {
  // registered at home, data attached, on LTE
  const Bytes home =
      message({Writer().u8(1).u8(1).u8(1).u8(1).u8(1).u8(8).tlv(0x01), Writer().u8(1).tlv(0x10)});
  EXPECT_EQ(hear(Service::Nas, msg::kNasServingSystem, home).size(), 2U);
  auto reports = hear(Service::Dsd, msg::kDsdSystemStatusIndication, {});  // no data system
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(std::get<PacketService>(reports[1]).state, PacketServiceState::Detached);
  EXPECT_TRUE(std::holds_alternative<report::Doubt>(reports[2]));
  reports = hear(Service::Dsd, msg::kDsdSystemStatusIndication, {});
  EXPECT_EQ(reports.size(), 2U) << "said once";
}

TEST_F(Hear, TheModeOfTheRadio) {
  const auto heard = [&](std::uint8_t mode) {
    return std::get<RadioPower>(
        hear(Service::Dms, msg::kDmsSetEventReport, message({Writer().u8(mode).tlv(0x14)}))
            .front());
  };
  EXPECT_EQ(heard(0), RadioPower::On);
  EXPECT_EQ(heard(1), RadioPower::Off);
  EXPECT_TRUE(hear(Service::Dms, msg::kDmsSetEventReport, {}).empty());
}

TEST_F(Hear, WhatCannotBeReadSaysNothing) {
  EXPECT_TRUE(hear(Service::Nas, msg::kNasServingSystem, {}).empty());
  EXPECT_TRUE(hear(Service::Uim, msg::kUimCardStatusIndication, {1, 2, 3}).empty());
  EXPECT_TRUE(hear(Service::Ctl, 1, {}).empty());
  EXPECT_TRUE(hear(Service::Wds, msg::kWdsPacketServiceStatus, {0x01, 0xff, 0xff}).empty());
}

}  // namespace
}  // namespace mwan::qmi
