// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/causes.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/process.hpp"
#include "tools/mwan-sim/modem/radio.hpp"

namespace mwan::bench {

namespace {

using namespace std::chrono_literals;

constexpr Duration kFadeStep = 100ms;

// The signal of fade.scn: from its first value to its last one within six seconds.
SignalSample faded(Duration since) {
  const double part = std::min(1.0, std::chrono::duration<double>(since).count() / 6.0);
  SignalSample sample;
  sample.rsrp_dbm = -92 - 34 * part;
  sample.rsrq_db = -9 - 11 * part;
  sample.sinr_db = 15 - 27 * part;
  return sample;
}

Status lose_per_mille(const TwoLines& lines, const char* chain, long share) {
  return nft(lines.first(),
             fmt::format("flush chain inet bench {0}; add rule inet bench {0} numgen random mod "
                         "1000 < {1} counter drop",
                         chain, share));
}

Status lose_upwards(const TwoLines& lines, int percent) {
  return nft(lines.first(),
             fmt::format("add rule inet bench forward iifname cpe0 numgen random mod "
                         "100 < {} counter drop",
                         percent));
}

Status cut_shortly(const TwoLines& lines, Instant began) {
  for (int second = 0; second < 5; ++second) {
    lab::sleep_for(began + second * 1s - lab::now());
    if (auto done = lines.first().sysctl("net/ipv4/conf/all/forwarding", "0"); !done) return done;
    lab::sleep_for(began + second * 1s + 150ms - lab::now());
    if (auto done = lines.first().sysctl("net/ipv4/conf/all/forwarding", "1"); !done) return done;
  }
  return {};
}

// Of what leaves the provider towards the server.
Status queue_upwards(const TwoLines& lines, const std::vector<std::string>& discipline) {
  std::vector<std::string> argv = {"tc", "qdisc", "replace", "dev", "up0", "root"};
  argv.insert(argv.end(), discipline.begin(), discipline.end());
  auto done = lab::run(&lines.first(), argv);
  if (!done) return failed(done.error());
  return {};
}

Status fade(const TwoLines& lines, Instant began) {
  for (Duration since = 0ms; since < fade_length; since += kFadeStep) {
    // Each way, as the simulator does it; nft has numbers below 1000 only.
    const auto share =
        std::min(999L, static_cast<long>(1000 * sim::loss_probability(faded(since))));
    if (auto done = lose_per_mille(lines, "forward", share); !done) return done;
    lab::sleep_for(began + since + kFadeStep - lab::now());
  }
  return lines.first().sysctl("net/ipv4/conf/all/forwarding", "0");
}

}  // namespace

Status prepare(Cause cause, const TwoLines& lines) {
  if (cause == Cause::GatewayGone) {
    return nft(lines.first(),
               "add table netdev bench; add chain netdev bench in { type filter hook ingress "
               "device cpe0 priority 0; }");
  }
  if (auto done = nft(lines.first(),
                      "add table inet bench; add chain inet bench forward { type filter hook "
                      "forward priority 0; }");
      !done) {
    return done;
  }
  return {};
}

Result<Instant> fire(Cause cause, const TwoLines& lines) {
  const Instant began = lab::now();
  const auto from = [](const Status& done, Instant time) -> Result<Instant> {
    if (!done) return failed(done.error());
    return time;
  };
  // A program that has to be started takes some milliseconds: there the cause begins when it is
  // done.
  const auto by_program = [&from](const Status& done) { return from(done, lab::now()); };
  switch (cause) {
    case Cause::CarrierLost:
      return from(lines.first().set_link("cpe0", false), began);
    case Cause::DeviceGone:
      return from(ip(lines.first(), "link del cpe0"), began);
    case Cause::DeadUpstream:
      return from(lines.first().sysctl("net/ipv4/conf/all/forwarding", "0"), began);
    case Cause::BrownOut:
      return by_program(lose_upwards(lines, 30));
    case Cause::FewLosses:
      return by_program(lose_upwards(lines, 2));
    case Cause::Delay:
      return by_program(queue_upwards(lines, {"netem", "limit", "10000", "delay", "800ms"}));
    case Cause::NarrowLine:
      return by_program(
          queue_upwards(lines, {"tbf", "rate", "4mbit", "burst", "16kb", "latency", "1s"}));
    case Cause::ShortCuts:
      return from(cut_shortly(lines, began), began);
    case Cause::GatewayGone:
      return by_program(nft(lines.first(), "add rule netdev bench in drop"));
    case Cause::RouteDeleted:
      return from(ip(lines.router(), "route del default dev eth1"), began);
    case Cause::DnsOnly:
      return by_program(nft(lines.first(), "add rule inet bench forward udp dport 53 drop"));
    case Cause::OneTargetOnly:
      return by_program(
          nft(lines.first(),
              fmt::format("add rule inet bench forward ip daddr {} drop", target_address)));
    case Cause::Fade:
      return from(fade(lines, began), began);
  }
  return began;
}

Status undo(Cause cause, const TwoLines& lines) {
  if (cause == Cause::CarrierLost) return lines.first().set_link("cpe0", true);
  return lines.first().sysctl("net/ipv4/conf/all/forwarding", "1");
}

}  // namespace mwan::bench
