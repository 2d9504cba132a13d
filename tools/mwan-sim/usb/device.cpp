// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/device.hpp"

#include <algorithm>
#include <utility>

namespace mwan::sim::usb {
namespace {

// Setup::type without its direction: kind and recipient.
constexpr std::uint8_t kKind = 0x60;
constexpr std::uint8_t kRecipient = 0x1F;
enum class Recipient : std::uint8_t { Device = 0, Interface = 1, Endpoint = 2 };

// Standard requests (USB 2.0, table 9-4).
enum class Request : std::uint8_t {
  GetStatus = 0,
  ClearFeature = 1,
  SetFeature = 3,
  SetAddress = 5,
  GetDescriptor = 6,
  GetConfiguration = 8,
  SetConfiguration = 9,
  GetInterface = 10,
  SetInterface = 11,
};

// The kernel's drivers keep tens of transfers on an endpoint.
constexpr std::size_t kMostWaiting = 1024;

std::uint8_t low(std::uint16_t value) { return static_cast<std::uint8_t>(value & 0xFF); }
std::uint8_t address_of(const Submit& transfer) {
  return static_cast<std::uint8_t>(transfer.endpoint | (transfer.to_host ? kToHost : 0));
}

Bytes status_word(bool set) { return {static_cast<std::uint8_t>(set), 0}; }

}  // namespace

Device::Device(Timers& timers, Descriptors descriptors, Function& function,
               std::function<void(const Bytes&)> send)
    : timers_(timers),
      descriptors_(std::move(descriptors)),
      function_(function),
      send_(std::move(send)) {}

void Device::take(const HostMessage& message) {
  if (const auto* transfer = std::get_if<Submit>(&message)) {
    submit(*transfer);
  } else {
    unlink(std::get<Unlink>(message));
  }
}

void Device::submit(const Submit& transfer) {
  if (transfer.endpoint == 0) {
    control(transfer);
    return;
  }
  const std::uint8_t endpoint = address_of(transfer);
  if (!descriptors_.endpoints.contains(endpoint)) {
    complete(transfer, Completion::Stall);
    return;
  }
  auto& queue = waiting_[endpoint];
  if (queue.size() >= kMostWaiting) {
    trouble_ = "more transfers wait on one endpoint than a host would have";
    return;
  }
  queue.push_back(transfer);
  pump(endpoint);
}

void Device::unlink(const Unlink& request) {
  for (auto& [endpoint, queue] : waiting_) {
    const auto found = std::ranges::find(queue, request.victim, &Submit::sequence);
    if (found == queue.end()) continue;
    queue.erase(found);
    ++books_.unlinked;
    send_(build_unlinked(request, true));
    if (queue.empty()) function_.abandoned(endpoint);
    return;
  }
  send_(build_unlinked(request, false));
}

void Device::control(const Submit& transfer) {
  const Setup& setup = transfer.setup;
  const bool standard_one = (setup.type & kKind) == 0;
  if (storm_ && !standard_one) {
    ++books_.failed;
    complete(transfer, storm_->how);
    return;
  }
  std::optional<Bytes> answer;
  if (standard_one) {
    answer = standard(setup);
  } else if (configured()) {
    answer = function_.control(setup, transfer.data);
  }
  if (!answer) {
    complete(transfer, Completion::Stall);
    return;
  }
  const std::size_t length = std::min<std::size_t>(answer->size(), setup.length);
  complete(transfer, Completion::Ok, std::span(*answer).first(length));
}

std::optional<Bytes> Device::standard(const Setup& setup) {
  switch (static_cast<Recipient>(setup.type & kRecipient)) {
    case Recipient::Interface:
      return to_interface(setup);
    case Recipient::Endpoint:
      return to_endpoint(setup);
    case Recipient::Device:
      break;
    default:
      return std::nullopt;
  }
  switch (static_cast<Request>(setup.request)) {
    case Request::GetDescriptor:
      return descriptor(setup);
    case Request::GetStatus:
      return status_word(false);
    case Request::GetConfiguration:
      return Bytes{configuration_};
    case Request::SetConfiguration:
      if (setup.value > 1) return std::nullopt;
      configure(low(setup.value));
      return Bytes{};
    case Request::SetAddress:    // the host controller's business
    case Request::SetFeature:    // remote wakeup
    case Request::ClearFeature:  // the same
      return Bytes{};
    default:
      return std::nullopt;
  }
}

std::optional<Bytes> Device::descriptor(const Setup& setup) const {
  const std::size_t index = setup.value & 0xFF;
  switch (setup.value >> 8) {
    case 1:
      return descriptors_.device;
    case 2:
      if (index != 0) return std::nullopt;
      return descriptors_.configuration;
    case 3:
      if (index >= descriptors_.strings.size()) return std::nullopt;
      return descriptors_.strings[index];
    default:
      return std::nullopt;
  }
}

std::optional<Bytes> Device::to_interface(const Setup& setup) {
  const std::uint8_t interface = low(setup.index);
  if (!configured() || !descriptors_.alternates.contains({interface, 0})) return std::nullopt;
  switch (static_cast<Request>(setup.request)) {
    case Request::GetStatus:
      return status_word(false);
    case Request::GetInterface:
      return Bytes{settings_[interface]};
    case Request::SetInterface:
      if (setup.value > 0xFF || !descriptors_.alternates.contains({interface, low(setup.value)})) {
        return std::nullopt;
      }
      settings_[interface] = low(setup.value);
      function_.alternate(interface, low(setup.value));
      return Bytes{};
    default:
      return std::nullopt;
  }
}

std::optional<Bytes> Device::to_endpoint(const Setup& setup) {
  const std::uint8_t endpoint = low(setup.index);
  if (endpoint != 0 && !descriptors_.endpoints.contains(endpoint)) return std::nullopt;
  switch (static_cast<Request>(setup.request)) {
    case Request::GetStatus:
      return status_word(halted_.contains(endpoint));
    case Request::ClearFeature:
      halted_.erase(endpoint);
      pump(endpoint);
      return Bytes{};
    case Request::SetFeature:
      halted_.insert(endpoint);
      pump(endpoint);
      return Bytes{};
    default:
      return std::nullopt;
  }
}

void Device::configure(std::uint8_t configuration) {
  configuration_ = configuration;
  settings_.clear();
  halted_.clear();
  if (configuration != 0) {
    function_.configured();
  } else {
    function_.unconfigured();
  }
}

void Device::hold(std::uint8_t endpoint, bool held) {
  if (held) {
    held_.insert(endpoint);
  } else if (held_.erase(endpoint) != 0) {
    pump(endpoint);
  }
}

void Device::set_storm(std::optional<Storm> storm) {
  storm_ = storm;
  tick_.reset();
  if (storm_) {
    storm_on();
    return;
  }
  for (auto& [endpoint, queue] : waiting_) pump(endpoint);
}

void Device::storm_on() {
  tick_ = timers_.after(storm_->pace, [this] {
    for (auto& [endpoint, queue] : waiting_) {
      if (queue.empty()) continue;
      const Submit transfer = std::move(queue.front());
      queue.pop_front();
      ++books_.failed;
      complete(transfer, storm_->how);
    }
    storm_on();
  });
}

void Device::pump(std::uint8_t endpoint) {
  if (storm_ || !pumping_.insert(endpoint).second) return;
  auto& queue = waiting_[endpoint];
  while (!queue.empty()) {
    if (halted_.contains(endpoint)) {
      complete(queue.front(), Completion::Stall);
      queue.pop_front();
      continue;
    }
    if ((endpoint & kToHost) == 0) {
      if (held_.contains(endpoint)) break;
      const Submit transfer = std::move(queue.front());
      queue.pop_front();
      complete(transfer, Completion::Ok);
      function_.take(endpoint, transfer.data);
      continue;
    }
    const auto data = function_.give(endpoint, queue.front().length);
    if (!data) break;
    complete(queue.front(), Completion::Ok, *data);
    queue.pop_front();
  }
  pumping_.erase(endpoint);
}

void Device::complete(const Submit& transfer, Completion how, std::span<const std::uint8_t> data) {
  if (how == Completion::Ok) ++books_.transfers;
  if (how == Completion::Stall) ++books_.stalled;
  send_(build_completion(transfer, how, data));
}

}  // namespace mwan::sim::usb
