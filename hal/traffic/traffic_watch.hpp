// SPDX-License-Identifier: LGPL-2.1-or-later
// Looks at a link's packet counters and reports what follows from them: traffic that is not
// answered, and too many errors.
//
// Counters have to be asked for: the kernel reports no change of them. Once a second while the link
// is idle, ten times a second while packets flow or an answer is missing (hal/traffic/
// flow_detector.hpp). One look is one rtnetlink request, RTM_GETSTATS for one device: below 0.1 ms
// on a small virtual machine in an unoptimised build, where the files in sysfs took 0.4 ms. That is
// at most 0.1 % of a CPU for a busy link, and 0.01 % for an idle one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "hal/link_event.hpp"
#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"
#include "hal/traffic/error_detector.hpp"
#include "hal/traffic/flow_detector.hpp"

namespace mwan {

// NOTE Threading: on the loop's thread. It may be destroyed in its own calls.
class TrafficWatch {
 public:
  struct OwnPackets {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };
  struct Calls {
    std::function<void(const Fact&)> fact;  // fact::Traffic or fact::Errors
    // Packets of our own probes that went out and came in, since the device's counters began or any
    // other moment: they are no traffic. May be empty.
    std::function<OwnPackets()> own;
    // Once a second while nothing at all comes in: nobody proves that the link is there.
    std::function<void()> idle;
    // Fewer answers come than usual: perhaps some are lost. May be empty.
    std::function<void()> thinned = {};
  };

  // loop and monitor outlive it. A device that is gone is looked for again, once a second.
  TrafficWatch(Loop& loop, LinkMonitor& monitor, std::string netdev, Calls calls);

  // How long answers take on this link, when that is heard.
  void round_trip(Duration time) { flow_.round_trip(time); }

 private:
  void look();
  NetdevCounters without_own(NetdevCounters counters);

  Loop& loop_;
  LinkMonitor& monitor_;
  std::string netdev_;
  Calls calls_;
  FlowDetector flow_;
  OwnPackets own_;            // as last told
  OwnPackets hidden_;         // taken off the counters so far
  NetdevCounters traffic_;    // the most that was seen, without our own
  std::uint64_t raw_tx_ = 0;  // with them
  ErrorDetector errors_;
  SourceHandle next_;
};

}  // namespace mwan
