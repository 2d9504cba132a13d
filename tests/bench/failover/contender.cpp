// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/contender.hpp"

namespace mwan::bench {

const char* name(Who who) {
  switch (who) {
    case Who::Ours:
      return "universal-mwan";
    case Who::Keepalived:
      return "keepalived";
    case Who::NetworkManager:
      return "NetworkManager";
  }
  return "";
}

std::optional<PeerProgram> find_peer(const Installed& installed, const std::string& name) {
  namespace fs = std::filesystem;
  if (!installed.peers.empty() && fs::exists(installed.peers / name)) {
    std::string libraries;
    for (const char* folder : {"usr/lib/" MWAN_MULTIARCH, "lib/" MWAN_MULTIARCH}) {
      libraries += (libraries.empty() ? "" : ":") + (installed.peers / folder).string();
    }
    return PeerProgram{installed.peers / name, {"/usr/bin/env", "LD_LIBRARY_PATH=" + libraries}};
  }
  const fs::path usual = "/" + name;
  if (fs::exists(usual)) return PeerProgram{usual, {}};
  return std::nullopt;
}

std::unique_ptr<Contender> make(Who who, const Installed& installed) {
  switch (who) {
    case Who::Ours:
      return make_ours(installed);
    case Who::Keepalived:
      return make_keepalived(installed);
    case Who::NetworkManager:
      return make_network_manager(installed);
  }
  return nullptr;
}

}  // namespace mwan::bench
