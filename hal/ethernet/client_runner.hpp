// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts and stops an AddressClient as it is wanted, one step after the other: a client that is
// still stopping is not started.
#pragma once

#include <memory>
#include <utility>

#include "hal/ethernet/address_client.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"

namespace mwan {

class ClientRunner {
 public:
  // The loop outlives it.
  ClientRunner(Loop& loop, std::unique_ptr<AddressClient> client, AddressClient::Calls calls)
      : loop_(loop), client_(std::move(client)), calls_(std::move(calls)) {}

  void want(bool wanted) {
    wanted_ = wanted;
    if (!job_.running() && wanted_ != runs_) job_.start(move());
  }
  void carrier(bool up) { client_->carrier(up); }
  [[nodiscard]] bool wanted() const { return wanted_; }

  // Not wanted any more; completes when it has ended.
  Task<void> end() {
    want(false);
    const Cancel never;
    // A client's stop is bounded; this is only how often to look.
    while (job_.running()) co_await moved_.wait(loop_, never, std::chrono::seconds(5));
  }

 private:
  Task<void> move() {
    while (wanted_ != runs_) {
      runs_ = wanted_;
      if (runs_) {
        client_->start(calls_);
      } else {
        co_await client_->stop();
      }
    }
    moved_.notify();
  }

  Loop& loop_;
  std::unique_ptr<AddressClient> client_;
  AddressClient::Calls calls_;
  bool wanted_ = false;
  bool runs_ = false;
  Notification moved_;
  Job job_;
};

}  // namespace mwan
