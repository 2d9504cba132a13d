// SPDX-License-Identifier: LGPL-2.1-or-later
// The MBIM side of the modem and the proxy before it: takes frames from connections, answers them,
// and hands indications to the clients, as libmbim's proxy with a modem behind it would.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/mwan-sim/mbim/service.hpp"

namespace mwan::sim::mbim {

class Sessions;

// What goes wrong on purpose.
struct Faults {
  struct Failure {
    std::uint32_t status = 0;
    unsigned times = 0;  // 0: until taken back
  };
  bool hung = false;             // no request is answered, no indication sent
  std::set<MessageRef> hang_on;  // these requests are not answered
  std::map<MessageRef, Failure> fail_on;
  std::set<MessageRef> die_on;  // the program ends abruptly when one of these arrives
};

class Stack final : public Host {
 public:
  struct Outputs {
    std::function<void(Connection, const Bytes& frame)> send;
    std::function<void(Connection)> hang_up;
    std::function<void()> die;  // Faults::die_on
    std::function<void(bool comes_back)> restart;
    std::function<void()> books_changed;  // counters moved
    // Every message in either direction, when somebody wants to see them.
    std::function<void(Connection, const Message&, bool from_host)> trace;
  };
  struct Books {
    std::uint64_t requests = 0;
    std::uint64_t indications = 0;
    std::uint64_t swallowed = 0;  // requests not answered because of a fault
    std::uint64_t malformed = 0;  // frames that made no sense
    std::uint64_t opened = 0;     // clients, by MBIM open
    std::map<std::string, std::uint64_t> by_name;
  };

  Stack(Timers& timers, Modem& modem, Duration reply_latency, Outputs outputs);
  ~Stack() override;

  void receive(Connection connection, std::span<const std::uint8_t> frame);
  // A connection that is the device itself, without a proxy that is asked for it first.
  void opened_directly(Connection connection) { clients_[connection].configured = true; }
  void closed(Connection connection);
  // The modem lost power: nothing is agreed on or pending any more.
  void wipe();
  // The modem started over while the proxy lives: it has to be opened again.
  void forget_hosts();
  // Clients stay open, with the subscriptions they had at first.
  void forget_subscriptions();

  [[nodiscard]] Faults& faults() { return faults_; }
  [[nodiscard]] const Books& books() const { return books_; }
  [[nodiscard]] std::size_t clients_open() const;
  [[nodiscard]] const Sessions& sessions() const { return *sessions_; }

  Modem& modem() override { return modem_; }
  Timers& timers() override { return timers_; }
  Commands& commands() override { return commands_; }
  void respond(const Route& route, Reply reply) override;
  void indicate(const MessageRef& ref, const Bytes& info) override;
  [[nodiscard]] Version version() const override { return version_; }
  void agree(Connection with, Version version) override;
  void subscribe(Connection connection, Subscriptions subscriptions) override;
  void restart(bool comes_back) override { outputs_.restart(comes_back); }

 private:
  struct Client {
    bool configured = false;  // the proxy was told the device
    bool open = false;
    std::uint32_t max_transfer = 4096;
    Reassembly reassembly;
    // Until it says otherwise, as with libmbim's proxy.
    Subscriptions wants{{ServiceId::BasicConnect, {}}};
  };
  void take(Connection connection, const Message& message);
  // True when a fault dealt with the message.
  bool faulty(const Route& route);
  void configure(const Route& route, const Message& message);
  void open(const Route& route, std::uint32_t max_transfer);
  void process(const Route& route, bool set, const Bytes& info);
  // lie: the variant of a broken length (fault malformed-lengths).
  void send(Connection connection, const Message& message,
            const std::optional<std::string>& lie = std::nullopt);
  void refuse(Connection connection, std::uint32_t transaction, ProtocolError error);
  void tell_version(Connection connection);

  Timers& timers_;
  Modem& modem_;
  Duration reply_latency_;
  Outputs outputs_;
  Faults faults_;
  Books books_;
  Version version_ = kVersion1;
  Commands commands_;
  std::vector<std::unique_ptr<Module>> modules_;
  Sessions* sessions_ = nullptr;  // one of modules_
  std::map<Connection, Client> clients_;
  std::map<std::uint64_t, Timer> pending_;
  std::uint64_t next_pending_ = 1;
};

}  // namespace mwan::sim::mbim
