// SPDX-License-Identifier: LGPL-2.1-or-later
// What IpfireHost has others do when RED is taken over and given back: guarding it against IPFire's
// own programs, and telling the services. It does the rest itself: connectd and the clients of the
// primary, RED's files, the default route, `firewall up`, the conntrack entries of the link that
// was left.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hal/error.hpp"
#include "hal/ip.hpp"

namespace mwan::failover::ipfire {

// What RED is, in the words of its state files.
struct RedState {
  std::string iface;
  IpAddress local;             // IPv4
  IpAddress remote;            // the gateway's
  std::vector<IpAddress> dns;  // two at most are written
  bool operator==(const RedState&) const = default;
};

// A backup is RED from now on.
struct Takeover {
  RedState red;
  std::string link;            // the backup's profile
  std::string primary_device;  // RED_DEV of the primary: "red0"
  bool full = false;           // ethernet/settings names the backup as well
};

// What puts things right when somebody else has changed them; each may be called at any time while
// the guard is started, does nothing where all is well, and logs what fails.
struct Repairs {
  std::function<void()> files;     // RED's state files, as in Takeover::red
  std::function<void()> route;     // the default route
  std::function<void()> firewall;  // `firewall up`, asynchronously
  std::function<void()> actors;    // ends connectd, and dhcpcd and pppd of the primary
};

// Interference prevention.
class Guard {
 public:
  Guard() = default;
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  virtual ~Guard() = default;

  // Again with another backup: it changes over. The repairs may be called until stop().
  virtual void start(const Takeover& expected, Repairs repairs) = 0;
  // Nothing is repaired from here on. Also when it is not started.
  virtual void stop() = 0;
};

// RED has changed; everything that IpfireHost does is done.
struct RedChange {
  RedState from;  // iface is empty where that is not known
  RedState to;
  bool to_primary = false;
  // IPFire's own hooks in red.up have run for `to`, and with them what they restart.
  bool hooks_ran = false;
};

class Services {
 public:
  using Done = std::function<void()>;

  Services() = default;
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;
  virtual ~Services() = default;

  // Begins at once and goes on beside the loop; one that is still under way for an earlier change
  // is superseded. done: called once from the loop, when all has ended or failed, which is logged.
  virtual void run(const RedChange& change, Done done) = 0;
};

}  // namespace mwan::failover::ipfire
