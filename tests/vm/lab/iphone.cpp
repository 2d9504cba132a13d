// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/iphone.hpp"

#include <array>
#include <future>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "hal/loop.hpp"
#include "tools/mwan-sim/net/tun.hpp"
#include "tools/mwan-sim/timers.hpp"
#include "tools/mwan-sim/usb/wire.hpp"

namespace mwan::vm {

using namespace std::chrono_literals;

namespace {

constexpr const char* kPhoneMac = "02:50:f3:00:01:02";
constexpr std::size_t kLargestFrame = 1514;  // what the driver makes room for

IphoneIdentity identity_of(const IphonePlan& plan) {
  return {.serial = plan.serial,
          // Not one that says of itself that it was made up: the driver alone tells what this is.
          .host = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x51},
          .phone = {0x02, 0x50, 0xf3, 0x00, 0x01, 0x02},
          .address = {172, 20, 10, 1}};
}

}  // namespace

// All of it belongs to the phone's thread once that runs.
struct Iphone::Usb {
  Usb(const IphonePlan& plan, UniqueFd to_network)
      : tap(std::move(to_network)),
        function(identity_of(plan),
                 {[this](std::span<const std::uint8_t> frame) {
                    // A frame that the network has no room for is lost, as anywhere.
                    static_cast<void>(::write(tap.get(), frame.data(), frame.size()));
                  },
                  [this](std::uint8_t endpoint) { device->ready(endpoint); }}),
        wire(loop, sim::usb::Vhci(),
             {[this](const sim::usb::HostMessage& message) {
                device->take(message);
                if (!device->trouble().empty()) wire.unplug();
              },
              [](const std::string&) {}}) {
    new_device();
    readable = loop.watch(tap.get(), Loop::Readable, [this](unsigned) { read(); });
  }
  void new_device() {
    function.plugged();
    device = std::make_unique<sim::usb::Device>(timers, function.descriptors(), function,
                                                [this](const sim::Bytes& out) { wire.send(out); });
  }
  void read() {
    std::array<std::uint8_t, kLargestFrame> frame{};
    const ssize_t got = ::read(tap.get(), frame.data(), frame.size());
    if (got > 0) function.deliver(std::span(frame).first(static_cast<std::size_t>(got)));
  }

  Loop loop;
  sim::LoopTimers timers{loop};
  UniqueFd tap;
  IphoneFunction function;
  sim::usb::Wire wire;
  std::unique_ptr<sim::usb::Device> device;  // a new one for each time it is plugged in
  SourceHandle readable;
};

Result<std::unique_ptr<Iphone>> Iphone::create(IphonePlan plan) {
  auto loaded = lab::run(nullptr, {"modprobe", "-a", "vhci_hcd", "ipheth", "tun"}, 180s);
  if (!loaded) return failed(loaded.error());
  auto network = PhoneNetwork::create(
      "iPhone " + plan.serial, {fmt::format("{}/28", kIphoneAddress), kIphonePool, plan.internet});
  if (!network) return failed(network.error());
  auto tap =
      sim::open_tun_in(kPhoneDevice, network->netns().path(), sim::TunPackets::EthernetFrames);
  if (!tap) return failed(tap.error());
  auto done =
      lab::ip(network->netns(), fmt::format("link set {} address {}", kPhoneDevice, kPhoneMac));
  if (done) done = network->start();
  if (!done) return failed(done.error());
  auto usb = std::make_unique<Usb>(plan, std::move(*tap));
  return std::unique_ptr<Iphone>(new Iphone(std::move(*network), std::move(usb)));
}

Iphone::Iphone(PhoneNetwork network, std::unique_ptr<Usb> usb)
    : network_(std::move(network)), usb_(std::move(usb)), thread_([this] { usb_->loop.run(); }) {}

Iphone::~Iphone() {
  static_cast<void>(unplug());
  static_cast<void>(ask([](Usb& usb) {
    usb.loop.quit();
    return Status();
  }));
  thread_.join();
}

Status Iphone::ask(const std::function<Status(Usb&)>& what) {
  std::promise<Status> answer;
  usb_->loop.post([&] { answer.set_value(what(*usb_)); });
  return answer.get_future().get();
}

Status Iphone::plug() {
  return ask([](Usb& usb) {
    if (usb.wire.plugged()) return Status();
    usb.new_device();
    return usb.wire.plug();
  });
}

Status Iphone::unplug() {
  return ask([](Usb& usb) {
    usb.wire.unplug();
    return Status();
  });
}

void Iphone::trust(bool on) {
  static_cast<void>(ask([on](Usb& usb) {
    usb.function.trust(on);
    return Status();
  }));
}

void Iphone::share(bool on) {
  static_cast<void>(ask([on](Usb& usb) {
    usb.function.share(on);
    return Status();
  }));
}

void Iphone::die() {
  static_cast<void>(ask([](Usb& usb) {
    usb.function.die();
    return Status();
  }));
}

int Iphone::resets() {
  int count = 0;
  static_cast<void>(ask([&count](Usb& usb) {
    count = usb.function.resets();
    return Status();
  }));
  return count;
}

}  // namespace mwan::vm
