// SPDX-License-Identifier: LGPL-2.1-or-later
// One asynchronous GLib call as an awaitable, with a cancellation and a deadline that hold even
// when the library never calls back.
//
//   auto client = co_await gasync<ClientRef>(loop, cancel, 10s, "qmi allocate client",
//       [&](GCancellable* c, GAsyncReadyCallback done, gpointer data) {
//       qmi_device_allocate_client(..., c, done, data); },
//       [](GObject* source, GAsyncResult* result) -> Result<ClientRef> { ... _finish(...) ... });
//
// finish is always called exactly once if the library calls back at all, also after the deadline
// or after the waiting coroutine is gone; its value is then dropped, so it should own (RAII) what
// the call acquired. It must not refer to the waiting coroutine's frame.
#pragma once

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gio/gio.h>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/wait.hpp"

namespace mwan {

// The R of a call that gives nothing but success.
struct Done {};

template <class R>
class GAsyncAwaiter {
 public:
  using Start = std::function<void(GCancellable*, GAsyncReadyCallback, gpointer)>;
  using Finish = std::function<Result<R>(GObject*, GAsyncResult*)>;

  GAsyncAwaiter(Loop& loop, Cancel cancel, Duration deadline, std::string what, Start start,
                Finish finish)
      : loop_(loop),
        cancel_(std::move(cancel)),
        deadline_(deadline),
        what_(std::move(what)),
        start_(std::move(start)),
        call_(std::make_shared<Call>()) {
    call_->finish = std::move(finish);
  }
  GAsyncAwaiter(const GAsyncAwaiter&) = delete;
  GAsyncAwaiter& operator=(const GAsyncAwaiter&) = delete;
  ~GAsyncAwaiter() { abandon(); }

  [[nodiscard]] bool await_ready() {
    if (!cancel_.cancelled()) return false;
    result_ = failed(FailureClass::Cancelled, what_, "cancelled");
    return true;
  }
  void await_suspend(std::coroutine_handle<> self) {
    self_ = self;
    call_->waiter = this;
    call_->cancellable = g_cancellable_new();
    timer_ = loop_.after(deadline_, [this] {
      wake(failed(FailureClass::Transient, what_,
                  "no answer within " + std::to_string(to_ms(deadline_)) + " ms"));
    });
    subscription_ = CancelSubscription(cancel_, [this] {
      if (result_) return;  // the answer was here first
      timer_ = loop_.soon([this] { wake(failed(FailureClass::Cancelled, what_, "cancelled")); });
    });
    // The reference that the library's callback gives back.
    start_(call_->cancellable, &GAsyncAwaiter::done, new std::shared_ptr<Call>(call_));
  }
  Result<R> await_resume() {
    return std::move(*result_);  // NOLINT(bugprone-unchecked-optional-access): set by who resumes
  }

 private:
  struct Call {
    GAsyncAwaiter* waiter = nullptr;
    GCancellable* cancellable = nullptr;
    Finish finish;
    Call() = default;
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call() { g_clear_object(&cancellable); }
  };

  static void done(GObject* source, GAsyncResult* result, gpointer data) {
    const std::unique_ptr<std::shared_ptr<Call>> keep(static_cast<std::shared_ptr<Call>*>(data));
    Call& call = **keep;
    Result<R> outcome = call.finish(source, result);
    if (call.waiter == nullptr) return;  // too late: outcome releases what it owns
    GAsyncAwaiter* waiter = call.waiter;
    // A library may complete inside the starting call; resume from the loop, never from there.
    waiter->result_ = std::move(outcome);
    call.waiter = nullptr;
    waiter->timer_ = waiter->loop_.soon([waiter] { waiter->resume(); });
  }
  void wake(Result<R> outcome) {
    result_ = std::move(outcome);
    abandon();
    resume();
  }
  void abandon() {
    if (call_->waiter == nullptr) return;
    call_->waiter = nullptr;
    g_cancellable_cancel(call_->cancellable);
  }
  void resume() {
    subscription_.reset();
    self_.resume();  // destroys this
  }

  Loop& loop_;
  Cancel cancel_;
  Duration deadline_;
  std::string what_;
  Start start_;
  std::shared_ptr<Call> call_;
  std::optional<Result<R>> result_;
  std::coroutine_handle<> self_;
  SourceHandle timer_;
  CancelSubscription subscription_;
};

template <class R>
[[nodiscard]] GAsyncAwaiter<R> gasync(Loop& loop, Cancel cancel, Duration deadline,
                                      std::string what, typename GAsyncAwaiter<R>::Start start,
                                      typename GAsyncAwaiter<R>::Finish finish) {
  return GAsyncAwaiter<R>(loop, std::move(cancel), deadline, std::move(what), std::move(start),
                          std::move(finish));
}

}  // namespace mwan
