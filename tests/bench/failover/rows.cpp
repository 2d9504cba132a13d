// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/rows.hpp"

#include <algorithm>
#include <array>

namespace mwan::bench {

namespace {

using namespace std::chrono_literals;

// As the simulator's own fade.scn, which the demo plays.
constexpr std::string_view kFade =
    "ramp 0s..6s signal lte rsrp=-92->-126 rsrq=-9->-20 sinr=15->-12\n"
    "ramp 0s..6s neighbour pci=205 rsrp=-101->-99\n"
    "at 6.2s registration searching\n";

constexpr std::array kRows = {
    Row{"carrier", "the cable is pulled", Cause::CarrierLost, Load::Packets, Right::Leave},
    Row{"dead-idle", "dead upstream, nobody uses the line", Cause::DeadUpstream, Load::None,
        Right::Leave},
    Row{"dead-busy", "dead upstream, traffic flows", Cause::DeadUpstream, Load::Packets,
        Right::Leave},
    Row{"brown-out", "30 % of the packets are lost", Cause::BrownOut, Load::Packets, Right::Leave},
    Row{"loss-2", "2 % of the packets are lost", Cause::FewLosses, Load::Packets, Right::Stay},
    Row{"delay", "800 ms more delay, all at once", Cause::Delay, Load::Packets, Right::Leave},
    Row{"upload", "the line is full of an upload, its queue 1 s long", Cause::NarrowLine,
        Load::Upload, Right::Stay},
    Row{"cuts", "five cuts of 150 ms within 5 s", Cause::ShortCuts, Load::Packets, Right::Stay},
    Row{"gateway", "the gateway is gone, its carrier is not", Cause::GatewayGone, Load::Packets,
        Right::Leave},
    Row{"route", "somebody deletes the default route", Cause::RouteDeleted, Load::Packets,
        Right::BringBack},
    Row{"requests", "dead upstream, a TCP request every 200 ms", Cause::DeadUpstream,
        Load::ShortRequests, Right::Leave},
    Row{"flow", "dead upstream, one long TCP flow", Cause::DeadUpstream, Load::LongFlow,
        Right::Leave},
    Row{"flow-carrier", "the cable is pulled, one long TCP flow", Cause::CarrierLost,
        Load::LongFlow, Right::Leave},
    Row{"dns-only", "only DNS fails", Cause::DnsOnly, Load::Packets, Right::Stay},
    Row{"one-target", "only one of the probes' targets fails", Cause::OneTargetOnly, Load::Packets,
        Right::Stay},
    Row{"blackout-1", "no upstream for 1 s", Cause::DeadUpstream, Load::Packets, Right::Either, 1s},
    Row{"blackout-3", "no upstream for 3 s", Cause::DeadUpstream, Load::Packets, Right::Either, 3s},
    Row{"blackout-10", "no upstream for 10 s", Cause::DeadUpstream, Load::Packets, Right::Either,
        10s},
    Row{"fade", "the radio fades for 6.2 s, then nothing passes", Cause::Fade, Load::Packets,
        Right::Leave, 0s, kFade},
    Row{"registration", "the modem loses its registration", Cause::DeadUpstream, Load::Packets,
        Right::Leave, 0s, "at 0s registration searching\n"},
    Row{"unplug", "the first line's card is pulled out", Cause::DeviceGone, Load::Packets,
        Right::Leave},
    Row{"unplug-modem", "the modem is pulled out", Cause::DeviceGone, Load::Packets, Right::Leave,
        0s, "at 0s unplug\n"},
};

}  // namespace

std::span<const Row> all_rows() { return kRows; }

const Row* find_row(std::string_view name) {
  const auto found = std::ranges::find(kRows, name, &Row::name);
  return found == kRows.end() ? nullptr : &*found;
}

}  // namespace mwan::bench
