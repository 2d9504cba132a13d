// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/usb_modem.hpp"

#include <utility>

#include <fmt/format.h>

namespace mwan::sim::usb {

UsbModem::UsbModem(Loop& loop, Timers& timers, Kind kind, const ModemSettings& settings,
                   Outputs outputs)
    : timers_(timers),
      kind_(kind),
      outputs_(std::move(outputs)),
      function_(kind == Kind::Qmi ? make_qmi_function(settings, function_outputs())
                                  : make_mbim_function(settings, function_outputs())),
      wire_(loop, Vhci(),
            {[this](const HostMessage& message) {
               device_->take(message);
               if (device_->trouble().empty()) return;
               outputs_.announce("usb: " + device_->trouble());
               wire_.unplug();
             },
             [this](const std::string& why) { outputs_.announce("usb: " + why); }}) {
  new_device();
}

ModemFunction::Outputs UsbModem::function_outputs() {
  return {
      [this](std::span<const std::uint8_t> message) { outputs_.message(message); },
      [this](Bytes packet) { outputs_.packet(std::move(packet)); },
      [this](bool configured) { started_over(configured); },
      [this](std::uint8_t endpoint) { device_->ready(endpoint); },
      [this] { return outputs_.format(); },
      [this](IpFamily family) { return outputs_.session(family); },
      [this](std::uint8_t session, IpFamily family) { return outputs_.carries(session, family); }};
}

void UsbModem::new_device() {
  if (device_) books_ += device_->books();
  device_ = std::make_unique<Device>(timers_, function_->descriptors(), *function_,
                                     [this](const Bytes& message) { wire_.send(message); });
  configured_ = 0;
}

Status UsbModem::plug() {
  if (wire_.plugged()) return {};
  if (auto plugged = wire_.plug(); !plugged) return plugged;
  ++plugged_times_;
  device_->hold(function_->data_out(), stuck_);
  device_->set_storm(storm_);
  outputs_.announce(fmt::format("usb: plugged into port {}", *wire_.port()));
  return {};
}

void UsbModem::unplug() {
  wire_.unplug();
  new_device();
}

void UsbModem::started_over(bool configured) {
  if (configured && configured_++ > 0) {
    ++resets_;
    outputs_.announce("usb: the host reset the bus");
    outputs_.reset();
  }
  outputs_.opened();
}

void UsbModem::say(std::span<const std::uint8_t> message) {
  if (wire_.plugged() && !function_->say(message)) ++dropped_;
}

bool UsbModem::deliver(std::span<const std::uint8_t> packet) {
  return wire_.plugged() && device_->configured() && function_->deliver(packet);
}

void UsbModem::stick(bool stuck) {
  stuck_ = stuck;
  device_->hold(function_->data_out(), stuck);
}

void UsbModem::set_storm(std::optional<Device::Storm> storm) {
  storm_ = storm;
  device_->set_storm(wire_.plugged() ? storm : std::nullopt);
}

nlohmann::json UsbModem::stats() const {
  Device::Books books = books_;
  books += device_->books();
  nlohmann::json json = {{"protocol", kind_ == Kind::Qmi ? "qmi" : "mbim"},
                         {"plugged", wire_.plugged()},
                         {"configured", device_->configured()},
                         {"plugged_times", plugged_times_},
                         {"resets", resets_},
                         {"messages_dropped", dropped_},
                         {"transfers", books.transfers},
                         {"stalled", books.stalled},
                         {"failed", books.failed},
                         {"unlinked", books.unlinked}};
  if (wire_.port()) json["port"] = *wire_.port();
  return json;
}

}  // namespace mwan::sim::usb
