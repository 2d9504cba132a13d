// SPDX-License-Identifier: LGPL-2.1-or-later
// What the packet counters of a link say about the other end: whether the traffic is answered. Told
// from counters alone, without a packet of our own, and of every kind of link. Pure.
//
// NOTE Counters do not know whose packets they count. On a segment with others, their broadcasts
// look like answers: then nothing is said here, and probes have to find out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "hal/link_event.hpp"
#include "hal/time.hpp"
#include "hal/traffic/answer_share.hpp"
#include "hal/traffic/netdev_counters.hpp"

namespace mwan {

struct FlowPolicy {
  // From one sample to the next while packets flow or an answer is missing, and otherwise.
  Duration busy = std::chrono::milliseconds(100);
  Duration idle = std::chrono::seconds(1);
  // Unanswered: packets left in at least two samples, so many, over at least this time (or twice
  // the round trip time, where that is longer), and next to none came in.
  std::uint64_t packets = 2;
  Duration patience = std::chrono::milliseconds(150);
  // A flow: packets a second that come in.
  std::uint64_t flow_rate = 8;
  // A flow that stopped coming in for so long is Silent; said so often at most, for pauses are
  // common.
  Duration silence = std::chrono::milliseconds(200);
  Duration rest = std::chrono::seconds(5);
  // What is unanswered for so long is looked at as seldom as an idle link, and forgotten when
  // nothing more was sent for `forget`.
  Duration keen = std::chrono::seconds(2);
  Duration forget = std::chrono::seconds(10);
};

class FlowDetector {
 public:
  explicit FlowDetector(FlowPolicy policy = {}) : policy_(policy) {}

  // In order of time. A fact when something is other than told last.
  [[nodiscard]] std::optional<fact::Traffic> sample(Instant now, const NetdevCounters& counters);
  // When the next sample is wanted, counted from the last one.
  [[nodiscard]] Duration pace() const;
  // How long answers take on this link.
  void round_trip(Duration time) { round_trip_ = time; }
  // Whether anything came in between the last two samples.
  [[nodiscard]] bool received() const { return received_; }
  // Whether the last sample shows that fewer answers come than usual: no fact, but worth a
  // question.
  [[nodiscard]] bool thinned() const { return thinned_; }

 private:
  struct Difference {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    Duration over{};
  };
  struct Unanswered {
    Instant since;  // the last moment before the first of them left
    Instant last;   // when the last one was seen to have left
    std::uint64_t packets = 0;
    int samples = 0;  // in which some left
  };

  void begin(Instant now, const NetdevCounters& counters);
  void take_sent(Instant now, const Difference& d);
  [[nodiscard]] bool unanswered(Instant now) const;
  [[nodiscard]] bool silent(Instant now) const;
  std::optional<fact::Traffic> tell(fact::Flow flow);

  FlowPolicy policy_;
  Duration round_trip_{};
  std::optional<NetdevCounters> before_;
  Instant before_time_;
  bool received_ = false;
  AnswerShare share_;
  bool thinned_ = false;
  bool flows_ = false;              // in the last sample
  std::optional<Instant> flowed_;   // when something last came in, of a flow
  std::optional<Unanswered> open_;  // sent since the last answer
  std::optional<fact::Flow> told_;
  std::optional<Instant> told_silent_;
  Instant now_;
};

}  // namespace mwan
