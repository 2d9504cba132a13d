// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/traffic/traffic_watch.hpp"

#include <algorithm>
#include <utility>

namespace mwan {

TrafficWatch::TrafficWatch(Loop& loop, LinkMonitor& monitor, std::string netdev, Calls calls)
    : loop_(loop), monitor_(monitor), netdev_(std::move(netdev)), calls_(std::move(calls)) {
  next_ = loop_.soon([this] { look(); });
}

// Never below what was seen before: an answer may be known of before it is counted, or a prober
// may be another one.
NetdevCounters TrafficWatch::without_own(NetdevCounters counters) {
  if (calls_.own) {
    const OwnPackets now = calls_.own();
    if (now.sent >= own_.sent) hidden_.sent += now.sent - own_.sent;
    if (now.received >= own_.received) hidden_.received += now.received - own_.received;
    own_ = now;
  }
  counters.tx_packets -= std::min(counters.tx_packets, hidden_.sent);
  counters.rx_packets -= std::min(counters.rx_packets, hidden_.received);
  traffic_.tx_packets = std::max(traffic_.tx_packets, counters.tx_packets);
  traffic_.rx_packets = std::max(traffic_.rx_packets, counters.rx_packets);
  if (raw_tx_ > counters.tx_packets + hidden_.sent) traffic_ = counters;  // they began anew
  raw_tx_ = counters.tx_packets + hidden_.sent;
  counters.tx_packets = traffic_.tx_packets;
  counters.rx_packets = traffic_.rx_packets;
  return counters;
}

void TrafficWatch::look() {
  const auto counters = monitor_.counters(netdev_);
  if (!counters) {
    next_ = loop_.after(FlowPolicy{}.idle, [this] { look(); });
    return;
  }
  const Instant now = Loop::now();
  const auto traffic = flow_.sample(now, without_own(*counters));
  const auto errors = errors_.sample(now, *counters);
  const bool idle = !flow_.received() && flow_.pace() == FlowPolicy{}.idle;
  const bool thinned = flow_.thinned() && calls_.thinned;
  next_ = loop_.after(flow_.pace(), [this] { look(); });
  // Nothing of this is touched after the calls, which may end it.
  const Calls calls = calls_;
  if (traffic) calls.fact(*traffic);
  if (errors) calls.fact(*errors);
  if (idle) calls.idle();
  if (thinned) calls.thinned();
}

}  // namespace mwan
