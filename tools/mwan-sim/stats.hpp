// SPDX-License-Identifier: LGPL-2.1-or-later
// The simulator's books as JSON: what tests read to prove that nothing was left behind.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "hal/error.hpp"
#include "tools/mwan-sim/net/packet_path.hpp"
#include "tools/mwan-sim/proxy/server.hpp"
#include "tools/mwan-sim/qmi/stack.hpp"

namespace mwan::sim {

nlohmann::json collect_stats(const Modem& modem, const qmi::Stack& stack, const ProxyServer& server,
                             const PacketPath& path);
// The same in four lines for people.
std::string summary(const nlohmann::json& stats);

// Under a temporary name first, then renamed: readers see the old file or the new one.
Status write_atomically(const std::string& path, const std::string& content);

}  // namespace mwan::sim
