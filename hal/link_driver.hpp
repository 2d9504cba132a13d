// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon asks of every kind of link, whatever the hardware: come up, stay up, go down.
#pragma once

#include <functional>

#include "hal/link_event.hpp"
#include "hal/link_level.hpp"
#include "hal/task.hpp"

namespace mwan {

// Threading: everything on the thread of the GLib main context it was made on.
// Ownership: a driver never outlives its loop; destroying it cancels what is under way without
// talking to the device, so call stop() first when the device should be left clean.
class LinkDriver {
 public:
  // Facts are delivered from the main loop, never from inside start() or stop().
  using Sink = std::function<void(Fact)>;

  LinkDriver() = default;
  LinkDriver(const LinkDriver&) = delete;
  LinkDriver& operator=(const LinkDriver&) = delete;
  virtual ~LinkDriver() = default;

  // Begin the bring-up and keep the link up: failures are reported as fact::Trouble and retried
  // with back-off. Calling it on a started driver does nothing.
  virtual void start(Sink sink) = 0;

  // How far start() goes, Up unless said otherwise; on a started driver, where to go from here.
  // What is below Up is reported as bearers that end and AddressingLost, never as Trouble. A link
  // that has nothing to wait with, such as ethernet, comes up all the way.
  virtual void set_level(LinkLevel /*level*/) {}

  // Somebody doubts that the link works: find out at once what can be found out without asking
  // beyond it (does the gateway answer, does the modem still hold its bearers), and report it as
  // ever. Called up to once a second while a link is
  // idle; of a driver that is not started it does nothing.
  virtual void look_closer() {}

  // Release everything that was taken (bearers, client ids, link state), within a bounded time even
  // when the device does not answer. Completes when nothing more will be reported.
  virtual Task<void> stop() = 0;
};

}  // namespace mwan
