// SPDX-License-Identifier: LGPL-2.1-or-later
// State files written by a thread of its own: a busy disk or a slow flash lets one wait for
// seconds, and meanwhile the daemon has links to look after.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "failover/state/state_store.hpp"

namespace mwan::failover {

class StateWriter {
 public:
  // The store outlives this. on_failure is called by the thread that writes.
  StateWriter(StateStore& store, std::function<void(const Error&)> on_failure);
  StateWriter(const StateWriter&) = delete;
  StateWriter& operator=(const StateWriter&) = delete;
  ~StateWriter();  // once everything is written

  // As the store's, later. What still waits for the same file is left out.
  void put(std::string_view name, std::string text);
  void remove(std::string_view name);
  // Returns when everything is written.
  void settle();

 private:
  struct Job {
    std::string name;
    std::optional<std::string> text;  // nothing: to be removed
  };

  void add(Job job);
  void work();

  StateStore& store_;
  std::function<void(const Error&)> on_failure_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  bool busy_ = false;
  bool ends_ = false;
  std::thread thread_;  // from the first job on
};

}  // namespace mwan::failover
