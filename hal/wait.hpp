// SPDX-License-Identifier: LGPL-2.1-or-later
// Things a coroutine can wait for besides another Task: a pause, and somebody else's notification.
// Every wait has a deadline or a cancellation; none is for ever.
#pragma once

#include <coroutine>
#include <functional>
#include <list>
#include <memory>
#include <utility>

#include "hal/loop.hpp"
#include "hal/time.hpp"

namespace mwan {

// A request to give up, shared by everything that works on one device. Listeners are called once,
// from cancel(); one added afterwards is called at once.
class Cancel {
 public:
  Cancel() : state_(std::make_shared<State>()) {}

  void cancel() const {
    // A listener may unsubscribe others, or destroy this object, while it runs.
    const std::shared_ptr<State> state = state_;
    if (std::exchange(state->cancelled, true)) return;
    while (!state->listeners.empty()) {
      const auto call = std::move(state->listeners.front().call);
      state->listeners.pop_front();
      call();
    }
  }
  [[nodiscard]] bool cancelled() const { return state_->cancelled; }

 private:
  friend class CancelSubscription;
  struct Listener {
    unsigned id;
    std::function<void()> call;
  };
  struct State {
    bool cancelled = false;
    unsigned next_id = 1;
    std::list<Listener> listeners;
  };
  std::shared_ptr<State> state_;
};

class CancelSubscription {
 public:
  CancelSubscription() = default;
  CancelSubscription(const Cancel& cancel, std::function<void()> call) : state_(cancel.state_) {
    if (state_->cancelled) {
      call();
      return;
    }
    id_ = state_->next_id++;
    state_->listeners.push_back({id_, std::move(call)});
  }
  CancelSubscription(CancelSubscription&& other) noexcept
      : state_(std::move(other.state_)), id_(std::exchange(other.id_, 0)) {}
  CancelSubscription& operator=(CancelSubscription&& other) noexcept {
    reset();
    state_ = std::move(other.state_);
    id_ = std::exchange(other.id_, 0);
    return *this;
  }
  ~CancelSubscription() { reset(); }
  void reset() {
    if (state_ && id_ != 0) {
      std::erase_if(state_->listeners, [this](const auto& l) { return l.id == id_; });
    }
    id_ = 0;
    state_.reset();
  }

 private:
  std::shared_ptr<Cancel::State> state_;
  unsigned id_ = 0;
};

enum class Woken { Notified, Deadline, Cancelled };

// A wake-up call: notify() resumes every coroutine that waits at that moment (on the next turn of
// the loop). Nobody waiting = nothing happens, so check the condition before waiting.
class Notification {
 public:
  class Awaiter {
   public:
    Awaiter(Notification* owner, Loop& loop, Cancel cancel, Duration deadline)
        : owner_(owner), loop_(loop), cancel_(std::move(cancel)), deadline_(deadline) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() {
      if (owner_ != nullptr) owner_->waiting_.remove(this);
    }
    [[nodiscard]] bool await_ready() {
      if (cancel_.cancelled()) woken_ = Woken::Cancelled;
      return cancel_.cancelled();
    }
    void await_suspend(std::coroutine_handle<> self) {
      self_ = self;
      if (owner_ != nullptr) owner_->waiting_.push_back(this);
      timer_ = loop_.after(deadline_, [this] { wake(); });
      subscription_ = CancelSubscription(cancel_, [this] { schedule(Woken::Cancelled); });
    }
    Woken await_resume() const { return woken_; }

   private:
    friend class Notification;
    void schedule(Woken why) {
      if (woken_ != Woken::Cancelled) woken_ = why;
      // One wake-up only: replacing a pending one could put it off for ever.
      if (std::exchange(scheduled_, true)) return;
      // Never resume from inside somebody else's call.
      timer_ = loop_.soon([this] { wake(); });
    }
    void wake() {
      if (owner_ != nullptr) owner_->waiting_.remove(this);
      owner_ = nullptr;
      subscription_.reset();
      self_.resume();  // destroys this
    }
    Notification* owner_;
    Loop& loop_;
    Cancel cancel_;
    Duration deadline_;
    Woken woken_ = Woken::Deadline;
    bool scheduled_ = false;
    std::coroutine_handle<> self_;
    SourceHandle timer_;
    CancelSubscription subscription_;
  };

  Notification() = default;
  Notification(const Notification&) = delete;
  Notification& operator=(const Notification&) = delete;
  ~Notification() {
    for (Awaiter* waiter : waiting_) waiter->owner_ = nullptr;
  }

  void notify() {
    for (Awaiter* waiter : waiting_) waiter->schedule(Woken::Notified);
  }
  [[nodiscard]] Awaiter wait(Loop& loop, Cancel cancel, Duration deadline) {
    return Awaiter(this, loop, std::move(cancel), deadline);
  }

 private:
  std::list<Awaiter*> waiting_;
};

// co_await pause(...) == Woken::Deadline when the whole pause passed.
[[nodiscard]] inline Notification::Awaiter pause(Loop& loop, Cancel cancel, Duration d) {
  return Notification::Awaiter(nullptr, loop, std::move(cancel), d);
}

}  // namespace mwan
