// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/cable.hpp"

#include <utility>

#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "hal/unique_fd.hpp"
#include "tests/lab/lab_error.hpp"
#include "tests/lab/process.hpp"

namespace mwan::vm {

namespace {

// The kernel may have other devices to remove first, and the emulator's host something else to do.
constexpr Duration kPatience = std::chrono::seconds(60);

}  // namespace

Result<Cable> Cable::create(CablePlan plan) {
  auto netns = lab::NetNs::create("provider of " + plan.near);
  if (!netns) return failed(netns.error());
  // With an address of its own: otherwise it takes that of its cable, and who has asked before does
  // not know itself any more.
  auto made = lab::run(
      &*netns, {"ip", "link", "add", "lan", "address", "02:00:5e:00:53:10", "type", "bridge"},
      kPatience);
  if (!made) return failed(made.error());
  if (auto up = netns->set_link("lan", true); !up) return failed(up.error());
  return Cable(std::move(plan), std::move(*netns));
}

Cable::~Cable() {
  if (netns_.fd() < 0) return;  // moved from
  const auto ignored = unplug();
  static_cast<void>(ignored);
}

// With one program: there, each takes a tenth of a second.
Status Cable::plug() {
  if (plugged_) return {};
  const auto made = lab::run(nullptr,
                             {"ip", "link", "add", plan_.near, "address", plan_.address, "type",
                              "veth", "peer", "name", "far", "netns", netns_.path()},
                             kPatience);
  if (!made) return failed(made.error());
  plugged_ = true;
  Status done = netns_.inside([]() -> Status {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::string("lan").copy(request.ifr_name, sizeof request.ifr_name - 1);
    request.ifr_ifindex = static_cast<int>(::if_nametoindex("far"));
    if (::ioctl(socket.get(), SIOCBRADDIF, &request) != 0) {
      return lab::system_failure("the provider's end of the cable");
    }
    return {};
  });
  if (done) done = netns_.set_link("far", true);
  return done;
}

Status Cable::unplug() {
  if (!std::exchange(plugged_, false)) return {};
  const auto gone = lab::run(nullptr, {"ip", "link", "del", plan_.near}, kPatience);
  return gone ? Status() : failed(gone.error());
}

}  // namespace mwan::vm
