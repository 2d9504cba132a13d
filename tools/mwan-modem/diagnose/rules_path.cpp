// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <fmt/format.h>

#include "tools/mwan-modem/diagnose/rules.hpp"

namespace mwan::tool::rules {
namespace {

std::string milliseconds(const std::optional<Duration>& rtt) {
  return rtt ? fmt::format(" after {} ms", (rtt->count() + 500) / 1000) : "";
}

bool any_ping(const PathEvidence& path) {
  return std::ranges::any_of(path.pings, [](const PingOutcome& p) { return p.answered > 0; });
}
bool any_name_server(const PathEvidence& path) {
  return std::ranges::any_of(path.name_servers, &DnsOutcome::answered);
}

// Where nothing comes back, the counters tell on which side it is lost.
std::string where_lost(const Evidence& evidence) {
  const auto& netdev = evidence.netdev;
  if (!netdev || !netdev->modem_received) {
    return "the contract may be out of volume or credit, or the access point be one without "
           "internet: ask the operator";
  }
  if (*netdev->modem_received == 0) {
    return "the network sends nothing back: out of volume or credit, or an access point "
           "without internet; ask the operator";
  }
  return "the modem does receive packets: look for a firewall, and for rp_filter, on this system";
}

}  // namespace

Finding link(const Evidence& evidence) {
  if (!evidence.netdev) return skipped("not known; name it with --net");
  const NetdevEvidence& device = *evidence.netdev;
  if (!device.exists) {
    return failure(fmt::format("there is no network device {}", device.name),
                   "the driver of the modem's data side is missing, or it was renamed: ip link");
  }
  if (!evidence.connect.was_connected && !evidence.connect.dialled) {
    return skipped("not connected");
  }
  if (!device.up) {
    return failure(
        fmt::format("{} is down", device.name),
        fmt::format("ip link set {} up; whoever connected it should have done so", device.name));
  }
  return fine(fmt::format("{} is up, MTU {}", device.name, device.mtu));
}

Finding framing(const Evidence& evidence) {
  if (!evidence.netdev || !evidence.netdev->exists) return skipped("no network device");
  const NetdevEvidence& device = *evidence.netdev;
  const bool counted = device.modem_received && device.kernel_received;
  if (counted && *device.modem_received > 0 && *device.kernel_received == 0) {
    const std::string text = fmt::format("the modem received {} packets, {} none of them",
                                         *device.modem_received, device.name);
    if (!device.raw_ip) return failure(text, "mwan-modem reset; a newer firmware may be needed");
    return failure(
        text + (*device.raw_ip ? ": the kernel expects raw IP" : ": the kernel expects Ethernet"),
        fmt::format("modem and kernel do not agree on the packet format: set {} down, write {} to "
                    "/sys/class/net/{}/qmi/raw_ip, and connect again",
                    device.name, *device.raw_ip ? "N" : "Y", device.name));
  }
  if (!device.raw_ip) return skipped("the driver leaves no choice");
  return fine(*device.raw_ip ? "raw IP" : "Ethernet");
}

Finding ping(const Evidence& evidence) {
  if (!evidence.path) return skipped("no packets were sent");
  const PathEvidence& path = *evidence.path;
  if (path.pings.empty()) return skipped("no address is known; --target names one");
  std::string text;
  for (const PingOutcome& one : path.pings) {
    text += (text.empty() ? "" : ", ") + one.target.text();
    if (!one.error.empty()) {
      text += " cannot be asked: " + one.error;
    } else {
      text += one.answered > 0 ? " answers" + milliseconds(one.rtt) : " does not answer";
    }
  }
  if (any_ping(path)) return fine(text);
  if (any_name_server(path)) {
    return warning(text,
                   "packets do pass, see the name servers: many operators answer no pings; "
                   "--target names an address that does");
  }
  return failure(text, where_lost(evidence));
}

Finding name_servers(const Evidence& evidence) {
  if (!evidence.path) return skipped("no packets were sent");
  const PathEvidence& path = *evidence.path;
  if (path.name_servers.empty()) {
    return warning("the network named none", "set some of your own choice on this system");
  }
  std::string text;
  std::size_t good = 0;
  for (const DnsOutcome& one : path.name_servers) {
    text += (text.empty() ? "" : ", ") + one.server.text();
    if (!one.error.empty()) {
      text += " cannot be asked: " + one.error;
    } else if (!one.answered) {
      text += " does not answer";
    } else if (one.code == "NOERROR" || one.code == "NXDOMAIN") {
      text += " answers" + milliseconds(one.rtt);
      ++good;
    } else {
      text += fmt::format(" answers {}", one.code);
    }
  }
  if (good == path.name_servers.size()) return fine(text);
  if (good > 0)
    return warning(text, "names are found, but slowly when the wrong one is asked first");
  return failure(text, any_ping(path)
                           ? "packets pass, names do not: use other name servers, or ask the "
                             "operator; a page that wants a login does this too"
                           : where_lost(evidence));
}

Finding packet_size(const Evidence& evidence) {
  if (!evidence.path || !evidence.path->size) return skipped("nobody answers that could be asked");
  const PathEvidence::Size& size = *evidence.path->size;
  const auto& granted = evidence.connect.config.mtu;
  if (!size.passes) {
    return warning(fmt::format("{} bytes do not pass, nor does any other size", size.wanted),
                   "the address that was asked may answer short pings only");
  }
  if (*size.passes < size.wanted) {
    return warning(fmt::format("packets up to {} bytes pass, not {}", *size.passes, size.wanted),
                   fmt::format("set the MTU to {}: downloads that stop after some bytes come from "
                               "this",
                               *size.passes));
  }
  if (granted && evidence.netdev && evidence.netdev->mtu > *granted) {
    return warning(fmt::format("{} has MTU {}, the network grants {}", evidence.netdev->name,
                               evidence.netdev->mtu, *granted),
                   fmt::format("ip link set {} mtu {}", evidence.netdev->name, *granted));
  }
  return fine(fmt::format("{} bytes pass whole", *size.passes));
}

}  // namespace mwan::tool::rules
