// SPDX-License-Identifier: LGPL-2.1-or-later
// The GLib main loop behind RAII: timers, file descriptors, posted calls, unix signals. Everything
// in the project that waits, waits here; one thread, one context.
#pragma once

#include <functional>
#include <memory>

#include "hal/time.hpp"

// GLib's types by name only: including this header does not pull GLib in.
// NOLINTBEGIN(bugprone-reserved-identifier): the names are GLib's
struct _GMainLoop;
struct _GSource;
// NOLINTEND(bugprone-reserved-identifier)

namespace mwan {

// A GSource that is destroyed with its owner. Its callback is never called afterwards.
class SourceHandle {
 public:
  SourceHandle() = default;
  explicit SourceHandle(_GSource* owned) : source_(owned) {}
  SourceHandle(SourceHandle&& other) noexcept : source_(other.source_) { other.source_ = nullptr; }
  SourceHandle& operator=(SourceHandle&& other) noexcept;
  ~SourceHandle() { reset(); }
  void reset();
  [[nodiscard]] bool active() const { return source_ != nullptr; }

 private:
  _GSource* source_ = nullptr;
};

class Loop {
 public:
  // The process's default main context, which libqmi and libmbim use: one Loop at a time.
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  // CLOCK_MONOTONIC, as GLib's timers use it.
  [[nodiscard]] static Instant now();

  void run();  // until quit()
  void quit();
  // Dispatch what is ready; with may_block, wait for at least one source first. For tests.
  bool iterate(bool may_block);

  // One shot after at least d (not shorter; microsecond resolution).
  [[nodiscard]] SourceHandle after(Duration d, std::function<void()> call);
  // One shot on the next turn of the loop.
  [[nodiscard]] SourceHandle soon(std::function<void()> call);
  // As soon(), not cancellable: for completions whose receiver looks after itself. The only call
  // that other threads may make.
  void post(std::function<void()> call);

  enum Io : unsigned { Readable = 1, Writable = 2 };
  // call(ready) with the Io bits that are ready; errors and hang-up are reported as Readable. The
  // descriptor stays the caller's and must outlive the handle.
  [[nodiscard]] SourceHandle watch(int fd, unsigned io, std::function<void(unsigned)> call);

  // call() on every delivery of a unix signal (SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2,
  // SIGWINCH).
  [[nodiscard]] SourceHandle on_signal(int signal, std::function<void()> call);

 private:
  struct Free {
    void operator()(_GMainLoop* loop) const;
  };
  std::unique_ptr<_GMainLoop, Free> loop_;
};

}  // namespace mwan
