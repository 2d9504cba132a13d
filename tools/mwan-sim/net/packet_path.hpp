// SPDX-License-Identifier: LGPL-2.1-or-later
// The user plane: carries packets between the modem's network device and the operator's, as long as
// a data session of their family is up, with the delay of the path and the loss of the radio.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <utility>

#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"
#include "tools/mwan-sim/codec/bytes.hpp"
#include "tools/mwan-sim/modem/modem.hpp"
#include "tools/mwan-sim/scenario/scenario.hpp"

namespace mwan::sim {

// What became of a packet.
enum class Fate {
  Delivered,
  Lost,          // by the radio
  NoSession,     // no session of that family, not attached, radio off, or not raw-IP
  WrongAddress,  // not from (or not to) the address the network gave out
  TooBig,        // over the session's MTU
  NotIp,
  QueueFull,
  DeviceDown,  // the receiving network device did not take it
};
constexpr std::size_t kFates = 8;
const char* fate_name(Fate fate);

class PacketPath {
 public:
  struct Books {
    std::array<std::uint64_t, kFates> uplink{};
    std::array<std::uint64_t, kFates> downlink{};
  };

  // changed is called whenever a packet was counted.
  PacketPath(Loop& loop, Modem& modem, const PathSettings& settings, std::function<void()> changed);

  // Without an operator side, what the host sends is counted and dropped.
  Status open_host(const std::string& name);
  // Instead of a device of ours, for a modem on the bus, which knows its own packet format: deliver
  // says whether the host took the packet.
  void connect_host(std::function<bool(const Bytes&)> deliver) { deliver_ = std::move(deliver); }
  void from_host(Bytes packet) { travel(uplink_, std::move(packet)); }
  void close_host();
  // While it is stuck the host's device is not read: its queue fills and the kernel drops.
  void set_uplink_stuck(bool stuck);
  Status open_operator(const std::string& name, const std::string& netns);

  [[nodiscard]] const Books& books() const { return books_; }

 private:
  struct Waiting {
    Instant due;
    Bytes packet;
  };
  struct Direction {
    bool up = false;
    std::deque<Waiting> queue;
    SourceHandle timer;
  };
  // One end of the path.
  struct End {
    UniqueFd fd;
    SourceHandle readable;
  };
  void watch(End& end, Direction& direction);
  void receive(End& end, Direction& direction);
  void travel(Direction& direction, Bytes packet);
  void lease(const Bytes& packet) const;
  void arrive(Direction& direction);
  // False: nobody took it.
  [[nodiscard]] bool hand_over(const Direction& direction, const Bytes& packet) const;
  void arm(Direction& direction);
  // Crosses the radio: Delivered when it gets through.
  Fate cross_radio(const Direction& direction, const Bytes& packet);
  void count(const Direction& direction, Fate fate, const Bytes& packet);

  Loop& loop_;
  Modem& modem_;
  PathSettings settings_;
  std::function<void()> changed_;
  std::mt19937_64 random_;
  End host_;
  End operator_;
  std::function<bool(const Bytes&)> deliver_;  // set: the host has no device of ours
  Direction uplink_;
  Direction downlink_;
  bool uplink_stuck_ = false;
  Books books_;
};

}  // namespace mwan::sim
