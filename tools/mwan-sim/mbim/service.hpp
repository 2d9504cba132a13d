// SPDX-License-Identifier: LGPL-2.1-or-later
// What the commands of the simulated modem are made of: each module answers some of them and sends
// the indications that belong to them. Modules know the modem; they know nothing of sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "tools/mwan-sim/mbim/info.hpp"
#include "tools/mwan-sim/mbim/protocol.hpp"
#include "tools/mwan-sim/modem/modem.hpp"
#include "tools/mwan-sim/timers.hpp"

namespace mwan::sim::mbim {

using Connection = std::uint64_t;

// Where an answer belongs.
struct Route {
  Connection connection = 0;
  std::uint32_t transaction = 0;
  MessageRef ref;
};

struct Request {
  Route route;
  const Bytes& info;
};

struct Reply {
  Status status = Status::None;
  Bytes info;
};
inline Reply failure(Status status) { return {status, {}}; }

// Nothing: the answer comes later, through Host::respond.
using Handler = std::function<std::optional<Reply>(const Request&)>;
struct Command {
  Handler query;  // empty: cannot be asked
  Handler set;    // empty: cannot be set
};
using Commands = std::map<MessageRef, Command>;

// The indications a client wants; a service with no commands named means all of it.
using Subscriptions = std::map<ServiceId, std::set<std::uint32_t>>;

// What modules may ask of the stack they live in.
class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;
  virtual Modem& modem() = 0;
  virtual Timers& timers() = 0;
  virtual Commands& commands() = 0;
  virtual void respond(const Route& route, Reply reply) = 0;
  // To every client that wants it.
  virtual void indicate(const MessageRef& ref, const Bytes& info) = 0;
  // The MBIMEx version in force. It is the device's: what one client agrees on changes the layouts
  // for all of them, who are told.
  [[nodiscard]] virtual Version version() const = 0;
  virtual void agree(Connection with, Version version) = 0;
  virtual void subscribe(Connection connection, Subscriptions subscriptions) = 0;
  // The modem restarts: the host loses it and gets it back after the reset time, or never.
  virtual void restart(bool comes_back) = 0;
};

class Module {
 public:
  explicit Module(Host& host) : host_(host) {}
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;
  virtual void changed(const Change&) {}
  virtual void wiped() {}  // the modem lost power
  virtual void closed(Connection) {}

 protected:
  [[nodiscard]] Host& host() const { return host_; }
  [[nodiscard]] Modem& modem() const { return host_.modem(); }
  void answer(const MessageRef& ref, Handler query, Handler set = {}) {
    host_.commands()[ref] = {std::move(query), std::move(set)};
  }
  // The answer to a query that takes no arguments.
  void tell(const MessageRef& ref, std::function<Bytes()> info, Handler set = {}) {
    answer(
        ref,
        [info = std::move(info)](const Request&) {
          return Reply{Status::None, info()};
        },
        std::move(set));
  }

 private:
  Host& host_;
};

}  // namespace mwan::sim::mbim
