// SPDX-License-Identifier: LGPL-2.1-or-later
// Task<T>: a coroutine that starts when it is awaited (or given to a Job) and is owned by whoever
// holds it. Bring-up and recovery sequences read as straight code with it.
//
// NOTE Ownership: destroying a Task that is suspended destroys its frame and everything in it;
// awaitables of this project (hal/gasync.hpp, hal/wait.hpp) survive that.
// NOTE Threading: resumed on the thread of the main loop only.
// NOTE Style: bind the arguments of a coroutine to named variables before calling it, and await a
// Task by name or directly, never inside a conditional expression: GCC 12 destroys braced
// temporaries in those places twice.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace mwan {

template <class T>
class [[nodiscard]] Task;

namespace detail {

struct TaskPromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  std::exception_ptr exception;

  struct FinalAwaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      return self.promise().continuation;
    }
    void await_resume() const noexcept {}
  };

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object() noexcept;
  void return_value(T v) { value.emplace(std::move(v)); }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return std::move(*value);  // NOLINT(bugprone-unchecked-optional-access): the task has returned
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const {
    if (exception) std::rethrow_exception(exception);
  }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() { reset(); }

  struct Awaiter {
    Handle handle;
    [[nodiscard]] bool await_ready() const noexcept { return handle.done(); }
    Handle await_suspend(std::coroutine_handle<> caller) const noexcept {
      handle.promise().continuation = caller;
      return handle;
    }
    T await_resume() const { return handle.promise().take(); }
  };
  Awaiter operator co_await() const noexcept { return Awaiter{handle_}; }

 private:
  void reset() {
    if (handle_) handle_.destroy();
    handle_ = {};
  }
  Handle handle_;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
}  // namespace detail

// Runs one Task<void> from outside coroutines and owns it: destroying the Job, or starting another
// task in it, destroys a task that is still suspended. A task must not destroy its own Job.
// An exception that leaves the task ends the program: it is a bug, failures are Results.
class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;  // the running task refers to its Job
  Job& operator=(const Job&) = delete;
  void start(Task<void> task) {
    reset();
    done_ = false;
    root_ = run(std::move(task));
    root_.handle.resume();
  }
  void reset() {
    done_ = true;
    const Root old = std::move(root_);  // what its destructors call sees an idle Job
  }
  [[nodiscard]] bool running() const { return !done_; }

 private:
  struct Root {
    struct promise_type {
      Root get_return_object() noexcept {
        return Root(std::coroutine_handle<promise_type>::from_promise(*this));
      }
      [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
      [[nodiscard]] std::suspend_always final_suspend() const noexcept { return {}; }
      void return_void() const noexcept {}
      [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
    Root() = default;
    explicit Root(std::coroutine_handle<promise_type> h) : handle(h) {}
    Root(Root&& other) noexcept : handle(std::exchange(other.handle, {})) {}
    Root& operator=(Root&& other) noexcept {
      std::swap(handle, other.handle);
      return *this;
    }
    ~Root() {
      if (handle) handle.destroy();
    }
  };
  Root run(Task<void> task) {
    co_await task;
    done_ = true;
  }

  bool done_ = true;
  Root root_;
};

}  // namespace mwan
