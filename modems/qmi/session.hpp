// SPDX-License-Identifier: LGPL-2.1-or-later
// One opened QMI device: its client ids, requests and indications. libqmi is the transport; this
// is the only part of the driver that knows GObject.
//
// NOTE Ownership: whatever the modem hands out (client ids, data handles) is recorded the moment
// its answer arrives, also when nobody waits for that answer any more, and given back by close().
// Destroying a session that was not closed drops everything without a word to the modem.
// NOTE Threading: on the thread of the loop. Handlers are called from the loop, one at a time; they
// must not destroy the session.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"
#include "modems/modem_config.hpp"
#include "modems/qmi/indication.hpp"
#include "modems/qmi/requests.hpp"

namespace mwan::qmi {

struct ClientId {
  Service service = Service::Ctl;
  std::uint8_t id = 0;

  bool operator==(const ClientId&) const = default;
};

struct Reply {
  std::uint16_t error = 0;  // of the QMI protocol; 0 is success
  Bytes tlvs;

  [[nodiscard]] TlvView view() const { return TlvView(tlvs); }
};

class Session {
 public:
  // config must outlive the session.
  Session(Loop& loop, const ModemConfig& config);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  void on_indication(std::function<void(const Indication&)> handler);
  // The device was unplugged or its proxy closed the connection; every request fails with it.
  void on_gone(std::function<void()> handler);
  [[nodiscard]] bool gone() const;

  // Through the proxy, with the versions of its services. Once.
  Task<Status> open(Cancel cancel);
  // One client id. A service the modem does not have is a Permanent error.
  Task<Status> allocate(Slot slot, Cancel cancel);
  [[nodiscard]] bool has(Slot slot) const;

  // An answer, whatever it says. Errors are named "LINK: qmi WHAT".
  Task<Result<Reply>> request(Slot slot, Request request, Duration deadline, Cancel cancel);
  // Requests in a row that were not answered in time; any word from the modem makes it zero.
  [[nodiscard]] unsigned unanswered() const;

  // Start Network: a handle that the modem gives is kept here and stopped by stop_network() or
  // close(), even when the start was given up before its answer came.
  Task<Result<Reply>> start_network(IpFamily family, Duration deadline, Cancel cancel);
  Task<void> stop_network(IpFamily family, Duration deadline, Cancel cancel);

  // Sent by close() before the client ids go: what undoes a registration made with the modem.
  void on_close(Slot slot, Request request);
  // Stops bearers, undoes registrations, releases the client ids and closes the device, within the
  // budget. A modem that does not answer is sent the rest without waiting for it.
  Task<void> close(Duration budget);

  // After close(): the ids whose release was not confirmed, because the modem was silent or the
  // connection broke. Whether the modem still holds them then is the caller's to judge.
  [[nodiscard]] std::vector<ClientId> leftovers() const;
  // Releases an id that an earlier session left.
  Task<Status> reclaim(ClientId id, Cancel cancel);

  // The kernel's side of the data format; nothing to do for a device that sysfs does not know.
  Status expect_data_format(LinkLayer layer);

  // "lte: qmi get-card-status".
  [[nodiscard]] std::string where(const std::string& what) const;

 private:
  struct Core;
  Task<bool> farewell(Slot slot, Request request, Instant until);
  Error explain(Error error, const std::string& where);

  Loop& loop_;
  const ModemConfig& config_;
  std::shared_ptr<Core> core_;
};

// The reply, or the failure that its protocol error means.
Result<Reply> accepted(Result<Reply> reply, const std::string& where);

}  // namespace mwan::qmi
