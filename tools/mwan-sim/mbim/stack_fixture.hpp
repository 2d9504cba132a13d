// SPDX-License-Identifier: LGPL-2.1-or-later
// A stack with a modem and virtual time, spoken to in whole frames as a proxy client would.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tools/mwan-sim/mbim/stack.hpp"
#include "tools/mwan-sim/must.hpp"

namespace mwan::sim::mbim {

// As it stands in a message.
inline std::uint32_t code(Status status) { return static_cast<std::uint32_t>(status); }

class MbimStackTest : public testing::Test {
 protected:
  static constexpr Connection kHost = 1;

  void build(const ModemSettings& settings = {}) {
    stack_.reset();  // listens to the modem of an earlier build
    modem_ = std::make_unique<Modem>(timers_, settings);
    stack_ = std::make_unique<Stack>(
        timers_, *modem_, Duration(0),
        Stack::Outputs{[this](Connection to, const Bytes& frame) { deliver(to, frame); },
                       [this](Connection who) { hung_up_.push_back(who); },
                       [this] { ++deaths_; },
                       [this](bool comes_back) { restarts_.push_back(comes_back); },
                       [] {},
                       {}});
    modem_->power_up();
    settle();
    open(kHost);
  }
  void settle() { timers_.advance(std::chrono::seconds(5)); }

  void configure(Connection connection) {
    const Bytes path = InfoWriter().text("/dev/cdc-wdm0").u32(30).done();
    EXPECT_EQ(must(set(ref::kProxyConfiguration, path, connection)).value, 0U);
  }
  void open(Connection connection, std::uint32_t max_transfer = 4096) {
    configure(connection);
    Message message;
    message.type = MessageType::Open;
    message.value = max_transfer;
    EXPECT_EQ(must(exchange(message, connection)).value, 0U);
  }
  void agree(Version version, Connection connection = kHost) {
    const Bytes info = InfoWriter().u16(kVersion1).u16(version).done();
    EXPECT_EQ(must(query(ref::kVersion, info, connection)).value, 0U);
  }

  // Sends the message and gives time a second to bring the answer.
  std::optional<Message> exchange(Message message, Connection connection = kHost) {
    message.transaction = ++transaction_;
    send(message, connection);
    timers_.advance(std::chrono::seconds(1));
    return answer(message.transaction, connection);
  }
  void send(const Message& message, Connection connection = kHost) {
    for (const Bytes& frame : mbim::build(message)) stack_->receive(connection, frame);
  }
  std::optional<Message> answer(std::uint32_t transaction, Connection connection = kHost) {
    return take([&](Connection to, const Message& one) {
      return to == connection && one.transaction == transaction &&
             one.type != MessageType::IndicateStatus;
    });
  }
  std::optional<Message> query(const MessageRef& ref, Bytes info = {},
                               Connection connection = kHost) {
    return exchange(command(ref, false, std::move(info)), connection);
  }
  std::optional<Message> set(const MessageRef& ref, Bytes info = {},
                             Connection connection = kHost) {
    return exchange(command(ref, true, std::move(info)), connection);
  }
  static Message command(const MessageRef& ref, bool set, Bytes info) {
    Message message;
    message.service = uuid_of(ref.service);
    message.cid = ref.cid;
    message.set = set;
    message.info = std::move(info);
    return message;
  }
  // The next indication of that kind to the connection, if any.
  std::optional<Message> indication(const MessageRef& ref, Connection connection = kHost) {
    return take([&](Connection to, const Message& one) {
      return to == connection && one.type == MessageType::IndicateStatus &&
             one.service == uuid_of(ref.service) && one.cid == ref.cid;
    });
  }
  // Everything that came so far.
  void forget() { inbox_.clear(); }

  // CONNECT in the layout of the version that is in force.
  static Bytes connect_info(std::uint32_t session, bool activate, std::uint32_t ip_type) {
    return InfoWriter()
        .u32(session)
        .u32(static_cast<std::uint32_t>(activate))
        .text("internet")
        .text("user")
        .text("secret")
        .u32(0)
        .u32(1)
        .u32(ip_type)
        .uuid({})
        .done();
  }

  VirtualTimers timers_;
  std::unique_ptr<Modem> modem_;
  std::unique_ptr<Stack> stack_;
  std::vector<Connection> hung_up_;
  std::vector<bool> restarts_;
  int deaths_ = 0;
  std::size_t longest_frame_ = 0;
  bool may_break_ = false;  // frames may be broken on purpose; they are counted
  std::size_t broken_ = 0;

 private:
  void deliver(Connection to, const Bytes& frame) {
    longest_frame_ = std::max(longest_frame_, frame.size());
    auto outcome = reassembly_[to].take(frame);
    if (may_break_ && (outcome.error || (outcome.message && !parse(*outcome.message)))) {
      ++broken_;
      return;
    }
    ASSERT_FALSE(outcome.error) << "the modem must send well-formed frames";
    if (outcome.message) inbox_.emplace_back(to, must(parse(*outcome.message)));
  }
  template <class Match>
  std::optional<Message> take(Match matches) {
    for (auto it = inbox_.begin(); it != inbox_.end(); ++it) {
      if (!matches(it->first, it->second)) continue;
      Message message = std::move(it->second);
      inbox_.erase(it);
      return message;
    }
    return std::nullopt;
  }

  std::map<Connection, Reassembly> reassembly_;
  std::deque<std::pair<Connection, Message>> inbox_;
  std::uint32_t transaction_ = 0;
};

inline std::uint32_t word(const Message& message, std::size_t index) {
  ByteReader reader(message.info);
  reader.bytes(index * 4);
  return reader.u32();
}

}  // namespace mwan::sim::mbim
