// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/process_end.hpp"

#include "hal/wait.hpp"

namespace mwan {

Task<bool> process_ended(Loop& loop, const UniqueFd& process, Instant limit) {
  bool ended = false;
  Notification changed;
  const SourceHandle on_exit = loop.watch(process.get(), Loop::Readable, [&](unsigned) {
    ended = true;
    changed.notify();
  });
  const Cancel never;
  while (!ended && Loop::now() < limit) {
    co_await changed.wait(loop, never, limit - Loop::now());
  }
  co_return ended;
}

}  // namespace mwan
