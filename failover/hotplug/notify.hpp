// SPDX-License-Identifier: LGPL-2.1-or-later
// A nudge from outside: "devices changed, look at them". One datagram over a socket in the daemon's
// state directory; it says nothing about what changed, so there is nothing in it to believe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover {

// Removed with its object.
class NotifySocket {
 public:
  // call: for every datagram of root or of our own user (SCM_CREDENTIALS, unix(7)), at most once a
  // turn of the loop. The directory is the daemon's own, and it is the only daemon there.
  static Result<std::unique_ptr<NotifySocket>> open(Loop& loop, const std::string& directory,
                                                    std::function<void()> call);
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
  ~NotifySocket();

 private:
  NotifySocket(UniqueFd socket, std::string path, std::function<void()> call);
  void readable();

  UniqueFd socket_;
  std::string path_;
  std::function<void()> call_;
  SourceHandle readable_;
};

// Never blocks. True: the daemon has it, or so many others that one more says nothing new. False:
// no daemon has this state directory.
Result<bool> notify_daemon(const std::string& directory);

}  // namespace mwan::failover
