// SPDX-License-Identifier: LGPL-2.1-or-later
// One QMI service of the simulated modem: a table of messages it answers, and state for each client
// id. Services know the modem; they know nothing of sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "tools/mwan-sim/codec/tlv.hpp"
#include "tools/mwan-sim/modem/modem.hpp"
#include "tools/mwan-sim/qmi/protocol.hpp"
#include "tools/mwan-sim/timers.hpp"

namespace mwan::sim::qmi {

using ClientId = std::uint8_t;

// Where an answer belongs.
struct Route {
  std::uint64_t connection = 0;
  ServiceId service{};
  ClientId client = 0;
  std::uint16_t transaction = 0;
  std::uint16_t message = 0;
};

struct Request {
  Route route;
  const TlvList& tlvs;
};

struct Reply {
  ProtocolError error = ProtocolError::None;
  TlvList tlvs;  // besides the result, which is added when the answer is sent
};

// What services may ask of the stack they live in.
class ServiceHost {
 public:
  ServiceHost() = default;
  ServiceHost(const ServiceHost&) = delete;
  ServiceHost& operator=(const ServiceHost&) = delete;
  virtual ~ServiceHost() = default;
  virtual Modem& modem() = 0;
  virtual Timers& timers() = 0;
  virtual void respond(const Route& route, Reply reply) = 0;
  virtual void indicate(ServiceId service, ClientId client, std::uint16_t message,
                        TlvList tlvs) = 0;
  // The modem restarts: the host loses it and gets it back after the reset time, or never.
  virtual void restart(bool comes_back) = 0;
};

class Service {
 public:
  // Nothing: the answer comes later, through ServiceHost::respond.
  using Handler = std::function<std::optional<Reply>(const Request&)>;

  Service(ServiceHost& host, ServiceId id, std::uint16_t major, std::uint16_t minor)
      : host_(host), id_(id), major_(major), minor_(minor) {}
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  virtual ~Service() = default;

  [[nodiscard]] ServiceId id() const { return id_; }
  [[nodiscard]] std::uint16_t major() const { return major_; }
  [[nodiscard]] std::uint16_t minor() const { return minor_; }
  [[nodiscard]] const std::map<std::uint16_t, Handler>& messages() const { return messages_; }

  std::optional<Reply> handle(const Request& request);

  virtual void client_added(ClientId) {}
  virtual void client_removed(ClientId) {}
  virtual void changed(const Change&) {}

 protected:
  void answer(std::uint16_t message, Handler handler);
  // Get Supported Messages: a bit for each message id (libqmi: qmi_utils_get_supported_messages).
  void answer_supported_messages();
  [[nodiscard]] Modem& modem() const { return host_.modem(); }
  [[nodiscard]] ServiceHost& host() const { return host_; }
  void indicate(ClientId client, std::uint16_t message, TlvList tlvs) const {
    host_.indicate(id_, client, message, std::move(tlvs));
  }

 private:
  ServiceHost& host_;
  ServiceId id_;
  std::uint16_t major_;
  std::uint16_t minor_;
  std::map<std::uint16_t, Handler> messages_;
};

inline Reply failure(ProtocolError error) { return {error, {}}; }
// The reply for arguments that were missing or malformed, nothing when all is well.
std::optional<Reply> problem(const Arguments& arguments);

// State of a service for each of its client ids, made on allocation.
template <class State>
class PerClient {
 public:
  State& operator[](ClientId client) { return states_[client]; }
  void erase(ClientId client) { states_.erase(client); }
  void reset(ClientId client) { states_[client] = State{}; }
  auto begin() { return states_.begin(); }
  auto end() { return states_.end(); }

 private:
  std::map<ClientId, State> states_;
};

}  // namespace mwan::sim::qmi
