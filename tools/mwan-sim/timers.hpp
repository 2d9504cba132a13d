// SPDX-License-Identifier: LGPL-2.1-or-later
// Time as the simulated modem needs it: a clock and calls in the future. The real one runs on the
// main loop; tests use VirtualTimers and move time by hand.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "hal/loop.hpp"
#include "hal/time.hpp"

namespace mwan::sim {

// A pending call; dropping the last copy takes the call back.
using Timer = std::shared_ptr<void>;

class Timers {
 public:
  Timers() = default;
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  virtual ~Timers() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  // The call may drop or replace its own Timer.
  [[nodiscard]] virtual Timer after(Duration delay, std::function<void()> call) = 0;
};

class LoopTimers final : public Timers {
 public:
  explicit LoopTimers(Loop& loop) : loop_(loop) {}
  [[nodiscard]] Instant now() const override { return Loop::now(); }
  [[nodiscard]] Timer after(Duration delay, std::function<void()> call) override {
    return std::make_shared<SourceHandle>(loop_.after(delay, std::move(call)));
  }

 private:
  Loop& loop_;
};

class VirtualTimers final : public Timers {
 public:
  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] Timer after(Duration delay, std::function<void()> call) override {
    auto pending = std::make_shared<std::function<void()>>(std::move(call));
    queue_.emplace(now_ + delay, pending);
    return pending;
  }
  // Runs everything that falls due, in order, including what is scheduled on the way.
  void advance(Duration by) {
    const Instant end = now_ + by;
    while (!queue_.empty() && queue_.begin()->first <= end) {
      auto next = queue_.extract(queue_.begin());
      now_ = next.key();
      if (const auto call = next.mapped().lock()) (*call)();
    }
    now_ = end;
  }

 private:
  Instant now_{};
  std::multimap<Instant, std::weak_ptr<std::function<void()>>> queue_;
};

}  // namespace mwan::sim
