// SPDX-License-Identifier: LGPL-2.1-or-later
// One opened MBIM device: its requests, indications and the one data session. libmbim is the
// transport; this is the only part of the driver that knows GObject.
//
// NOTE Ownership: an activation that was sent is undone by close(), also when it was given up
// before its answer came; an answer that comes later still is undone too. Destroying a session that
// was not closed drops the connection without a word to the modem. NOTE Threading: on the thread of
// the loop. Handlers are called from the loop, one at a time; they must not destroy the session.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"
#include "modems/mbim/requests.hpp"

namespace mwan::mbim {

struct Reply {
  std::uint32_t status = 0;  // of modems/mbim/status.hpp; 0 is success
  Mbimex version = Mbimex::None;
  Bytes buffer;  // also with a failure: some say more there
};

struct Indication {
  Service service = Service::BasicConnect;
  std::uint32_t cid = 0;
  Mbimex version = Mbimex::None;
  Bytes buffer;
};

class Session {
 public:
  // config must outlive the session.
  Session(Loop& loop, const ModemConfig& config);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  void on_indication(std::function<void(const Indication&)> handler);
  // The modem complained about something that was no answer to a request.
  void on_complaint(std::function<void()> handler);
  // The device was unplugged, its proxy closed the connection, or the modem forgot that it was
  // opened; every request fails with it.
  void on_gone(std::function<void()> handler);

  // Through the proxy, with the highest MBIMEx version that both sides take. Once.
  Task<Status> open(Cancel cancel);
  // What all users of the device agreed on; another user can change it at any time.
  [[nodiscard]] Mbimex version() const;
  [[nodiscard]] std::string version_text() const;  // "MBIM 1.0 (MBIMEx 3.0)"

  // An answer, whatever it says. Errors are named "LINK: mbim WHAT".
  Task<Result<Reply>> request(Request request, Duration deadline, Cancel cancel);
  // Requests in a row that were not answered in time; any word from the modem makes it zero.
  [[nodiscard]] unsigned unanswered() const;

  // Connect, by modems/mbim/requests.hpp: deactivates at once when it is given up.
  Task<Result<Reply>> activate(ContextIp type, Duration deadline, Cancel cancel);
  Task<Result<Reply>> deactivate(Duration deadline, Cancel cancel);

  // Sent by close(): what undoes a registration made with the modem.
  void on_close(Request request);
  // Deactivates, undoes registrations and closes the device, within the budget. A modem that does
  // not answer is sent the rest without waiting for it.
  Task<void> close(Duration budget);

  // "lte: mbim query connect".
  [[nodiscard]] std::string where(const std::string& what) const;

 private:
  struct Core;
  Task<Status> create_device(Cancel cancel);
  Task<Status> open_as(Mbimex version, Duration deadline, Cancel cancel);
  Task<bool> farewell(Request request, Instant until);
  Task<void> close_device(Instant until);
  Error explain(Error error, const std::string& where) const;

  Loop& loop_;
  const ModemConfig& config_;
  std::shared_ptr<Core> core_;
};

// The answer, or the failure that its status is.
Result<Reply> accepted(Result<Reply> reply, const std::string& where);

}  // namespace mwan::mbim
