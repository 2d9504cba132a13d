// SPDX-License-Identifier: LGPL-2.1-or-later
// What there is in the guest, so that it can be compared with how it was before a program ran.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

#include "hal/error.hpp"

namespace mwan::vm {

struct UserProcess {
  pid_t pid = 0;
  std::string text;  // for people
};

// All but process 1, udev's daemon and what that started, which ends with udev's event.
std::vector<UserProcess> user_processes();

// Network and USB devices, gadgets, addresses, routes, rules, nftables and a few settings of the
// kernel's network, one line each. Of the guest's first network namespace: others end with the
// programs that live in them.
Result<std::set<std::string>> inventory();

// udev has nothing more to do with what the kernel told it.
bool udev_is_idle();

// The names in /run.
std::set<std::string> run_names();

}  // namespace mwan::vm
