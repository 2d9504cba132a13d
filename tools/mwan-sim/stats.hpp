// SPDX-License-Identifier: LGPL-2.1-or-later
// The simulator's books as JSON: what tests read to prove that nothing was left behind.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "hal/error.hpp"
#include "tools/mwan-sim/mbim/stack.hpp"
#include "tools/mwan-sim/net/packet_path.hpp"
#include "tools/mwan-sim/qmi/stack.hpp"

namespace mwan::sim {

struct Connections {
  std::size_t open = 0;
  std::uint64_t accepted = 0;
};
nlohmann::json collect_stats(const Modem& modem, const qmi::Stack& stack, const mbim::Stack& mbim,
                             const Connections& connections, const PacketPath& path);
// The same in four lines for people.
std::string summary(const nlohmann::json& stats);

// Under a temporary name first, then renamed: readers see the old file or the new one.
Status write_atomically(const std::string& path, const std::string& content);

}  // namespace mwan::sim
