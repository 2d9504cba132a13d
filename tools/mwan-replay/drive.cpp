// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/drive.hpp"

#include <algorithm>
#include <deque>

namespace mwan::replay {
namespace {

using namespace failover;
using std::chrono_literals::operator""s;

// The links come up and prove themselves before the recording begins.
constexpr Duration settling = 60s;

IpConfig some_config(std::uint16_t link) {
  // From the block for documentation (RFC 5737); nothing is ever sent.
  const auto text = "192.0.2." + std::to_string(link % 250 + 1) + "/24";
  return {.v4 = IpFamilyConfig{.address = *IpPrefix::parse(text), .gateway = {}, .dns = {}},
          .v6 = {},
          .mtu = {}};
}

class Player {
 public:
  Player(const Policy& policy, const std::vector<RecordedLink*>& links, const DriveOptions& options)
      : engine_(policy),
        links_(links),
        options_(options),
        pace_(links.size()),
        sent_(links.size()),
        late_(links.size()) {}

  DriveResult play(std::size_t seconds) {
    settle();
    for (std::size_t t = 0; t < seconds; ++t) {
      out_.seconds.push_back({active(), std::move(reason_)});
      reason_.clear();
      std::ranges::fill(sent_, 0);
      second_ = t;
      run_until(start(t + 1));
      hear(t);
      answer_now();
      if (options_.opinions) note_opinions();
    }
    return std::move(out_);
  }

 private:
  struct Pace {
    Duration interval{};
    Instant next;
  };

  [[nodiscard]] static Instant start(std::size_t second) {
    return Instant(settling + std::chrono::seconds(second));
  }
  [[nodiscard]] std::uint16_t count() const { return static_cast<std::uint16_t>(links_.size()); }
  [[nodiscard]] std::uint16_t active() const { return engine_.active().value_or(LinkId{0}).index; }

  void settle() {
    settled_ = false;
    feed(Start{});
    for (std::uint16_t i = 0; i < count(); ++i) {
      feed(Observation{LinkId{i}, fact::Addressing{some_config(i)}});
    }
    run_until(start(0));
    settled_ = true;
    out_.probes = 0;
    out_.switches = 0;
    reason_ = "start";
  }

  // Probes and the engine's timer, in the order of their times; `end` belongs to it.
  void run_until(Instant end) {
    while (true) {
      std::optional<Instant> next = engine_.deadline();
      std::optional<std::uint16_t> prober;
      for (std::uint16_t i = 0; i < count(); ++i) {
        if (pace_[i].interval == Duration{}) continue;
        if (!next || pace_[i].next <= *next) {
          next = pace_[i].next;
          prober = i;
        }
      }
      if (!next || *next > end) break;
      now_ = std::max(now_, *next);
      if (prober) {
        probe(*prober);
      } else {
        feed(TimerFired{});
      }
    }
    now_ = std::max(now_, end);
  }

  // A round at once where they become more frequent, none where only the limit of an answer
  // changes.
  void set_pace(Pace& pace, Duration interval) const {
    if (interval == pace.interval) return;
    pace = {interval, now_};
  }

  void probe(std::uint16_t link) {
    pace_[link].next = now_ + pace_[link].interval;
    fact::Probe round{
        .sent = options_.probes_per_round, .answered = 0, .ok = false, .rtt = {}, .complete = true};
    for (std::uint16_t i = 0; i < round.sent; ++i) {
      if (!settled_ || links_[link]->answers(second_, sent_[link]++)) ++round.answered;
    }
    out_.probes += round.sent;
    round.ok = round.answered > 0;
    feed(Observation{LinkId{link}, round});
  }

  void hear(std::size_t second) {
    for (std::uint16_t i = 0; i < count(); ++i) {
      late_[i].push_back(links_[i]->heard(second));
    }
    if (second < options_.radio_late_s) return;
    // The link in use last: what is decided about it is then decided on the others' newest state,
    // as it is when every modem reports in its own time.
    std::vector<std::uint16_t> order;
    for (std::uint16_t i = 0; i < count(); ++i) {
      if (i != active()) order.push_back(i);
    }
    order.push_back(active());
    for (const std::uint16_t i : order) {
      for (const Fact& fact : late_[i].front()) feed(Observation{LinkId{i}, fact});
      late_[i].pop_front();
    }
  }

  // What the engine decides about what it has just heard, before anything else happens.
  void answer_now() {
    constexpr Duration at_once = std::chrono::milliseconds(50);
    const Instant end = now_ + at_once;
    while (const auto next = engine_.deadline()) {
      if (*next > end) return;
      now_ = *next;
      feed(TimerFired{});
    }
  }

  void note_opinions() {
    std::vector<Opinion> now;
    for (std::uint16_t i = 0; i < count(); ++i) {
      now.push_back({engine_.health(LinkId{i}).assess(now_, engine_.policy().risk)});
    }
    out_.opinions.push_back(std::move(now));
  }

  void feed(const Event& event) {
    std::deque<Event> queue{event};
    while (!queue.empty()) {
      const Event next = std::move(queue.front());
      queue.pop_front();
      ++out_.events;
      for (const Action& action : engine_.step(now_, next)) {
        if (const auto* apply = std::get_if<ApplyConfig>(&action)) {
          queue.emplace_back(ConfigApplied{apply->link, std::nullopt});
        } else if (const auto* step = std::get_if<RunStep>(&action)) {
          if (step->step == Step::ActivateLink && step->from && step->from != step->to) {
            ++out_.switches;
          }
          queue.emplace_back(StepResult{step->step, std::nullopt});
        } else if (const auto* probing = std::get_if<SetProbing>(&action)) {
          set_pace(pace_.at(probing->link.index), probing->interval);
        } else if (const auto* change = std::get_if<StateChange>(&action)) {
          if (change->to == State::InitiatingFailover || change->to == State::InitiatingFailback) {
            if (reason_.empty()) reason_ = change->reason;
          }
        }
      }
    }
  }

  Engine engine_;
  const std::vector<RecordedLink*>& links_;
  DriveOptions options_;
  Instant now_;
  std::size_t second_ = 0;
  bool settled_ = false;
  std::vector<Pace> pace_;
  std::vector<std::uint64_t> sent_;                  // probes of this second, by link
  std::vector<std::deque<std::vector<Fact>>> late_;  // heard and not told yet, by link
  std::string reason_;
  DriveResult out_;
};

}  // namespace

DriveResult drive(const Policy& policy, const std::vector<RecordedLink*>& links,
                  std::size_t seconds, const DriveOptions& options) {
  return Player(policy, links, options).play(seconds);
}

}  // namespace mwan::replay
