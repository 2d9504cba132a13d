// SPDX-License-Identifier: LGPL-2.1-or-later
// What a modem reports, kept until a coroutine asks for it.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "hal/loop.hpp"
#include "hal/wait.hpp"
#include "modems/adapter.hpp"

namespace mwan::tool {

class Mailbox {
 public:
  Mailbox(Loop& loop, ModemAdapter& adapter) : loop_(loop), adapter_(adapter) {
    adapter.on_report([this](const ModemReport& report) {
      waiting_.push_back(report);
      news_.notify();
    });
    adapter.on_gone([this] {
      gone_ = true;
      news_.notify();
    });
  }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox() {
    adapter_.on_report(nullptr);
    adapter_.on_gone(nullptr);
  }

  // The next report; nothing when the limit ran out, when it was cancelled, or when the modem is
  // gone.
  Task<std::optional<ModemReport>> next(Duration limit, Cancel cancel) {
    const Instant end = Loop::now() + limit;
    while (waiting_.empty() && !gone_ && !cancel.cancelled()) {
      const Duration left = end - Loop::now();
      if (left <= Duration::zero()) break;
      (void)co_await news_.wait(loop_, cancel, left);
    }
    if (waiting_.empty() || cancel.cancelled()) co_return std::nullopt;
    ModemReport out = std::move(waiting_.front());
    waiting_.pop_front();
    co_return out;
  }
  [[nodiscard]] bool gone() const { return gone_; }

 private:
  Loop& loop_;
  ModemAdapter& adapter_;
  std::deque<ModemReport> waiting_;
  Notification news_;
  bool gone_ = false;
};

}  // namespace mwan::tool
