// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/loop.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <glib-unix.h>

namespace mwan {
namespace {

using Call = std::function<void()>;

void free_call(gpointer data) { delete static_cast<Call*>(data); }

// The callback may destroy its own source (and with it the Call), so it runs on a copy of what it
// needs: GLib keeps the callback data referenced during dispatch.
gboolean dispatch_once(gpointer data) {
  (*static_cast<Call*>(data))();
  return G_SOURCE_REMOVE;
}

gboolean dispatch_again(gpointer data) {
  (*static_cast<Call*>(data))();
  return G_SOURCE_CONTINUE;
}

using IoCall = std::function<void(unsigned)>;

gboolean dispatch_io(gint, GIOCondition condition, gpointer data) {
  unsigned ready = 0;
  if ((condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0) ready |= Loop::Readable;
  if ((condition & G_IO_OUT) != 0) ready |= Loop::Writable;
  (*static_cast<IoCall*>(data))(ready);
  return G_SOURCE_CONTINUE;
}

// A source that fires once its ready time is reached; g_timeout_source is limited to milliseconds.
gboolean deadline_dispatch(GSource*, GSourceFunc callback, gpointer data) { return callback(data); }
GSourceFuncs deadline_funcs = {nullptr, nullptr, deadline_dispatch, nullptr, nullptr, nullptr};

_GSource* attach(GSource* source, Call call, GSourceFunc dispatch) {
  g_source_set_callback(source, dispatch, new Call(std::move(call)), free_call);
  g_source_attach(source, nullptr);
  return source;
}

}  // namespace

SourceHandle& SourceHandle::operator=(SourceHandle&& other) noexcept {
  if (this != &other) {
    // The old source goes last: destroying it may destroy a callback that owns this handle's
    // surroundings.
    SourceHandle old(std::exchange(source_, std::exchange(other.source_, nullptr)));
  }
  return *this;
}

void SourceHandle::reset() {
  if (source_ == nullptr) return;
  GSource* source = std::exchange(source_, nullptr);
  g_source_destroy(source);
  g_source_unref(source);
}

void Loop::Free::operator()(_GMainLoop* loop) const { g_main_loop_unref(loop); }

Loop::Loop() : loop_(g_main_loop_new(nullptr, FALSE)) {}
Loop::~Loop() = default;

Instant Loop::now() { return Instant(Duration(g_get_monotonic_time())); }

void Loop::run() { g_main_loop_run(loop_.get()); }
void Loop::quit() { g_main_loop_quit(loop_.get()); }
bool Loop::iterate(bool may_block) {
  return g_main_context_iteration(nullptr, static_cast<gboolean>(may_block)) != FALSE;
}

SourceHandle Loop::after(Duration d, std::function<void()> call) {
  GSource* source = g_source_new(&deadline_funcs, sizeof(GSource));
  const std::int64_t now = g_get_monotonic_time();
  const std::int64_t wait = std::clamp<std::int64_t>(d.count(), 0, INT64_MAX - now);
  g_source_set_ready_time(source, now + wait);
  return SourceHandle(attach(source, std::move(call), dispatch_once));
}

SourceHandle Loop::soon(std::function<void()> call) { return after(Duration(0), std::move(call)); }

void Loop::post(std::function<void()> call) {
  GSource* source = g_source_new(&deadline_funcs, sizeof(GSource));
  g_source_set_ready_time(source, 0);
  g_source_unref(attach(source, std::move(call), dispatch_once));
}

SourceHandle Loop::watch(int fd, unsigned io, std::function<void(unsigned)> call) {
  unsigned condition = G_IO_HUP | G_IO_ERR;
  if ((io & Readable) != 0) condition |= G_IO_IN;
  if ((io & Writable) != 0) condition |= G_IO_OUT;
  GSource* source = g_unix_fd_source_new(fd, static_cast<GIOCondition>(condition));
  g_source_set_callback(source, G_SOURCE_FUNC(dispatch_io), new IoCall(std::move(call)),
                        [](gpointer data) { delete static_cast<IoCall*>(data); });
  g_source_attach(source, nullptr);
  return SourceHandle(source);
}

SourceHandle Loop::on_signal(int signal, std::function<void()> call) {
  return SourceHandle(attach(g_unix_signal_source_new(signal), std::move(call), dispatch_again));
}

}  // namespace mwan
