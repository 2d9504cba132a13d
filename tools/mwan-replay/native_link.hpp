// SPDX-License-Identifier: LGPL-2.1-or-later
// A recording of "mwan-modem record" as a link that can be driven. It holds what the modem reported
// of its radio and network, and no losses: every probe is answered.
#pragma once

#include <utility>

#include "failover/record/trace.hpp"
#include "tools/mwan-replay/drive.hpp"

namespace mwan::replay {

class NativeLink : public RecordedLink {
 public:
  explicit NativeLink(failover::Trace trace) : trace_(std::move(trace)) {}

  // Whole seconds from the start to the last fact.
  [[nodiscard]] std::size_t seconds() const;
  std::vector<Fact> heard(std::size_t second) override;
  [[nodiscard]] bool answers(std::size_t, std::uint64_t) const override { return true; }

 private:
  failover::Trace trace_;
  std::size_t next_ = 0;  // the first point not told yet
};

}  // namespace mwan::replay
