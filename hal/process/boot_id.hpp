// SPDX-License-Identifier: LGPL-2.1-or-later
// What was noted about processes, devices and routes holds until the system is started anew.
#pragma once

#include <string>

namespace mwan {

// The kernel's, another one in every boot (/proc/sys/kernel/random/boot_id, random(4)). Empty where
// there is none.
std::string boot_id();

}  // namespace mwan
