// SPDX-License-Identifier: LGPL-2.1-or-later
// Services that are told after the traffic has moved: programs, one after the other beside the
// loop, each with a time limit. What fails is said and stops nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/time.hpp"
#include "hal/wait.hpp"

namespace mwan::failover {

struct ServiceCommand {
  std::vector<std::string> argv;  // an absolute path and its arguments
  Duration limit = std::chrono::seconds(30);
  // Whether the commands after it make sense when it fails. Failing is then not worth a word.
  bool asks = false;
  bool operator==(const ServiceCommand&) const = default;
};

// What one service wants done, in this order.
struct ServiceTask {
  std::string name;  // for messages: "unbound"
  std::vector<ServiceCommand> commands;
  bool operator==(const ServiceTask&) const = default;
};

// Tasks in order, one at a time.
// NOTE Ownership: destroying it kills a program that is still running; done is then not called.
class ServiceLane {
 public:
  using Done = std::function<void()>;

  // environment: "NAME=value", over our own.
  ServiceLane(Loop& loop, std::vector<std::string> environment)
      : loop_(loop), environment_(std::move(environment)) {}

  // What is left of an earlier run is dropped: a task that has begun is ended first, for a service
  // is not left half restarted. done: from the loop, once; of the earlier run's when it is dropped.
  void run(std::vector<ServiceTask> tasks, Done done);
  [[nodiscard]] bool busy() const { return job_.running(); }

 private:
  Task<void> work();
  Task<void> carry_out(ServiceTask task);

  Loop& loop_;
  std::vector<std::string> environment_;
  std::vector<ServiceTask> waiting_;
  unsigned run_ = 0;  // the latest
  std::vector<Done> done_;
  Cancel never_;
  Job job_;
  SourceHandle next_;
};

// The units of a host with systemd: those that are active reload, or restart where they cannot.
// Nothing where systemd is not the init, or its network namespace not ours.
std::vector<ServiceTask> systemd_tasks(const std::vector<std::string>& units);
// "chrony,unbound"; "none" is none.
std::vector<std::string> unit_names(const std::string& list);

}  // namespace mwan::failover
