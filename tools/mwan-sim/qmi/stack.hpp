// SPDX-License-Identifier: LGPL-2.1-or-later
// The QMI side of the modem: takes frames from connections, finds the service and client they
// belong to, and sends answers and indications back, as the modem behind a QMI proxy would.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "tools/mwan-sim/codec/qmux.hpp"
#include "tools/mwan-sim/qmi/clients.hpp"
#include "tools/mwan-sim/qmi/service.hpp"

namespace mwan::sim::qmi {

// What goes wrong on purpose.
struct Faults {
  struct Failure {
    std::uint16_t error = 0;
    unsigned times = 0;  // 0: until taken back
  };
  bool hung = false;             // no request is answered, no indication sent
  std::set<MessageRef> hang_on;  // these requests are not answered
  std::map<MessageRef, Failure> fail_on;
  std::set<MessageRef> die_on;  // the program ends abruptly when one of these arrives
};

class Stack final : public ServiceHost {
 public:
  using Connection = Clients::Connection;
  struct Outputs {
    std::function<void(Connection, const Bytes& frame)> send;
    std::function<void(Connection)> hang_up;
    std::function<void()> die;  // Faults::die_on
    std::function<void(bool comes_back)> restart;
    std::function<void()> books_changed;  // counters moved
    // Every message in either direction, when somebody wants to see them.
    std::function<void(Connection, const QmiMessage&, bool from_host)> trace;
  };
  struct Books {
    std::uint64_t requests = 0;
    std::uint64_t indications = 0;
    std::uint64_t swallowed = 0;  // requests not answered because of a fault
    std::uint64_t malformed = 0;  // frames that made no sense
  };

  Stack(Timers& timers, Modem& modem, Duration reply_latency, Outputs outputs);
  ~Stack() override;

  void receive(Connection connection, std::span<const std::uint8_t> frame);
  // A connection that is the device itself, without a proxy that is asked for it first.
  void opened_directly(Connection connection) { opened_.insert(connection); }
  void closed(Connection connection);
  // All client ids are gone, as after a restart of the modem.
  void wipe();
  // Client ids stay, what was registered and started with them is gone.
  void forget_subscriptions();

  [[nodiscard]] Faults& faults() { return faults_; }
  [[nodiscard]] const Clients& clients() const { return clients_; }
  [[nodiscard]] const Books& books() const { return books_; }
  [[nodiscard]] const std::map<ServiceId, std::unique_ptr<Service>>& services() const {
    return services_;
  }

  Modem& modem() override { return modem_; }
  Timers& timers() override { return timers_; }
  void respond(const Route& route, Reply reply) override;
  void indicate(ServiceId service, ClientId client, std::uint16_t message, TlvList tlvs) override;
  void restart(bool comes_back) override { outputs_.restart(comes_back); }

 private:
  void process(const Route& route, const TlvList& tlvs);
  Reply control(const Route& route, const TlvList& tlvs);
  Reply allocate(const Route& route, const TlvList& tlvs);
  Reply release(const TlvList& tlvs);
  Reply version_info() const;
  void proxy_open(const Route& route, const TlvList& tlvs);

  Timers& timers_;
  Modem& modem_;
  Duration reply_latency_;
  Outputs outputs_;
  Clients clients_;
  Faults faults_;
  Books books_;
  std::map<ServiceId, std::unique_ptr<Service>> services_;
  std::set<Connection> opened_;
  std::map<std::uint64_t, Timer> pending_;
  std::uint64_t next_pending_ = 1;
};

}  // namespace mwan::sim::qmi
