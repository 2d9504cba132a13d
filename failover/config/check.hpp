// SPDX-License-Identifier: LGPL-2.1-or-later
// What only several keys, or several files, together can get wrong. Pure; a check that needs a
// broken key says nothing.
#pragma once

#include <vector>

#include "failover/config/apply.hpp"
#include "failover/config/config_error.hpp"
#include "failover/config/configuration.hpp"

namespace mwan::failover {

struct SettingsFile {
  DaemonSettings settings;
  Broken broken;
};
struct ProfileFile {
  Profile profile;
  Broken broken;
};

void check_settings(const SettingsFile& file, ConfigErrors& errors);
void check_profile(const SettingsFile& settings, const ProfileFile& file, ConfigErrors& errors);
void check_together(const SettingsFile& settings, const std::vector<ProfileFile>& profiles,
                    ConfigErrors& errors);

}  // namespace mwan::failover
