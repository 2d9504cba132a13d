// SPDX-License-Identifier: LGPL-2.1-or-later
// A thread in front of all that is not real-time: on one processor it sees what happens when it
// happens.
#pragma once

#include <thread>

#include <pthread.h>

#include "tests/lab/lab_error.hpp"

namespace mwan::vm {

// Needs CAP_SYS_NICE.
inline Status put_in_front(std::thread& thread) {
  sched_param first{};
  first.sched_priority = 1;
  const int error = ::pthread_setschedparam(thread.native_handle(), SCHED_FIFO, &first);
  if (error != 0) return lab::system_failure("a thread in front of the others", error);
  return {};
}

}  // namespace mwan::vm
