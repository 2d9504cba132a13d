// SPDX-License-Identifier: LGPL-2.1-or-later
// A PPPoE access concentrator: Debian's pppoe-server with pppd behind it, in a network namespace at
// the far end of a cable. For the guest of tests/vm.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/lab/netns.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"
#include "tests/vm/lab/cable.hpp"

namespace mwan::vm {

struct PppoePlan {
  std::string near = "dsl0";  // our end of the cable; up
  std::string user = "customer@example.net";
  std::string password = "correct horse";
  std::string options;  // further lines for the server's pppd
};

inline constexpr const char* kPppoeServerAddress = "10.64.0.1";
inline constexpr const char* kPppoeFirstCustomer = "10.64.0.10";
inline constexpr const char* kPppoeDns = "10.64.0.53";
inline constexpr const char* kPppoeInternet = "198.51.100.64";  // answers pings

// NOTE Ownership: with the object the server, its sessions and the cable go.
// NOTE Threading: made, used and destroyed on the main thread (lab::Process).
class PppoeServer {
 public:
  // The cable is plugged in, the server is not running yet. One at a time: the user is written to
  // /etc/ppp/chap-secrets and pap-secrets, which in the guest are the program's own.
  static Result<PppoeServer> create(PppoePlan plan);

  PppoeServer(PppoeServer&&) noexcept = default;
  PppoeServer& operator=(PppoeServer&&) = delete;
  ~PppoeServer();

  Status start();
  // As for maintenance: sessions are ended properly, by force when that takes long. Returns when
  // none is left.
  void stop();
  // The line is dead and nobody is told: frames are lost in either direction, the carrier stays.
  Status cut(bool cut);
  // The card and its cable; the server goes on.
  Status unplug() { return cable_.unplug(); }
  Status plug() { return cable_.plug(); }

  [[nodiscard]] const PppoePlan& plan() const { return plan_; }
  [[nodiscard]] const lab::NetNs& netns() const { return cable_.netns(); }
  // What its pppd said.
  [[nodiscard]] std::string log() const;

 private:
  // The pppds of its sessions, and their programs.
  [[nodiscard]] std::vector<pid_t> sessions() const;
  PppoeServer(PppoePlan plan, Cable cable, lab::WorkFolder folder)
      : plan_(std::move(plan)), cable_(std::move(cable)), folder_(std::move(folder)) {}

  PppoePlan plan_;
  Cable cable_;
  lab::WorkFolder folder_;
  lab::Process server_;
};

}  // namespace mwan::vm
