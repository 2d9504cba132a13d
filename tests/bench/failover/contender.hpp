// SPDX-License-Identifier: LGPL-2.1-or-later
// Who is measured: our daemon, and other programs that move the default route when a line fails.
// Each keeps eth1 as the first choice and eth2 as the second one.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/error.hpp"
#include "tests/bench/failover/two_lines.hpp"

namespace mwan::bench {

// Whom a contender that can is to ask whether a line works.
enum class Ask { Targets, TargetsAndDns };

class Contender {
 public:
  Contender() = default;
  Contender(const Contender&) = delete;
  Contender& operator=(const Contender&) = delete;
  virtual ~Contender() = default;

  // In the router's namespace, as one would configure it there at its best. folder, which exists,
  // is for configuration, state and logs. The lines outlive the contender.
  virtual Status start(const TwoLines& lines, const std::filesystem::path& folder, Ask ask) = 0;
  // Whether both lines are known to be well and no haste of the beginning is left.
  virtual bool ready() = 0;
  virtual bool running() = 0;
  // Names, as in /proc/PID/comm, of the processes that it is made of.
  [[nodiscard]] virtual std::vector<std::string> processes() const = 0;
  // The end of what it logged, for when something went wrong.
  [[nodiscard]] virtual std::string log_tail() const = 0;
};

enum class Who { Ours, Keepalived, NetworkManager };
inline constexpr Who everybody[] = {Who::Ours, Who::Keepalived, Who::NetworkManager};
const char* name(Who who);

// Where programs are. A peer that is not there is left out.
struct Installed {
  std::filesystem::path daemon;     // ours
  std::filesystem::path simulator;  // of modems, for the modem rows
  std::filesystem::path sandbox;    // mwan-bench-sandbox
  // Debian packages, unpacked; what is not there is looked for where packages install it.
  std::filesystem::path peers;
};

// A peer's program and how to start it: its argument vector begins with the words in front.
struct PeerProgram {
  std::filesystem::path path;
  std::vector<std::string> in_front;  // env, with the libraries that were unpacked beside it
};
// name: as "usr/sbin/keepalived".
std::optional<PeerProgram> find_peer(const Installed& installed, const std::string& name);

// Nothing when its program is not there.
std::unique_ptr<Contender> make(Who who, const Installed& installed);
// more_settings: further lines of its settings, for who does not measure the defaults.
std::unique_ptr<Contender> make_ours(const Installed& installed,
                                     const std::string& more_settings = "");
std::unique_ptr<Contender> make_keepalived(const Installed& installed);
std::unique_ptr<Contender> make_network_manager(const Installed& installed);

}  // namespace mwan::bench
