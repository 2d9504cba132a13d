// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/traffic/error_detector.hpp"

#include <algorithm>

namespace mwan {
namespace {

std::uint32_t bounded(std::uint64_t count) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(count, 0xffffffff));
}

}  // namespace

std::optional<fact::Errors> ErrorDetector::sample(Instant now, const NetdevCounters& counters) {
  if (!first_ || !continues(*first_, counters) || now < first_time_) {
    first_ = counters;
    first_time_ = now;
    return std::nullopt;
  }
  const std::uint64_t errors =
      counters.rx_errors - first_->rx_errors + (counters.tx_errors - first_->tx_errors);
  const std::uint64_t packets =
      counters.rx_packets - first_->rx_packets + (counters.tx_packets - first_->tx_packets);
  const fact::Errors seen{.many = true,
                          .errors = bounded(errors),
                          .packets = bounded(packets),
                          .over = now - first_time_};
  const bool many =
      errors >= policy_.at_least && errors * 100 >= (packets + errors) * policy_.many_percent;
  const bool over = now - first_time_ >= policy_.window;
  if (many || over) {
    first_ = counters;
    first_time_ = now;
  }
  if (many) {
    calm_ = 0;
    if (many_) return std::nullopt;
    many_ = true;
    return seen;
  }
  if (!over || !many_) return std::nullopt;
  // A window without packets proves nothing.
  const bool few = packets > 0 && errors * 1000 < packets * policy_.few_permille;
  calm_ = few ? calm_ + 1 : 0;
  if (calm_ < policy_.calm) return std::nullopt;
  many_ = false;
  calm_ = 0;
  fact::Errors out = seen;
  out.many = false;
  return out;
}

}  // namespace mwan
