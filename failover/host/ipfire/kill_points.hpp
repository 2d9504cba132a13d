// SPDX-License-Identifier: LGPL-2.1-or-later
// The places between two changes of the system, for tests that end the daemon in each of them.
#pragma once

#include <array>
#include <string_view>

namespace mwan::failover::ipfire {

inline constexpr std::array<std::string_view, 9> takeover_points = {
    "backup-made",       // primary-backup is on the disk
    "taking",            // the journal says so
    "connectd-ended",    // and keepconnected is gone
    "primary-ended",     // its programs, or with the full mode `red stop` has run
    "settings-swapped",  // with the full mode only
    "route-moved",
    "files-written",               // RED's state files; with the full mode `red start` has run
    "firewall-loaded",  "taken"};  // the journal says so

inline constexpr std::array<std::string_view, 7> give_back_points = {
    "giving",             // the journal says so
    "settings-restored",  // with the full mode only
    "test-ended",         // the primary is IPFire's
    "files-restored",     // RED's state files; where IPFire's own script runs: before it
    "route-yielded",
    "firewall-restored",  // by us or by IPFire's script
    "given"};             // the journal is gone

}  // namespace mwan::failover::ipfire
