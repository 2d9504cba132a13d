// SPDX-License-Identifier: LGPL-2.1-or-later
// What an administrator means who changes ethernet/settings while a backup is in RED's place. Pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "hal/error.hpp"

namespace mwan::failover::ipfire {

// Those that say what RED is, and that a backup replaces with the full mode.
inline constexpr std::array<std::string_view, 6> red_keys = {
    "RED_TYPE", "RED_DEV", "RED_ADDRESS", "RED_NETMASK", "RED_NETADDRESS", "DEFAULT_GATEWAY"};

// The settings that the primary has from now on; nothing: nobody else has changed them. primarys:
// as they were; ours: what we had written for the backup, empty when nothing; found: what is there
// now. Where the keys above still are as we wrote them, the primary's stand in their place; where
// one of them is not, RED was set up anew, and they are all taken as found. An error names the
// line.
Result<std::optional<std::string>> settings_of_others(std::string_view primarys,
                                                      std::string_view ours,
                                                      std::string_view found);

}  // namespace mwan::failover::ipfire
