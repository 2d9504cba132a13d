// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/stuck_transmit.hpp"

#include <utility>

#include <fmt/format.h>

#include "modems/words.hpp"

namespace mwan {
namespace {

// Counters that went backwards are those of another bearer or of a device that restarted.
bool continues(const TransmitSample& before, const TransmitSample& now) {
  return now.at >= before.at && continues(before.kernel, now.kernel) &&
         (!before.modem_tx || !now.modem_tx || *now.modem_tx >= *before.modem_tx) &&
         (!before.modem_rx || !now.modem_rx || *now.modem_rx >= *before.modem_rx);
}

bool received(const TransmitSample& before, const TransmitSample& now) {
  return now.kernel.rx_packets > before.kernel.rx_packets ||
         (before.modem_rx && now.modem_rx && *now.modem_rx > *before.modem_rx);
}

}  // namespace

void StuckTransmitDetector::forget() {
  last_.reset();
  since_.reset();
  packets_ = 0;
}

std::optional<StuckTransmit> StuckTransmitDetector::sample(const TransmitSample& now) {
  const std::optional<TransmitSample> before = std::exchange(last_, now);
  if (!before || !continues(*before, now)) {
    forget();
    last_ = now;
    return std::nullopt;
  }
  const bool modem_counts = before->modem_tx && now.modem_tx;
  const std::uint64_t handed_over = now.kernel.tx_packets - before->kernel.tx_packets;
  const std::uint64_t left = modem_counts ? *now.modem_tx - *before->modem_tx : handed_over;
  if (left > 0 || received(*before, now)) {
    since_.reset();
    packets_ = 0;
    return std::nullopt;
  }
  const std::uint64_t wished = handed_over + (now.kernel.tx_dropped - before->kernel.tx_dropped) +
                               (now.kernel.tx_errors - before->kernel.tx_errors);
  if (wished > 0) {
    if (!since_) since_ = before->at;
    wished_ = now.at;
    packets_ += wished;
  } else if (since_ && now.at - wished_ >= policy_.quiet) {
    since_.reset();
    packets_ = 0;
  }
  if (!since_ || packets_ < policy_.packets) return std::nullopt;
  // Silence after the last wish proves nothing, so it does not count.
  const Duration lasting = wished_ - *since_;
  if (lasting < policy_.at_least) return std::nullopt;
  return StuckTransmit{
      lasting, packets_,
      fmt::format("the modem answers, but for {} none of {} packets left it and "
                  "none came in ({} counts)",
                  in_words(lasting), packets_, modem_counts ? "the modem" : "the kernel")};
}

}  // namespace mwan
