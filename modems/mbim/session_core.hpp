// SPDX-License-Identifier: LGPL-2.1-or-later
// What outlives a session object when an answer is late: the connection, and the data session that
// may have come up. Internal to the session; callbacks of libmbim hold it by shared_ptr.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hal/loop.hpp"
#include "hal/wait.hpp"
#include "modems/mbim/gobject.hpp"
#include "modems/mbim/session.hpp"

namespace mwan::mbim {

// One cancellation out of two: libmbim leaves its requests alone when the connection breaks.
struct Either {
  Cancel cancel;
  CancelSubscription first;
  CancelSubscription second;

  Either(const Cancel& a, const Cancel& b)
      : first(a, [c = cancel] { c.cancel(); }), second(b, [c = cancel] { c.cancel(); }) {}
};

struct Session::Core {
  enum class Phase {
    Open,
    Farewell,  // closed, but the answer to an activation is still awaited
    Over,      // nothing may be sent
  };

  explicit Core(Loop& l) : loop(l), end(g_cancellable_new()) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  void created(MbimDevice* device);  // watches it
  // Ends the connection without a word to the modem.
  void over();
  // Awaits a late answer to an activation, undoes it, then is over.
  void linger();
  void send(const Request& request);  // without waiting for the answer
  // The reply of a finished mbim_device_command().
  Result<Reply> finish(GObject* source, GAsyncResult* result);
  // The same for an activation, which nobody may wait for any more.
  Result<Reply> finish_activation(GObject* source, GAsyncResult* result, bool given_up);
  void lost(std::string why);
  [[nodiscard]] Mbimex version() const;

  Loop& loop;
  GCancellable* end;  // cancels what is under way in libmbim
  Phase phase = Phase::Open;
  DeviceRef device;
  bool opened = false;
  bool may_be_up = false;  // an activation was sent and no deactivation confirmed
  unsigned activating = 0;
  unsigned unanswered = 0;
  bool gone = false;
  std::string gone_why;
  Cancel broken;         // with gone: wakes everybody, libmbim leaves requests unanswered
  Notification settled;  // activating changed
  std::function<void(const Indication&)> on_indication;
  std::function<void()> on_complaint;
  std::function<void()> on_gone;
  std::vector<Request> farewells;

 private:
  void indicate(const MbimMessage* message);
  void complain(const GError* error);

  std::deque<Indication> queue_;
  SourceHandle delivery_;
  SourceHandle complaint_;
  SourceHandle telling_gone_;
};

}  // namespace mwan::mbim
