// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel said about a device.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mwan::tool {

// The text of one record of /dev/kmsg, with its time in front ("[   12.345678] usb 1-2: ...");
// empty for what is no record (Documentation/ABI/testing/dev-kmsg). Pure.
std::string kernel_log_line(std::string_view record);

// The last lines, at most so many, that hold one of the words. Empty when it may not be read.
std::vector<std::string> kernel_log(const std::vector<std::string>& words, std::size_t most);

}  // namespace mwan::tool
