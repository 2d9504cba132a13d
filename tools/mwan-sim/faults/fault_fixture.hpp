// SPDX-License-Identifier: LGPL-2.1-or-later
// A modem with faults, spoken to in whole QMI frames, without sockets and in virtual time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/mwan-sim/faults/fault_player.hpp"
#include "tools/mwan-sim/faults/read.hpp"
#include "tools/mwan-sim/qmi/stack_fixture.hpp"

namespace mwan::sim::qmi {

class FaultTest : public StackTest {
 protected:
  static constexpr std::uint16_t kGetModel = 0x0022;
  static constexpr std::uint16_t kGetSignalInfo = 0x004F;

  void SetUp() override { begin_with({}); }
  // A modem of those settings, in raw-IP, with a client of each service the tests speak to.
  void begin_with(ModemSettings settings) {
    settings.data_format = LinkLayer::RawIp;
    player_.reset();
    build(settings);
    player_ = std::make_unique<FaultPlayer>(
        timers_, *modem_,
        FaultPlayer::Machine{
            [this](Duration away) { drop_out(away); },
            [this](Duration away) {
              proxy_away_ = away;
              stack_->closed(kHost);
            },
            [this] { stack_->wipe(); },
            [this] { stack_->forget_subscriptions(); },
            [this](bool stuck) { stuck_.push_back(stuck); },
            [this](std::optional<usb::Device::Storm> storm) { storms_.push_back(storm); },
            [this](const std::string& text) { said_.push_back(text); },
            {}});
    take_clients();
  }
  void take_clients() {
    dms_ = allocate(ServiceId::Dms);
    nas_ = allocate(ServiceId::Nas);
    wds_ = allocate(ServiceId::Wds);
  }

  void fault(std::string_view text) {
    const auto order = read_fault(text);
    ASSERT_TRUE(order) << order.error();
    player_->begin(*order);
  }
  void end_fault(std::string_view name) {
    const auto fault = read_fault_name(name);
    ASSERT_TRUE(fault) << fault.error();
    player_->end(*fault);
  }
  void power_cycle() {
    cut_power();
    modem_->power_up();
    settle();
    open(kHost);
    take_clients();
  }
  [[nodiscard]] bool is_on(std::string_view name) const {
    return modem_->faults().on(read_fault_name(name).value());
  }

  Answer ask_dms(std::uint16_t message = kGetModel, TlvList tlvs = {}) {
    return ask(ServiceId::Dms, dms_, message, std::move(tlvs));
  }
  Answer start(const std::string& apn = "internet", std::uint8_t family = 4) {
    TlvList tlvs;
    tlvs.add(0x14).text(apn);
    tlvs.add(0x19).u8(family);
    return ask(ServiceId::Wds, wds_, 0x0020, std::move(tlvs));
  }
  // Of a refused start: the 3GPP cause, 0 when it has none.
  static unsigned cause_of(const Answer& answer) {
    const Bytes value = answer.value(0x11);
    ByteReader reader(value);
    const bool by_3gpp = reader.u16() == 6;
    const unsigned cause = reader.u16();
    return by_3gpp && reader.ok() ? cause : 0;
  }
  [[nodiscard]] bool connected() const { return modem_->bearers().find(IpFamily::V4) != nullptr; }
  // An indication that a session ended.
  bool told_of_the_end() {
    for (const QmiMessage& message : indications()) {
      const Bytes* status = message.tlvs.find(0x01);
      if (message.service == 0x01 && message.message == 0x0022 && status != nullptr &&
          !status->empty() && status->front() == 1) {
        return true;
      }
    }
    return false;
  }

  std::unique_ptr<FaultPlayer> player_;
  ClientId dms_ = 0;
  ClientId nas_ = 0;
  ClientId wds_ = 0;
  std::optional<Duration> gone_for_;
  std::optional<Duration> proxy_away_;
  std::vector<bool> stuck_;
  std::vector<std::optional<usb::Device::Storm>> storms_;
  std::vector<std::string> said_;

 private:
  void cut_power() {
    player_->power_cut();
    modem_->power_down();
    stack_->wipe();
    stack_->closed(kHost);
  }
  void drop_out(Duration away) {
    gone_for_ = away;
    cut_power();
    back_ = timers_.after(away, [this] { modem_->power_up(); });
  }
  Timer back_;
};

}  // namespace mwan::sim::qmi
