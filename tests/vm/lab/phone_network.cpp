// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/phone_network.hpp"

#include <fmt/format.h>

#include "tests/lab/clock.hpp"

namespace mwan::vm {

using namespace std::chrono_literals;

Result<PhoneNetwork> PhoneNetwork::create(std::string label, PhoneAddresses addresses) {
  auto netns = lab::NetNs::create(std::move(label));
  if (!netns) return failed(netns.error());
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  return PhoneNetwork(std::move(addresses), std::move(*netns), std::move(*folder));
}

Status PhoneNetwork::start() {
  for (const std::string& step : {fmt::format("addr add {} dev {}", addresses_.own, kPhoneDevice),
                                  fmt::format("addr add {}/32 dev lo", addresses_.internet),
                                  fmt::format("link set {} up", kPhoneDevice)}) {
    if (auto done = lab::ip(netns_, step); !done) return done;
  }
  return serve_dhcp(true);
}

Status PhoneNetwork::serve_dhcp(bool on) {
  dhcp_.stop(3s);
  dhcp_ = {};
  if (!on) return {};
  const auto log = folder_.path() / "dnsmasq.log";
  auto started = lab::Process::start(
      {{"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root",
        fmt::format("--interface={}", kPhoneDevice), "--bind-interfaces", "--no-ping",
        "--dhcp-authoritative", fmt::format("--dhcp-range={},10m", addresses_.pool),
        "--dhcp-leasefile=" + (folder_.path() / "leases").string(), "--log-dhcp",
        "--log-facility=-", "--pid-file="},
       &netns_,
       log,
       log});
  if (!started) return failed(started.error());
  dhcp_ = std::move(*started);
  const bool ready = lab::wait_until(60s, [&] {
    return !dhcp_.running() || dhcp_log().find("DHCP, IP range") != std::string::npos;
  });
  if (ready && dhcp_.running()) return {};
  return failed(FailureClass::Permanent, netns_.label() + ": dnsmasq did not start", dhcp_log());
}

std::string PhoneNetwork::dhcp_log() const {
  return lab::read_file(folder_.path() / "dnsmasq.log");
}

}  // namespace mwan::vm
