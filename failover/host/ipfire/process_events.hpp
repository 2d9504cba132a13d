// SPDX-License-Identifier: LGPL-2.1-or-later
// Which programs are started and end on this host, as the kernel tells it: the connector for
// process events (linux/cn_proc.h, Documentation/driver-api/connector.rst; CONFIG_PROC_EVENTS).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover::ipfire {

// NOTE Threading: on the loop's thread. Only in the first network namespace, and for
// CAP_NET_ADMIN: elsewhere the kernel refuses.
class ProcessEvents {
 public:
  struct Calls {
    std::function<void(pid_t child, pid_t parent)> forked;
    std::function<void(pid_t)> started;  // it runs another program from now on (exec)
    std::function<void(pid_t)> ended;
    // The kernel had more to tell than there was room for.
    std::function<void()> lost;
  };

  // It listens from now on. Permanent when this kernel does not tell, or not to us.
  static Result<std::unique_ptr<ProcessEvents>> open(Loop& loop, Calls calls);
  ProcessEvents(const ProcessEvents&) = delete;
  ProcessEvents& operator=(const ProcessEvents&) = delete;
  ~ProcessEvents();

  // Not listening costs nothing; what happens meanwhile is not told later.
  void listen(bool on);

 private:
  ProcessEvents(Loop& loop, UniqueFd socket, Calls calls);
  [[nodiscard]] bool join(bool listen) const;
  [[nodiscard]] bool ask(bool listen) const;
  void readable() const;

  UniqueFd socket_;
  Calls calls_;
  SourceHandle watch_;
  bool listening_ = true;
};

}  // namespace mwan::failover::ipfire
