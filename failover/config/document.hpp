// SPDX-License-Identifier: LGPL-2.1-or-later
// The tables of docs/settings.md and the lists of mwan-settings(5), made from the key tables.
#pragma once

#include <string>

namespace mwan::failover {

// Markdown tables, ending in a newline.
std::string document_settings_keys();
std::string document_profile_keys();

// For man(7), one paragraph a key, ending in a newline.
std::string manual_settings_keys();
std::string manual_profile_keys();

}  // namespace mwan::failover
