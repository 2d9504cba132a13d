// SPDX-License-Identifier: LGPL-2.1-or-later
// A stack with a modem and virtual time, spoken to in whole frames as a proxy client would.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include "tools/mwan-sim/must.hpp"
#include "tools/mwan-sim/qmi/stack.hpp"

namespace mwan::sim::qmi {

class StackTest : public testing::Test {
 protected:
  static constexpr Stack::Connection kHost = 1;

  void build(const ModemSettings& settings = {}) {
    stack_.reset();  // listens to the modem of an earlier build
    modem_ = std::make_unique<Modem>(timers_, settings);
    stack_ = std::make_unique<Stack>(
        timers_, *modem_, Duration(0),
        Stack::Outputs{[this](Stack::Connection to, const Bytes& frame) { deliver(to, frame); },
                       [this](Stack::Connection who) { hung_up_.push_back(who); },
                       [this] { ++deaths_; },
                       [this](bool comes_back) { restarts_.push_back(comes_back); },
                       [] {},
                       {}});
    modem_->power_up();
    settle();
    open(kHost);
  }
  void settle() { timers_.advance(std::chrono::seconds(5)); }

  void open(Stack::Connection connection) {
    TlvList path;
    path.add(0x01).text("/dev/cdc-wdm0");
    EXPECT_EQ(ask_ctl(0xFF00, std::move(path), connection).error, 0);
  }

  struct Answer {
    bool came = false;
    std::uint16_t error = 0;
    TlvList tlvs;
    [[nodiscard]] Bytes value(std::uint8_t type) const {
      const Bytes* found = tlvs.find(type);
      return found == nullptr ? Bytes{} : *found;
    }
  };
  // Sends a request and gives time a second to bring the answer.
  Answer ask(ServiceId service, ClientId client, std::uint16_t message, TlvList tlvs = {},
             Stack::Connection connection = kHost) {
    QmiMessage request;
    request.service = static_cast<std::uint8_t>(service);
    request.client = client;
    request.transaction = ++transaction_;
    request.message = message;
    request.tlvs = std::move(tlvs);
    Bytes frame = build_frame(request);
    frame[3] = 0;  // QMUX flags of a host
    stack_->receive(connection, frame);
    timers_.advance(std::chrono::seconds(1));
    return take_answer(request, connection);
  }
  Answer ask_ctl(std::uint16_t message, TlvList tlvs = {}, Stack::Connection connection = kHost) {
    transaction_ %= 200;  // 8 bits in the control service
    return ask(ServiceId::Ctl, 0, message, std::move(tlvs), connection);
  }
  ClientId allocate(ServiceId service, Stack::Connection connection = kHost) {
    TlvList tlvs;
    tlvs.add(0x01).u8(static_cast<std::uint8_t>(service));
    const Bytes value = ask_ctl(0x0022, std::move(tlvs), connection).value(0x01);
    return value.size() == 2 ? value[1] : ClientId{0};
  }
  std::uint16_t release(ServiceId service, ClientId client) {
    TlvList tlvs;
    tlvs.add(0x01).u8(static_cast<std::uint8_t>(service)).u8(client);
    return ask_ctl(0x0023, std::move(tlvs)).error;
  }
  // The next indication to the connection, if any.
  std::optional<QmiMessage> indication(Stack::Connection connection = kHost) {
    for (auto it = inbox_.begin(); it != inbox_.end(); ++it) {
      if (it->first != connection || it->second.kind != MessageKind::Indication) continue;
      QmiMessage message = std::move(it->second);
      inbox_.erase(it);
      return message;
    }
    return std::nullopt;
  }

  std::vector<QmiMessage> indications() {
    std::vector<QmiMessage> all;
    while (true) {
      auto next = indication();
      if (!next) return all;
      all.push_back(std::move(*next));
    }
  }

  VirtualTimers timers_;
  std::unique_ptr<Modem> modem_;
  std::unique_ptr<Stack> stack_;
  std::vector<Stack::Connection> hung_up_;
  std::vector<bool> restarts_;
  int deaths_ = 0;
  // Frames may be broken on purpose: they are kept as they came.
  bool keep_raw_ = false;
  std::vector<Bytes> raw_;

 private:
  void deliver(Stack::Connection to, const Bytes& frame) {
    if (keep_raw_) {
      raw_.push_back(frame);
      return;
    }
    auto parsed = must(parse_frame(frame));
    EXPECT_TRUE(parsed.intact) << "the modem must send well-formed frames";
    inbox_.emplace_back(to, std::move(parsed.message));
  }
  Answer take_answer(const QmiMessage& request, Stack::Connection connection) {
    Answer answer;
    for (auto it = inbox_.begin(); it != inbox_.end(); ++it) {
      const QmiMessage& message = it->second;
      if (it->first != connection || message.kind != MessageKind::Response ||
          message.service != request.service || message.transaction != request.transaction) {
        continue;
      }
      EXPECT_EQ(message.message, request.message);
      EXPECT_EQ(message.client, request.client);
      answer.came = true;
      if (const Bytes* result = message.tlvs.find(0x02)) {
        ByteReader reader(*result);
        const bool failed = reader.u16() != 0;
        answer.error = reader.u16();
        EXPECT_EQ(failed, answer.error != 0);
      } else {
        ADD_FAILURE() << "no result";
      }
      answer.tlvs = std::move(it->second.tlvs);
      inbox_.erase(it);
      return answer;
    }
    return answer;
  }

  std::deque<std::pair<Stack::Connection, QmiMessage>> inbox_;
  std::uint16_t transaction_ = 0;
};

}  // namespace mwan::sim::qmi
