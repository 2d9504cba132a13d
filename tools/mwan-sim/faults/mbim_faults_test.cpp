// SPDX-License-Identifier: LGPL-2.1-or-later
// The MBIM side honours the same faults.
#include <memory>
#include <optional>
#include <span>

#include <gmock/gmock.h>

#include "tools/mwan-sim/faults/fault_player.hpp"
#include "tools/mwan-sim/faults/read.hpp"
#include "tools/mwan-sim/mbim/garble.hpp"
#include "tools/mwan-sim/mbim/stack_fixture.hpp"

namespace mwan::sim::mbim {
namespace {

using namespace std::chrono_literals;

class MbimFaults : public MbimStackTest {
 protected:
  void SetUp() override {
    build();
    player_ = std::make_unique<FaultPlayer>(
        timers_, *modem_,
        FaultPlayer::Machine{[this](Duration away) { gone_for_ = away; },
                             [](Duration) {},
                             [this] { stack_->forget_hosts(); },
                             [this] { stack_->forget_subscriptions(); },
                             [](bool) {},
                             [](std::optional<usb::Device::Storm>) {},
                             [](const std::string&) {},
                             {}});
  }
  void fault(std::string_view text) {
    const auto order = read_fault(text);
    ASSERT_TRUE(order) << order.error();
    player_->begin(*order);
  }
  bool answered() { return query(ref::kRadioState).has_value(); }

  std::unique_ptr<FaultPlayer> player_;
  std::optional<Duration> gone_for_;
};

TEST_F(MbimFaults, RequestsAreSwallowedByNameAndByCount) {
  fault("request-hangs on=mbim.radio-state");
  EXPECT_FALSE(answered());
  EXPECT_TRUE(query(ref::kDeviceCaps));
  player_->end_all();
  fault("consecutive-timeouts times=2");
  EXPECT_FALSE(answered());
  EXPECT_FALSE(answered());
  EXPECT_TRUE(answered());
}

TEST_F(MbimFaults, TheModemVanishesWithARequestUnderWay) {
  fault("vanishes-mid-transaction time=4s");
  EXPECT_FALSE(answered());
  EXPECT_EQ(gone_for_, 4s);
}

TEST_F(MbimFaults, ASilentResetWantsToBeOpenedAgain) {
  fault("silent-reset");
  const auto refused = query(ref::kRadioState);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->type, MessageType::FunctionError);
  Message message;
  message.type = MessageType::Open;
  message.value = 4096;
  ASSERT_TRUE(exchange(message)) << "the proxy still knows the device";
  EXPECT_EQ(must(query(ref::kRadioState)).type, MessageType::CommandDone);
}

TEST_F(MbimFaults, AfterASilentResetOldClientsMayMeetSilence) {
  fault("silent-reset what=silent");
  EXPECT_FALSE(answered());
}

TEST_F(MbimFaults, NothingButAPowerCycleHelps) {
  fault("needs-power-cycle");
  EXPECT_FALSE(answered());
  player_->power_cut();
  EXPECT_TRUE(answered());
}

TEST_F(MbimFaults, ASecondManagerTakesEveryOtherMessage) {
  fault("second-manager");
  int came = 0;
  for (int i = 0; i < 10; ++i) came += static_cast<int>(answered());
  EXPECT_EQ(came, 5);
}

TEST_F(MbimFaults, AnswersAreSlow) {
  fault("slow-after-upgrade time=1500ms");
  EXPECT_FALSE(answered()) << "within a second";
}

TEST_F(MbimFaults, TheRadioIsLocked) {
  fault("fcc-lock");
  const auto on = must(set(ref::kRadioState, InfoWriter().u32(1).done()));
  EXPECT_EQ(on.value, static_cast<std::uint32_t>(Status::OperationNotAllowed));
  EXPECT_EQ(modem_->mode(), OperatingMode::LowPower);
}

TEST(MbimGarble, ClaimsMoreThan800Megabytes) {
  Message message;
  message.type = MessageType::CommandDone;
  message.info = Bytes(16);
  const auto frames = build(message);
  ASSERT_EQ(frames.size(), 1U);
  const auto claims = [&](const char* what, std::size_t at) {
    Bytes frame = frames.front();
    garble(frame, what);
    ByteReader reader(std::span<const std::uint8_t>(frame).subspan(at));
    return reader.u32();
  };
  EXPECT_GT(claims("frame", 4), 800000000U);
  EXPECT_GT(claims("message", 44), 800000000U);
  EXPECT_LT(claims("message", 4), 1000U);
}

TEST_F(MbimFaults, AGarbledAnswerCannotBeRead) {
  fault("malformed-lengths");
  may_break_ = true;
  EXPECT_FALSE(answered());
  EXPECT_EQ(broken_, 1U);
  EXPECT_TRUE(answered());
}

}  // namespace
}  // namespace mwan::sim::mbim
