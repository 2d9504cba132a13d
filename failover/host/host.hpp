// SPDX-License-Identifier: LGPL-2.1-or-later
// The system around the failover: what has to be told, stopped, started or kept from interfering
// when traffic moves. The engine knows only the names of the steps.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "failover/core/state.hpp"
#include "failover/run/plumbing.hpp"
#include "hal/error.hpp"

namespace mwan::failover {

struct HostStep {
  Step step = Step::DetectPrimary;
  std::optional<PlumbingSlot> from;  // the link that is left
  std::optional<PlumbingSlot> to;    // the link that takes over
  bool to_primary = false;
};

class Host {
 public:
  using Done = std::function<void(std::optional<Error>)>;

  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  // done is called exactly once, possibly before run() returns.
  virtual void run(const HostStep& step, Done done) = 0;
};

}  // namespace mwan::failover
