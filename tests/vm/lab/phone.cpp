// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/phone.hpp"

#include <fmt/format.h>

#include "tests/lab/clock.hpp"

namespace mwan::vm {

using namespace std::chrono_literals;

Result<Phone> Phone::create(GadgetPlan plan) {
  auto netns = lab::NetNs::create("phone " + plan.serial);
  if (!netns) return failed(netns.error());
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  auto gadget = Gadget::create(std::move(plan));
  if (!gadget) return failed(gadget.error());
  Phone phone(std::move(*gadget), std::move(*netns), std::move(*folder));
  Status done = phone.take_device();
  for (const std::string& step :
       {fmt::format("addr add {}/24 dev usb0", kPhoneAddress),
        fmt::format("addr add {}/32 dev lo", kPhoneInternet), std::string("link set usb0 up")}) {
    if (done) done = lab::ip(phone.netns_, step);
  }
  if (done) done = phone.serve_dhcp(true);
  if (!done) return failed(done.error());
  return phone;
}

// Its own end of the cable appears where everything does, and udev may be renaming it.
Status Phone::take_device() {
  Status done = failed(FailureClass::Transient, plan().serial, "no network device appeared");
  const bool taken = lab::wait_until(60s, [&] {
    const auto name = device_with_address(plan().gadget_address);
    if (!name) return false;
    const auto moved = lab::run(
        nullptr, {"ip", "link", "set", *name, "down", "netns", netns_.path(), "name", "usb0"});
    done = moved ? Status() : failed(moved.error());
    return moved.has_value();
  });
  return taken ? Status() : done;
}

// All that is the phone's was there before: when its end came up after plugging, a connection came
// without a carrier now and then (ECM, Linux 6.1).
Status Phone::plug() { return gadget_.plug(); }

Status Phone::unplug() { return gadget_.unplug(); }

Status Phone::serve_dhcp(bool on) {
  dhcp_.stop(3s);
  dhcp_ = {};
  if (!on) return {};
  const auto log = folder_.path() / "dnsmasq.log";
  auto started =
      lab::Process::start({{"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
                            "--user=root", "--interface=usb0", "--bind-interfaces", "--no-ping",
                            "--dhcp-authoritative", fmt::format("--dhcp-range={},10m", kPhonePool),
                            "--dhcp-leasefile=" + (folder_.path() / "leases").string(),
                            "--log-dhcp", "--log-facility=-", "--pid-file="},
                           &netns_,
                           log,
                           log});
  if (!started) return failed(started.error());
  dhcp_ = std::move(*started);
  const bool ready = lab::wait_until(60s, [&] {
    return !dhcp_.running() || dhcp_log().find("DHCP, IP range") != std::string::npos;
  });
  if (ready && dhcp_.running()) return {};
  return failed(FailureClass::Permanent, plan().serial + ": dnsmasq did not start", dhcp_log());
}

std::string Phone::dhcp_log() const { return lab::read_file(folder_.path() / "dnsmasq.log"); }

}  // namespace mwan::vm
