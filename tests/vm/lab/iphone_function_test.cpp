// SPDX-License-Identifier: LGPL-2.1-or-later
// The emulated iPhone as a driver sees it that asks the right questions, and the wrong ones.
#include "tests/vm/lab/iphone_function.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/mwan-sim/timers.hpp"
#include "tools/mwan-sim/usb/usb_fixture.hpp"

namespace mwan::vm {
namespace {

using sim::Bytes;
using sim::usb::Setup;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Setup kMac = {0xC0, 0x00, 0, 2, 64};
constexpr Setup kCarrier = {0xC0, 0x45, 0, 2, 64};
constexpr Setup kUp = {0x01, 11, 1, 2, 0};
constexpr Setup kTakeBack = {0x00, 9, 0, 0, 0};
constexpr std::uint8_t kOn = 4;
constexpr std::uint32_t kRoom = 1516;
constexpr std::uint8_t kPortIn = 0x86;
constexpr std::uint8_t kPortOut = 0x05;

class IphoneFunctionTest : public testing::Test {
 protected:
  IphoneFunctionTest() {
    host_.connect(device_);
    host_.configure();
  }
  bool carrier() { return host_.control(kCarrier).data == Bytes{kOn}; }
  // What has come for that transfer.
  Bytes arrived(std::uint32_t transfer) const {
    const auto* ended = host_.find(transfer);
    return ended == nullptr ? Bytes() : ended->data;
  }

  sim::VirtualTimers timers_;
  sim::usb::FakeHost host_;
  std::vector<Bytes> network_;
  IphoneFunction phone_{{.serial = "1", .host = {0, 1, 2, 3, 4, 5}, .phone = {2}, .address = {10}},
                        {[this](std::span<const std::uint8_t> frame) {
                           network_.emplace_back(frame.begin(), frame.end());
                         },
                         [this](std::uint8_t endpoint) { device_.ready(endpoint); }}};
  sim::usb::Device device_{timers_, phone_.descriptors(), phone_,
                           [this](const Bytes& message) { host_.receive(message); }};
};

TEST_F(IphoneFunctionTest, TellsAddressAndCarrier) {
  EXPECT_THAT(host_.control(kMac).data, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_TRUE(carrier());
  phone_.share(false);
  EXPECT_FALSE(carrier());
  phone_.share(true);
  phone_.trust(false);
  EXPECT_FALSE(carrier());
  EXPECT_EQ(host_.control({0xC0, 0x46, 0, 2, 64}).status, -32);
  EXPECT_EQ(host_.control({0xC0, 0x45, 0, 1, 64}).status, -32);
}

TEST_F(IphoneFunctionTest, AnnouncesItselfAndPadsWhatItGives) {
  const auto first = host_.listen(kPortIn, kRoom);
  EXPECT_THAT(arrived(first), IsEmpty()) << "nobody chose the endpoints";
  host_.control(kUp);
  EXPECT_THAT(arrived(first), SizeIs(2 + 60));
  const auto second = host_.listen(kPortIn, kRoom);
  phone_.deliver(Bytes{7, 8});
  EXPECT_THAT(arrived(second), ElementsAre(0, 0, 7, 8));
}

TEST_F(IphoneFunctionTest, TakesFramesWhileItShares) {
  host_.control(kUp);
  host_.write(kPortOut, {1});
  phone_.share(false);
  host_.write(kPortOut, {2});
  EXPECT_THAT(network_, ElementsAre(Bytes{1}));
}

TEST_F(IphoneFunctionTest, StaysDeadUntilTheBusIsReset) {
  phone_.die();
  phone_.share(true);
  EXPECT_FALSE(carrier());
  // Taken over by another driver, or plugged in anew: that is no reset.
  host_.control(kTakeBack);
  host_.configure();
  phone_.plugged();
  host_.configure();
  EXPECT_FALSE(carrier());
  EXPECT_EQ(phone_.resets(), 0);
  host_.configure();
  EXPECT_TRUE(carrier());
  EXPECT_EQ(phone_.resets(), 1);
}

}  // namespace
}  // namespace mwan::vm
