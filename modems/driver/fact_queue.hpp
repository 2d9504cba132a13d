// SPDX-License-Identifier: LGPL-2.1-or-later
// Facts on their way from a driver to whoever uses it: delivered in order, from the main loop and
// never from inside the call that caused them, so that a receiver may call the driver back.
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "hal/link_driver.hpp"
#include "hal/loop.hpp"
#include "hal/wait.hpp"

namespace mwan {

class FactQueue {
 public:
  explicit FactQueue(Loop& loop) : loop_(loop), state_(std::make_shared<State>()) {}

  void open(LinkDriver::Sink sink) { state_->sink = std::move(sink); }
  // Nothing is delivered any more, what waits is dropped.
  void close() {
    state_->sink = nullptr;
    state_->waiting.clear();
  }
  void push(Fact fact) {
    if (!state_->sink) return;
    state_->waiting.push_back(std::move(fact));
    if (!state_->planned) plan();
  }
  [[nodiscard]] bool empty() const { return !state_->planned; }
  // Told when everything was delivered.
  [[nodiscard]] Notification& drained() { return state_->drained; }

 private:
  struct State {
    LinkDriver::Sink sink;
    std::deque<Fact> waiting;
    bool planned = false;  // or under way
    Notification drained;
  };
  void plan() {
    state_->planned = true;
    // The receiver may destroy the driver, and this queue with it.
    delivery_ = loop_.soon([weak = std::weak_ptr(state_)] {
      while (const auto state = weak.lock()) {
        if (state->waiting.empty()) {
          state->planned = false;
          state->drained.notify();
          return;
        }
        const LinkDriver::Sink sink = state->sink;
        const Fact fact = std::move(state->waiting.front());
        state->waiting.pop_front();
        sink(fact);
      }
    });
  }

  Loop& loop_;
  std::shared_ptr<State> state_;
  SourceHandle delivery_;
};

}  // namespace mwan
