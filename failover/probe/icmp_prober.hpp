// SPDX-License-Identifier: LGPL-2.1-or-later
// Echo requests to several targets in parallel, through one link only.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "failover/probe/icmp_socket.hpp"
#include "failover/probe/probe_round.hpp"
#include "failover/probe/prober.hpp"
#include "hal/loop.hpp"

namespace mwan::failover {

struct IcmpProberConfig {
  std::string netdev;
  // Our addresses on the link. A target of a family without one is not asked.
  std::optional<IpAddress> source_v4;
  std::optional<IpAddress> source_v6;
  std::vector<IpAddress> targets;
  std::uint16_t quorum =
      1;  // answers that make a round good; at most as many as can be asked count
  Duration timeout = std::chrono::seconds(1);
};

// NOTE Threading: on the loop's thread. Sockets are made when first needed and anew after errors,
// so it may be created before the device or the address is there; rounds fail until then.
class IcmpProber final : public Prober {
 public:
  IcmpProber(Loop& loop, IcmpProberConfig config, Report report);

  void set_interval(Duration interval) override;
  void round() override;
  [[nodiscard]] const std::string& last_failure() const override { return last_failure_; }

 private:
  struct Round {
    ProbeRound tally;
    Instant begun;
    std::optional<Duration> rtt;
    std::string failure;  // of sending
    SourceHandle limit;
  };
  struct Family {
    std::optional<IpAddress> source;
    std::optional<IcmpSocket> socket;
    SourceHandle watch;
  };
  // What an answer has to match to count, by its sequence number.
  struct Expected {
    std::uint32_t round;
    IpAddress target;
  };

  Family& family(IpFamily which) { return which == IpFamily::V4 ? v4_ : v6_; }
  void tick();
  bool ready(Family& family, std::string& failure);
  void ask(std::uint32_t number, Round& round, const IpAddress& target);
  void receive(Family& family);
  void time_is_over(std::uint32_t number);
  void finish(std::uint32_t number);
  void deliver();
  std::uint16_t next_sequence();

  Loop& loop_;
  IcmpProberConfig config_;
  Report report_;
  std::uint64_t token_;
  std::uint16_t raw_id_;
  Family v4_;
  Family v6_;
  std::uint16_t usable_ = 0;  // targets that can be asked

  Duration interval_{0};
  Instant due_;
  SourceHandle pace_;
  std::uint32_t last_round_ = 0;
  std::uint16_t last_sequence_ = 0;
  std::map<std::uint32_t, Round> rounds_;
  std::map<std::uint16_t, Expected> expected_;
  std::deque<fact::Probe> finished_;
  SourceHandle delivery_;
  std::string last_failure_;
};

}  // namespace mwan::failover
