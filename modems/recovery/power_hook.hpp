// SPDX-License-Identifier: LGPL-2.1-or-later
// The program that cycles the power of a modem where somebody has wired that: a switchable hub, a
// GPIO, a relay. Some modems come back in no other way. It is called as
//   PROGRAM cycle LINK USB-PATH
// with the name of the link and the place of the USB device ("1-1.4", "-" when not known), and ends
// with exit code 0 when the power is on again.
#pragma once

#include <chrono>
#include <string>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"

namespace mwan {

struct PowerHook {
  std::string program;  // absolute path; empty: there is none
  Duration limit = std::chrono::seconds(60);
  // Who must own it; root but for tests.
  uid_t owner = 0;
};

// It is run as root, so nobody else may be able to change it: an absolute path to an executable
// file, of root, that group and others cannot write. Otherwise Permanent, with what to do.
Status check_power_hook(const PowerHook& hook, const std::string& link);

// Checks and runs it. Transient when it failed or took too long. While it runs the device goes and
// comes: be prepared for that before.
Task<Status> run_power_hook(Loop& loop, PowerHook hook, std::string link, std::string usb_path,
                            Cancel cancel);

}  // namespace mwan
