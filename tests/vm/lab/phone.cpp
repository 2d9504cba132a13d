// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/phone.hpp"

#include <fmt/format.h>

#include "tests/lab/clock.hpp"

namespace mwan::vm {

using namespace std::chrono_literals;

Result<Phone> Phone::create(GadgetPlan plan) {
  auto network = PhoneNetwork::create(
      "phone " + plan.serial, {fmt::format("{}/24", kPhoneAddress), kPhonePool, kPhoneInternet});
  if (!network) return failed(network.error());
  auto gadget = Gadget::create(std::move(plan));
  if (!gadget) return failed(gadget.error());
  Phone phone(std::move(*gadget), std::move(*network));
  Status done = phone.take_device();
  if (done) done = phone.network_.start();
  if (!done) return failed(done.error());
  return phone;
}

// Its own end of the cable appears where everything does, and udev may be renaming it.
Status Phone::take_device() {
  Status done = failed(FailureClass::Transient, plan().serial, "no network device appeared");
  const bool taken = lab::wait_until(60s, [&] {
    const auto name = device_with_address(plan().gadget_address);
    if (!name) return false;
    const auto moved = lab::run(nullptr, {"ip", "link", "set", *name, "down", "netns",
                                          netns().path(), "name", kPhoneDevice});
    done = moved ? Status() : failed(moved.error());
    return moved.has_value();
  });
  return taken ? Status() : done;
}

// All that is the phone's was there before: when its end came up after plugging, a connection came
// without a carrier now and then (ECM, Linux 6.1).
Status Phone::plug() { return gadget_.plug(); }

Status Phone::unplug() { return gadget_.unplug(); }

}  // namespace mwan::vm
