// SPDX-License-Identifier: LGPL-2.1-or-later
// The device as the host's kernel drives it: enumeration, transfers that wait, unlinking, stalls,
// storms, and the two modem functions behind it.
#include "tools/mwan-sim/usb/device.hpp"

#include <gmock/gmock.h>

#include "tools/mwan-sim/must.hpp"
#include "tools/mwan-sim/usb/modem_function.hpp"
#include "tools/mwan-sim/usb/ntb.hpp"
#include "tools/mwan-sim/usb/usb_fixture.hpp"

namespace mwan::sim::usb {
namespace {

using namespace std::chrono_literals;

constexpr Setup kDeviceDescriptor = {0x80, 6, 0x0100, 0, 18};
constexpr Setup kWholeConfiguration = {0x80, 6, 0x0200, 0, 1024};

const Bytes kPacket = {0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 10, 64, 0, 2, 192, 0, 2, 1};

class UsbDeviceTest : public testing::Test {
 protected:
  void plug(bool qmi) {
    ModemFunction::Outputs outputs{
        [this](std::span<const std::uint8_t> message) {
          messages_.emplace_back(message.begin(), message.end());
        },
        [this](Bytes packet) { packets_.push_back(std::move(packet)); },
        [this](bool configured) { ++(configured ? configured_ : function_resets_); },
        [this](std::uint8_t endpoint) { device_->ready(endpoint); },
        [this] { return format_; },
        [this](IpFamily) { return session_; },
        [this](std::uint8_t session, IpFamily) { return session_ == session; }};
    ModemSettings settings;
    function_ = qmi ? make_qmi_function(settings, std::move(outputs))
                    : make_mbim_function(settings, std::move(outputs));
    device_ = std::make_unique<Device>(timers_, function_->descriptors(), *function_,
                                       [this](const Bytes& message) { host_.receive(message); });
    host_.connect(*device_);
  }
  void plug_qmi() {
    plug(true);
    host_.configure();
  }
  void plug_mbim() {
    plug(false);
    host_.configure();
    EXPECT_EQ(host_.control({0x01, 11, 1, 1, 0}).status, 0);
  }
  // Sends a control message and returns what the modem's answer looks like to the host.
  Bytes exchange(std::uint8_t interface, std::uint8_t notify, const Bytes& answer) {
    const auto listening = host_.listen(notify, 64);
    EXPECT_EQ(host_.find(listening), nullptr);
    EXPECT_TRUE(function_->say(answer));
    const Completed* told = host_.find(listening);
    EXPECT_EQ(told == nullptr ? Bytes{} : told->data, (Bytes{0xA1, 1, 0, 0, interface, 0, 0, 0}));
    return host_.control({0xA1, 1, 0, interface, 4096}).data;
  }

  VirtualTimers timers_;
  FakeHost host_;
  std::unique_ptr<ModemFunction> function_;
  std::unique_ptr<Device> device_;
  std::vector<Bytes> messages_;
  std::vector<Bytes> packets_;
  int configured_ = 0;
  int function_resets_ = 0;
  LinkLayer format_ = LinkLayer::RawIp;
  std::optional<std::uint8_t> session_ = 0;
};

TEST_F(UsbDeviceTest, TellsWhatItIs) {
  plug(true);
  const Completed device = host_.control(kDeviceDescriptor);
  ASSERT_EQ(device.data.size(), 18U);
  EXPECT_EQ(device.data[8] | device.data[9] << 8, 0x2C7C);
  // The head first, as hosts ask for it, then as much as it says.
  const Completed head = host_.control({0x80, 6, 0x0200, 0, 9});
  ASSERT_EQ(head.data.size(), 9U);
  const Completed all = host_.control(kWholeConfiguration);
  EXPECT_EQ(all.data.size(), static_cast<std::size_t>(head.data[2] | head.data[3] << 8));
  EXPECT_EQ(all.data[4], 5);  // interfaces
  // Descriptors follow each other without a gap.
  std::size_t at = 0;
  while (at < all.data.size() && all.data[at] != 0) at += all.data[at];
  EXPECT_EQ(at, all.data.size());
  EXPECT_EQ(host_.control({0x80, 6, 0x0302, 0x0409, 255}).data,
            (Bytes{14, 3, 'S', 0, 'I', 0, 'M', 0, '1', 0, '0', 0, '0', 0}));
  EXPECT_EQ(host_.control({0x80, 6, 0x0600, 0, 10}).status, -32);  // no device qualifier
  EXPECT_EQ(host_.control({0x80, 6, 0x0309, 0x0409, 255}).status, -32);
}

TEST_F(UsbDeviceTest, ConfigurationsAndSettingsAreThoseItHas) {
  plug(false);
  EXPECT_EQ(host_.control({0x01, 11, 1, 1, 0}).status, -32);  // not configured yet
  EXPECT_EQ(host_.control({0x00, 9, 2, 0, 0}).status, -32);
  host_.configure();
  EXPECT_EQ(configured_, 1);
  EXPECT_EQ(host_.control({0x80, 8, 0, 0, 1}).data, Bytes{1});
  EXPECT_EQ(host_.control({0x01, 11, 1, 1, 0}).status, 0);
  EXPECT_EQ(host_.control({0x81, 10, 0, 1, 1}).data, Bytes{1});
  EXPECT_EQ(host_.control({0x01, 11, 2, 1, 0}).status, -32);
  EXPECT_EQ(host_.control({0x01, 11, 0, 9, 0}).status, -32);
  host_.configure();  // what a reset of the bus ends with
  EXPECT_EQ(configured_, 2);
  EXPECT_EQ(host_.control({0x81, 10, 0, 1, 1}).data, Bytes{0});
}

TEST_F(UsbDeviceTest, QmiControlMessagesCrossTheControlChannel) {
  plug_qmi();
  EXPECT_EQ(host_.control({0x21, 0x22, 1, 4, 0}).status, 0);  // DTR, as qmi_wwan sets it
  const Bytes request = {1, 15, 0, 0, 0, 0, 0, 1, 0x22, 0, 4, 0, 1, 1, 0, 2};
  EXPECT_EQ(host_.control({0x21, 0, 0, 4, 16}, request).status, 0);
  EXPECT_THAT(messages_, testing::ElementsAre(request));
  EXPECT_EQ(exchange(4, 0x89, {1, 2, 3}), (Bytes{1, 2, 3}));
  EXPECT_TRUE(host_.control({0xA1, 1, 0, 4, 4096}).data.empty());
  EXPECT_EQ(host_.control({0xA1, 1, 0, 3, 4096}).status, -32);  // not that interface's
}

TEST_F(UsbDeviceTest, WhatNobodyFetchedIsAnnouncedToTheNextReader) {
  plug_qmi();
  const auto first = host_.listen(0x89, 64);
  ASSERT_TRUE(function_->say(Bytes{7}));
  ASSERT_NE(host_.find(first), nullptr);
  // The reader goes without fetching; the kernel takes its next transfer back.
  host_.unlink(host_.listen(0x89, 64));
  EXPECT_EQ(host_.ended.back().status, -104);
  const auto next = host_.listen(0x89, 64);
  ASSERT_NE(host_.find(next), nullptr);
  EXPECT_EQ(host_.control({0xA1, 1, 0, 4, 4096}).data, Bytes{7});
}

TEST_F(UsbDeviceTest, APortThatNobodyReadsKeepsSomeMessages) {
  plug_qmi();
  int taken = 0;
  while (taken < 10000 && function_->say(Bytes(10, 1))) ++taken;
  EXPECT_GT(taken, 10);
  EXPECT_LT(taken, 1000);
  EXPECT_FALSE(function_->say(Bytes(10, 1)));
  host_.control({0xA1, 1, 0, 4, 4096});
  EXPECT_TRUE(function_->say(Bytes(10, 1)));
  EXPECT_FALSE(function_->say(Bytes(ControlPipe::kLongestMessage + 1, 1)));
}

TEST_F(UsbDeviceTest, RawIpPacketsCrossAsTheyAre) {
  plug_qmi();
  EXPECT_EQ(host_.find(host_.write(5, kPacket))->length, kPacket.size());
  EXPECT_THAT(packets_, testing::ElementsAre(kPacket));
  const auto waiting = host_.listen(0x88);
  EXPECT_EQ(host_.find(waiting), nullptr);
  EXPECT_TRUE(function_->deliver(kPacket));
  ASSERT_NE(host_.find(waiting), nullptr);
  EXPECT_EQ(host_.find(waiting)->data, kPacket);
}

TEST_F(UsbDeviceTest, In8023TheModemIsAnEthernetNeighbour) {
  plug_qmi();
  format_ = LinkLayer::Ethernet;
  const Bytes mac = {2, 0, 0, 0, 0, 9};
  Bytes arp(6, 0xFF);
  ByteWriter(arp).bytes(mac).bytes(Bytes{8, 6, 0, 1, 8, 0, 6, 4, 0, 1}).bytes(mac);
  ByteWriter(arp).bytes(Bytes{10, 64, 0, 2}).bytes(Bytes(6, 0)).bytes(Bytes{10, 64, 0, 1});
  const auto waiting = host_.listen(0x88);
  host_.write(5, arp);
  ASSERT_NE(host_.find(waiting), nullptr);
  const Bytes reply = host_.find(waiting)->data;
  ASSERT_EQ(reply.size(), 42U);
  EXPECT_EQ(Bytes(reply.begin(), reply.begin() + 6), mac);
  EXPECT_EQ(reply[21], 2);  // a reply
  EXPECT_EQ(Bytes(reply.begin() + 28, reply.begin() + 32), (Bytes{10, 64, 0, 1}));

  Bytes frame(6, 2);
  ByteWriter(frame).bytes(mac).bytes(Bytes{8, 0}).bytes(kPacket);
  host_.write(5, frame);
  EXPECT_THAT(packets_, testing::ElementsAre(kPacket));
  EXPECT_TRUE(function_->deliver(kPacket));
  const auto next = host_.listen(0x88);
  ASSERT_NE(host_.find(next), nullptr);
  EXPECT_EQ(host_.find(next)->data.size(), kPacket.size() + 14);
  EXPECT_EQ(Bytes(host_.find(next)->data.begin(), host_.find(next)->data.begin() + 6), mac);
  // Raw IP from a host that believes in another format is no frame.
  host_.write(5, kPacket);
  EXPECT_EQ(packets_.size(), 1U);
}

TEST_F(UsbDeviceTest, MbimPacketsCrossInBlocksOfTheirSession) {
  plug_mbim();
  session_ = 3;
  const std::vector<Bytes> two = {kPacket, kPacket};
  host_.write(2, encode_ntb(0, 3, two));
  EXPECT_EQ(packets_.size(), 2U);
  host_.write(2, encode_ntb(1, 0, two));  // no such session
  host_.write(2, Bytes{1, 2, 3});
  EXPECT_EQ(packets_.size(), 2U);
  EXPECT_TRUE(function_->deliver(kPacket));
  EXPECT_TRUE(function_->deliver(kPacket));
  const auto waiting = host_.listen(0x82, 16384);
  ASSERT_NE(host_.find(waiting), nullptr);
  EXPECT_THAT(must(decode_ntb(host_.find(waiting)->data)),
              testing::ElementsAre(Datagram{3, kPacket}, Datagram{3, kPacket}));
  session_.reset();  // disconnected: what comes now is for nobody
  EXPECT_TRUE(function_->deliver(kPacket));
  EXPECT_EQ(host_.find(host_.listen(0x82, 16384)), nullptr);
}

TEST_F(UsbDeviceTest, MbimTellsItsBlocksAndResetsItsFunction) {
  plug_mbim();
  const Bytes parameters = host_.control({0xA1, 0x80, 0, 0, 28}).data;
  ASSERT_EQ(parameters.size(), 28U);
  EXPECT_EQ(parameters[0], 28);
  EXPECT_EQ(host_.control({0x21, 0x86, 0, 0, 4}, {0, 0x10, 0, 0}).status, 0);
  EXPECT_EQ(host_.control({0xA1, 0x85, 0, 0, 4}).data, (Bytes{0, 0x10, 0, 0}));
  EXPECT_EQ(host_.control({0x21, 0x86, 0, 0, 4}, {1, 0, 0, 0}).status, -32);
  ASSERT_TRUE(function_->say(Bytes{1}));
  EXPECT_EQ(host_.control({0x21, 5, 0, 0, 0}).status, 0);
  EXPECT_EQ(function_resets_, 1);
  EXPECT_TRUE(host_.control({0xA1, 1, 0, 0, 4096}).data.empty());
}

TEST_F(UsbDeviceTest, TransfersCanBeTakenBackOnce) {
  plug_qmi();
  const auto waiting = host_.listen(0x88);
  host_.unlink(waiting);
  EXPECT_EQ(host_.ended.back().status, -104);
  host_.unlink(waiting);
  EXPECT_EQ(host_.ended.back().status, 0);
  EXPECT_TRUE(function_->deliver(kPacket));
  EXPECT_EQ(host_.find(waiting), nullptr);
}

TEST_F(UsbDeviceTest, AHaltedEndpointStallsUntilItIsCleared) {
  plug_qmi();
  EXPECT_EQ(host_.control({0x02, 3, 0, 0x88, 0}).status, 0);
  EXPECT_EQ(host_.control({0x82, 0, 0, 0x88, 2}).data, (Bytes{1, 0}));
  EXPECT_EQ(host_.find(host_.listen(0x88))->status, -32);
  EXPECT_EQ(host_.control({0x02, 1, 0, 0x88, 0}).status, 0);
  EXPECT_EQ(host_.find(host_.listen(0x88)), nullptr);
  EXPECT_EQ(host_.find(host_.listen(0x8B))->status, -32);  // there is none
}

TEST_F(UsbDeviceTest, HeldTransfersArriveInTheirOrder) {
  plug_qmi();
  device_->hold(5, true);
  Bytes other = kPacket;
  other.back() = 9;
  const auto first = host_.write(5, kPacket);
  host_.write(5, other);
  EXPECT_EQ(host_.find(first), nullptr);
  EXPECT_TRUE(packets_.empty());
  device_->hold(5, false);
  EXPECT_THAT(packets_, testing::ElementsAre(kPacket, other));
}

TEST_F(UsbDeviceTest, AStormEndsTransfersAtItsPaceAndLeavesTheBusItself) {
  plug_qmi();
  const auto waiting = host_.listen(0x88);
  device_->set_storm(Device::Storm{Completion::Error, 10ms});
  EXPECT_EQ(host_.control({0xA1, 1, 0, 4, 4096}).status, -71);
  EXPECT_EQ(host_.control(kDeviceDescriptor).status, 0);
  EXPECT_EQ(host_.find(waiting), nullptr);
  timers_.advance(10ms);
  ASSERT_NE(host_.find(waiting), nullptr);
  EXPECT_EQ(host_.find(waiting)->status, -71);
  host_.write(5, kPacket);
  timers_.advance(10ms);
  EXPECT_EQ(host_.ended.back().status, -71);
  EXPECT_TRUE(packets_.empty());
  device_->set_storm(Device::Storm{Completion::Stall, 10ms});
  EXPECT_EQ(host_.control({0xA1, 1, 0, 4, 4096}).status, -32);
  const auto later = host_.write(5, kPacket);
  device_->set_storm(std::nullopt);
  EXPECT_EQ(host_.find(later)->status, 0);
  EXPECT_EQ(packets_.size(), 1U);
  EXPECT_EQ(device_->books().failed, 4U);
}

TEST_F(UsbDeviceTest, AHostThatFloodsAnEndpointIsTrouble) {
  plug_qmi();
  for (int i = 0; i < 3000 && device_->trouble().empty(); ++i) host_.listen(0x88);
  EXPECT_NE(device_->trouble(), "");
}

TEST_F(UsbDeviceTest, TheSerialPortsAnswerAt) {
  plug_qmi();
  const auto waiting = host_.listen(0x84);
  const std::string command = "ATE0\r";
  host_.write(3, Bytes(command.begin(), command.end()));
  ASSERT_NE(host_.find(waiting), nullptr);
  EXPECT_EQ(std::string(host_.find(waiting)->data.begin(), host_.find(waiting)->data.end()),
            "ATE0\r\r\nOK\r\n");
  const auto next = host_.listen(0x84);
  const std::string unknown = "AT+CPIN?\r";
  host_.write(3, Bytes(unknown.begin(), unknown.end()));
  ASSERT_NE(host_.find(next), nullptr);
  EXPECT_EQ(std::string(host_.find(next)->data.begin(), host_.find(next)->data.end()),
            "\r\nERROR\r\n");
}

}  // namespace
}  // namespace mwan::sim::usb
