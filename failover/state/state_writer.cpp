// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/state/state_writer.hpp"

#include <utility>

namespace mwan::failover {

StateWriter::StateWriter(StateStore& store, std::function<void(const Error&)> on_failure)
    : store_(store), on_failure_(std::move(on_failure)) {}

StateWriter::~StateWriter() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void StateWriter::put(std::string_view name, std::string text) {
  add({std::string(name), std::move(text)});
}

void StateWriter::remove(std::string_view name) { add({std::string(name), std::nullopt}); }

void StateWriter::add(Job job) {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [&job](const Job& old) { return old.name == job.name; });
    waiting_.push_back(std::move(job));
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  }
  changed_.notify_all();
}

void StateWriter::settle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && !busy_; });
}

void StateWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    const Status done = job.text ? store_.put(job.name, *job.text) : store_.remove(job.name);
    if (!done) on_failure_(done.error());
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace mwan::failover
