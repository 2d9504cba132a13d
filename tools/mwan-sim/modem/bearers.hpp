// SPDX-License-Identifier: LGPL-2.1-or-later
// Data sessions of the modem: at most one of each IP family, shared by everybody who started it and
// ended when the last handle on it is given back, or by the network.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hal/ip.hpp"
#include "tools/mwan-sim/modem/session_end.hpp"
#include "tools/mwan-sim/modem/settings.hpp"
#include "tools/mwan-sim/timers.hpp"

namespace mwan::sim {

struct Traffic {
  std::uint64_t tx_packets = 0;  // from the host to the network
  std::uint64_t rx_packets = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_dropped = 0;
  std::uint64_t rx_dropped = 0;
};

struct BearerState {
  AddressPlan plan;
  std::string apn;
  Traffic traffic;
};

class Bearers {
 public:
  using Handle = std::uint32_t;
  using Owner = std::uint16_t;  // whoever holds handles: a client id, or kModemItself
  static constexpr Owner kModemItself = 0xFFFF;

  enum class StartResult { Connected, AlreadyStarted, Failed, Aborted };
  struct Started {
    StartResult result = StartResult::Failed;
    Handle handle = 0;
    SessionEnd why;  // with Failed
  };
  struct Counters {
    std::uint64_t started = 0;  // sessions that came up
    std::uint64_t stopped = 0;  // ended by giving back the last handle
    std::uint64_t dropped = 0;  // ended by the network or the radio
    std::uint64_t refused = 0;  // attempts that failed
  };
  struct Events {
    // A session came up (no value) or ended.
    std::function<void(IpFamily, std::optional<SessionEnd>)> changed;
    // Why a session could not be had right now; nothing when it can. Once for each attempt.
    std::function<std::optional<SessionEnd>(IpFamily, const std::string& apn)> obstacle;
  };

  Bearers(Timers& timers, const ModemSettings& settings, Events events)
      : timers_(timers), settings_(settings), events_(std::move(events)) {}

  // Answers through done, later unless it can tell at once. Returns an id for abort().
  std::uint32_t start(Owner owner, IpFamily family, std::string apn,
                      std::function<void(Started)> done);
  // True when that attempt was still under way: its done was called with Aborted.
  bool abort(std::uint32_t attempt);
  // False: the owner has no such handle.
  bool stop(Owner owner, Handle handle);
  // Everything the owner holds or attempts, without calling back.
  void forget(Owner owner);
  void drop(IpFamily family, SessionEnd why);
  void drop_all(SessionEnd why);
  void renumber(IpFamily family, AddressPlan plan);

  [[nodiscard]] BearerState* find(IpFamily family);
  [[nodiscard]] const BearerState* find(IpFamily family) const;
  [[nodiscard]] std::size_t handles(IpFamily family) const;
  [[nodiscard]] bool holds(Owner owner, IpFamily family) const;
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] Traffic last_traffic(IpFamily family) const;

 private:
  struct Session {
    BearerState state;
    std::map<Handle, Owner> handles;
  };
  struct Attempt {
    Owner owner = 0;
    IpFamily family = IpFamily::V4;
    std::string apn;
    std::function<void(Started)> done;
    Timer timer;
  };
  void conclude(std::uint32_t id);
  void end(IpFamily family, SessionEnd why);

  Timers& timers_;
  const ModemSettings& settings_;
  Events events_;
  std::map<IpFamily, Session> sessions_;
  std::map<IpFamily, Traffic> last_traffic_;
  std::map<std::uint32_t, Attempt> attempts_;
  std::uint32_t next_attempt_ = 1;
  // Qualcomm modems give addresses as handles; what matters is that they are not small numbers.
  Handle next_handle_ = 0x04A30010;
  Counters counters_;
};

}  // namespace mwan::sim
