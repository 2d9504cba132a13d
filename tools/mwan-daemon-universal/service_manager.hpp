// SPDX-License-Identifier: LGPL-2.1-or-later
// What systemd wants to hear of a service of Type=notify (sd_notify(3), sd_watchdog_enabled(3)):
// datagrams to the socket that NOTIFY_SOCKET names. Without one, nothing is said to anybody.
#pragma once

#include <string>
#include <string_view>

#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::daemon {

class ServiceManager {
 public:
  // Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment: programs that we
  // start have nothing to say there.
  static ServiceManager from_environment();

  // From now on the watchdog is fed by the loop, at half of the time it allows: a loop that hangs
  // feeds nothing.
  void ready(Loop& loop, std::string_view words);
  void stopping();
  [[nodiscard]] bool there() const { return static_cast<bool>(socket_); }

 private:
  void say(std::string_view text);
  void feed(Loop& loop);

  UniqueFd socket_;
  std::string address_;  // as sockaddr_un::sun_path, without an end
  Duration watchdog_{};  // 0: none
  SourceHandle feeding_;
};

}  // namespace mwan::daemon
