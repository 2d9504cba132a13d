// SPDX-License-Identifier: LGPL-2.1-or-later
#include <chrono>
#include <fstream>
#include <utility>

#include "hal/traffic/netdev_counters.hpp"
#include "netlink/netlink.hpp"
#include "tools/mwan-modem/diagnose/gather.hpp"
#include "tools/mwan-modem/net/applied_config.hpp"

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;

// Reserved for examples (RFC 2606), answered by every name server that answers anything.
constexpr const char* kNameToAskFor = "example.com";

// A person waits in front of it.
constexpr Duration kPatience = 30s;

// The addresses that are on the device, for a connection that somebody else made.
void read_addresses(const std::string& netdev, IpConfig& out) {
  auto kernel = netlink::Netlink::open();
  if (!kernel) return;
  const auto link = kernel->link(netdev);
  const auto addresses = kernel->addresses();
  if (!link || !addresses) return;
  IpConfig found;
  for (const netlink::Address& address : *addresses) {
    if (address.ifindex != link->index || address.prefix.address.is_link_local()) continue;
    const bool v4 = address.prefix.address.family() == IpFamily::V4;
    auto& family = v4 ? found.v4 : found.v6;
    const auto& told = v4 ? out.v4 : out.v6;
    if (family) continue;
    family = told.value_or(IpFamilyConfig{});
    family->address = address.prefix;
  }
  found.mtu = out.mtu;
  out = found;
}

Path path_of(const std::string& netdev, const IpConfig& config) {
  Path out;
  out.netdev = netdev;
  if (config.v4) out.source_v4 = config.v4->address.address;
  if (config.v6) out.source_v6 = config.v6->address.address;
  return out;
}

std::vector<IpAddress> ping_targets(const IpConfig& config,
                                    const std::vector<std::string>& wanted) {
  std::vector<IpAddress> out;
  for (const auto* family : {&config.v4, &config.v6}) {
    if (*family && (*family)->gateway) out.push_back(*(*family)->gateway);
  }
  for (const std::string& text : wanted) {
    if (const auto address = IpAddress::parse(text)) out.push_back(*address);
  }
  if (!out.empty()) return out;
  // Point to point there is no gateway; name servers are the next thing on the way.
  for (const auto* family : {&config.v4, &config.v6}) {
    if (*family) out.insert(out.end(), (*family)->dns.begin(), (*family)->dns.end());
  }
  return out;
}

Task<void> try_path(Context& context, Path path, const IpConfig& config, std::uint32_t device_mtu,
                    PathEvidence& out) {
  const std::vector<IpAddress> targets = ping_targets(config, context.options.targets);
  for (const IpAddress& target : targets) {
    PingPlan plan;
    plan.target = target;
    Task<PingOutcome> pinging = ping(context.loop, path, plan, context.cancel);
    PingOutcome outcome = co_await pinging;
    out.pings.push_back(std::move(outcome));
  }
  for (const auto* family : {&config.v4, &config.v6}) {
    if (!*family) continue;
    for (const IpAddress& server : (*family)->dns) {
      const std::string name = kNameToAskFor;
      Task<DnsOutcome> asking = ask_dns(context.loop, path, server, name, context.cancel);
      DnsOutcome outcome = co_await asking;
      out.name_servers.push_back(std::move(outcome));
    }
  }
  for (const PingOutcome& one : out.pings) {
    if (one.answered == 0) continue;
    PathEvidence::Size size;
    size.wanted = std::min(config.mtu.value_or(device_mtu), device_mtu);
    Task<std::optional<std::size_t>> measuring =
        largest_packet(context.loop, path, one.target, size.wanted, context.cancel);
    size.passes = co_await measuring;
    out.size = size;
    co_return;
  }
}

std::optional<std::uint64_t> difference(const std::optional<std::uint64_t>& before,
                                        const std::optional<std::uint64_t>& after) {
  if (!before || !after || *after < *before) return std::nullopt;
  return *after - *before;
}

std::optional<std::uint64_t> kernel_received(const std::string& netdev) {
  const auto counters = read_netdev_counters(netdev);
  if (!counters) return std::nullopt;
  return counters->rx_packets;
}

Task<std::optional<std::uint64_t>> modem_received(ModemAdapter& modem, Cancel cancel) {
  Task<Result<TrafficCounters>> reading = modem.read_counters(cancel);
  const auto counters = co_await reading;
  if (!counters) co_return std::nullopt;
  co_return counters->rx_packets;
}

// What the state was when it was reached, for the steps before the connection.
Task<void> read_again(ModemAdapter& modem, Evidence& out, Cancel cancel) {
  Task<Result<RadioPower>> radio = modem.read_radio(cancel);
  out.radio = co_await radio;
  Task<Result<Registration>> registration = modem.read_registration(cancel);
  out.registration = co_await registration;
  Task<Result<PacketService>> service = modem.read_packet_service(cancel);
  out.packet_service = co_await service;
  Task<Result<std::vector<SignalSample>>> signal = modem.read_signal(cancel);
  out.signal = co_await signal;
}

Task<void> connect(Context& context, ModemAdapter& modem,
                   const std::function<void(const std::string&)>& tell, Evidence& out) {
  Mailbox mailbox(context.loop, modem);
  const SignalReporting reporting;
  Task<Result<Listening>> listen = modem.listen(reporting, context.cancel);
  (void)co_await listen;
  DialWish wish;
  wish.families = wanted_families(context.options.ip_type);
  wish.roaming_allowed = context.options.roaming;
  wish.patience = kPatience;
  Task<Dialled> dialling = dial(modem, mailbox, wish, tell, context.cancel);
  out.connect.dialled = co_await dialling;
  out.connect.config = out.connect.dialled->config();
  Task<void> reading = read_again(modem, out, context.cancel);
  co_await reading;
}

}  // namespace

NetdevEvidence read_netdev(const std::string& name) {
  NetdevEvidence out;
  out.name = name;
  // Not from sysfs, which shows the network namespace it was mounted in.
  auto kernel = netlink::Netlink::open();
  if (!kernel) return out;
  const auto link = kernel->link(name);
  if (!link) return out;
  out.exists = true;
  out.up = link->admin_up;
  out.mtu = link->mtu;
  char raw_ip = 0;
  if (std::ifstream("/sys/class/net/" + name + "/qmi/raw_ip") >> raw_ip) {
    out.raw_ip = raw_ip == 'Y';
  }
  return out;
}

Task<void> gather_data(Context& context, ModemAdapter& modem, std::string netdev,
                       const std::function<void(const std::string&)>& tell, Evidence& out) {
  if (!netdev.empty()) out.netdev = read_netdev(netdev);
  const bool connects = context.options.connect && !out.connect.was_connected;
  if (connects) {
    Task<void> connecting = connect(context, modem, tell, out);
    co_await connecting;
  }
  const bool connected =
      out.connect.was_connected || (out.connect.dialled && !out.connect.dialled->failure);
  AppliedConfig applied;
  bool ready = connected && out.netdev && out.netdev->exists;
  if (ready && connects) {
    const Status done = applied.apply(netdev, out.connect.config);
    if (!done) tell(done.error().text());
  } else if (ready) {
    read_addresses(netdev, out.connect.config);
  }
  ready = ready && (out.connect.config.v4 || out.connect.config.v6);
  if (ready) {
    out.netdev = read_netdev(netdev);
    tell("trying packets");
    const auto kernel_before = kernel_received(netdev);
    Task<std::optional<std::uint64_t>> before = modem_received(modem, context.cancel);
    const auto modem_before = co_await before;
    out.path.emplace();
    const Path path = path_of(netdev, out.connect.config);
    Task<void> trying = try_path(context, path, out.connect.config, out.netdev->mtu, *out.path);
    co_await trying;
    Task<std::optional<std::uint64_t>> after = modem_received(modem, context.cancel);
    const auto modem_after = co_await after;
    out.netdev->modem_received = difference(modem_before, modem_after);
    out.netdev->kernel_received = difference(kernel_before, kernel_received(netdev));
  }
  applied.undo();
  if (!connects || !out.connect.dialled) co_return;
  const std::vector<IpFamily> families = out.connect.dialled->families();
  if (families.empty()) co_return;
  tell("disconnecting");
  Task<void> ending = modem.disconnect(families, Cancel());
  co_await ending;
}

}  // namespace mwan::tool
