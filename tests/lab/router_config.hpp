// SPDX-License-Identifier: LGPL-2.1-or-later
// The configuration of the daemon under test: a wired profile and a modem's.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "hal/error.hpp"

namespace mwan::lab {

// Which facts the daemon may decide on: all, or what classic failover has (a ping a second, two
// missing ones are a failure).
enum class Mode { Radio, Pings };
std::string_view name(Mode mode);  // "radio", "pings"

enum class Primary { Wired, Modem };

inline constexpr const char* wired_profile = "wired";
inline constexpr const char* modem_profile = "lte";
// The simulator's abstract socket, in the router's namespace.
inline constexpr const char* proxy_name = "mwan-lab-modem";
// Short, so that a return does not take long to watch.
inline constexpr auto failback_stable = std::chrono::seconds(3);

// Files `settings` and `profiles/...` below folder.
Status write_router_config(const std::filesystem::path& folder, Mode mode, Primary primary);

}  // namespace mwan::lab
