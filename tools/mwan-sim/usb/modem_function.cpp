// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/modem_function.hpp"

#include <utility>

namespace mwan::sim::usb {
namespace {

constexpr std::size_t kMostPackets = 1000;

}  // namespace

bool ModemFunction::say(std::span<const std::uint8_t> message) {
  const bool taken = pipe_.say(message);
  if (taken) outputs_.ready(endpoints_.notify);
  return taken;
}

bool ModemFunction::deliver(std::span<const std::uint8_t> packet) {
  return queue(Bytes(packet.begin(), packet.end()));
}

bool ModemFunction::queue(Bytes packet) {
  if (waiting_.size() >= kMostPackets) return false;
  waiting_.push_back(std::move(packet));
  outputs_.ready(endpoints_.data_in);
  return true;
}

std::optional<Bytes> ModemFunction::control(const Setup& setup,
                                            std::span<const std::uint8_t> data) {
  const bool ours = (setup.index & 0xFF) == interface_;
  if (ours && setup.type == kClassToInterface && setup.request == kSendEncapsulated) {
    outputs_.message(data);
    return Bytes{};
  }
  if (ours && setup.type == kClassFromInterface && setup.request == kGetEncapsulated) {
    return pipe_.fetch();
  }
  return other_request(setup, data);
}

std::optional<Bytes> ModemFunction::give(std::uint8_t endpoint, std::size_t most) {
  if (endpoint == endpoints_.notify) return pipe_.notification();
  if (endpoint != endpoints_.data_in) return give_other(endpoint, most);
  while (!waiting_.empty()) {
    if (auto data = next_data(waiting_, most)) return data;
  }
  return std::nullopt;
}

void ModemFunction::take(std::uint8_t endpoint, std::span<const std::uint8_t> data) {
  if (endpoint == endpoints_.data_out) {
    take_data(data);
  } else {
    take_other(endpoint, data);
  }
}

void ModemFunction::abandoned(std::uint8_t endpoint) {
  if (endpoint == endpoints_.notify) pipe_.abandoned();
  // The host took its network device down: what comes now is not for the one that comes later.
  if (endpoint == endpoints_.data_in) waiting_.clear();
}

void ModemFunction::configured() { start_over(true); }

void ModemFunction::start_over(bool configured) {
  pipe_.clear();
  waiting_.clear();
  outputs_.started_over(configured);
}

}  // namespace mwan::sim::usb
