// SPDX-License-Identifier: LGPL-2.1-or-later
// What interference prevention makes of what it sees while a backup carries RED: what differs from
// what should be, and whether it is repaired, left to somebody's will, or nothing at all. Pure.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "failover/host/ipfire/interference_actor.hpp"
#include "failover/host/ipfire/seams.hpp"
#include "hal/time.hpp"

namespace mwan::failover::ipfire {

// RED as it is. A text is empty when there is no such file, or none that is plain and small.
struct FoundRed {
  std::string iface;
  std::string local;
  std::string remote;
  bool active = false;
  std::string dns1;
  std::string dns2;
  bool keepconnected = false;
  // The device of the default route that counts: IPv4, the main table's lowest metric. Empty: there
  // is none. Nothing: it is not known.
  std::optional<std::string> route;
  bool operator==(const FoundRed&) const = default;
};

// The firewall, as far as RED is concerned.
struct FoundFirewall {
  std::vector<std::string> masqueraded;  // devices, in REDNAT
  bool reached = false;                  // POSTROUTING jumps to REDNAT
  std::vector<std::string> dropped;      // devices, in REDFORWARD: `firewall down`
};

enum class Part { Files, Route, Firewall, Actors };
std::string_view word(Part part);

struct Difference {
  Part part = Part::Files;
  std::string words;  // "red/active is missing", fit to be shown
  bool operator==(const Difference&) const = default;
};

// ipfires_own: IPFire itself runs the backup (full takeover), and keeps its address and its name
// servers.
std::vector<Difference> differences(const RedState& wanted, const FoundRed& found,
                                    bool ipfires_own);
std::vector<Difference> differences(const RedState& wanted, const FoundFirewall& found);

enum class Verdict { Ignore, Repair, StandAside };
std::string_view word(Verdict verdict);

struct InterferenceLimits {
  // So many in the window are repaired. Whoever changes RED again after that wants it so, or is
  // stronger: nobody is helped by two that take turns.
  std::size_t most = 5;
  Duration window = std::chrono::minutes(1);
  // How long it then keeps out of the way before it looks again.
  Duration pause = std::chrono::minutes(10);
};

// NOTE Threading: none; time is what the caller says.
class InterferenceRules {
 public:
  explicit InterferenceRules(InterferenceLimits limits = {}) : limits_(limits) {}

  // Guarding begins anew. ipfires_own: its dhcpcd, pppd and connectd are the backup's.
  void begin(bool keepconnected, bool ipfires_own);

  struct Decision {
    Verdict verdict = Verdict::Ignore;
    std::string words;  // why it stands aside; empty otherwise
  };
  // A process was started.
  Decision started(const Doer& doer, Instant now);
  // RED is not what it should be. doers: who may have done it, the likeliest first.
  Decision differs(const std::vector<Difference>& what, const std::vector<Doer>& doers,
                   Instant now);
  // What ethernet/settings or ppp/settings say has changed.
  Decision settings_changed(const std::string& file, const std::vector<Doer>& doers);
  // red/keepconnected is there, or not. connectd writes it; who removes it from IPFire's own
  // connection asks for its end.
  Decision keepconnected(bool there, const std::vector<Doer>& doers, Instant now);

  [[nodiscard]] bool aside(Instant now) const;
  // When it looks again by itself.
  [[nodiscard]] std::optional<Instant> until() const { return until_; }

 private:
  Decision repair(const std::vector<Doer>& doers, Instant now);
  Decision stand_aside(std::string words);

  struct Repaired {
    Instant when;
    pid_t culprit = 0;  // 0: not known
    int times = 1;
  };
  InterferenceLimits limits_;
  bool keepconnected_ = false;
  bool ipfires_own_ = false;
  bool aside_ = false;
  std::optional<Instant> until_;
  std::deque<Repaired> repaired_;
};

}  // namespace mwan::failover::ipfire
