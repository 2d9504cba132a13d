// SPDX-License-Identifier: LGPL-2.1-or-later
// What the parts of the MBIM adapter share: the open session, what the modem was found to know, and
// where reports go.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"
#include "modems/adapter.hpp"
#include "modems/mbim/decode_device.hpp"
#include "modems/mbim/session.hpp"
#include "modems/modem_config.hpp"

namespace mwan::mbim {

struct Port {
  Loop& loop;
  ModemConfig config;
  std::unique_ptr<Session> session;  // while it is open, or opening
  DeviceServices services;
  Rat serving = Rat::Unknown;  // what MBIM's RSSI, which has no name, is taken to be of
  Notification changed;        // an indication came
  std::function<void(const ModemReport&)> on_report;

  Port(Loop& l, ModemConfig c) : loop(l), config(std::move(c)) {}

  void tell(const ModemReport& report) const {
    const auto handler = on_report;
    if (handler) handler(report);
  }
  [[nodiscard]] std::string where(const std::string& what) const {
    return config.link + ": mbim " + what;
  }
  [[nodiscard]] Error error(FailureClass failure, const std::string& what,
                            std::string message) const {
    return {failure, where(what), std::move(message)};
  }
  [[nodiscard]] Mbimex version() const { return session ? session->version() : Mbimex::None; }
};

// An answer, whatever it says; an error without one.
Task<Result<Reply>> ask(Port& port, Request request, Duration deadline, Cancel cancel);
// With the deadline of an ordinary request; only success is an answer.
Task<Result<Reply>> ask(Port& port, Request request, Cancel cancel);

// What an answer says, with the step in the failure of its decoder.
template <class T>
Task<Result<T>> read(Port& port, Request request, Result<T> (*decode)(const Reply&),
                     Cancel cancel) {
  const std::string what = request.what;
  const Result<Reply> reply = co_await ask(port, std::move(request), cancel);
  if (!reply) co_return failed(reply.error());
  Result<T> value = decode(*reply);
  if (!value) value.error().where = port.where(what);
  co_return std::move(value);
}

// Of a command that the modem does not list.
tl::unexpected<Error> not_offered(const Port& port, const Request& request);

}  // namespace mwan::mbim
