// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/iphone_function.hpp"

#include <algorithm>
#include <utility>

namespace mwan::vm {
namespace {

using sim::Bytes;
using sim::ByteWriter;

constexpr std::uint8_t kTether = 2;         // the interface
constexpr std::uint8_t kWithEndpoints = 1;  // its alternate setting
constexpr std::uint8_t kIn = 0x86;
constexpr std::uint8_t kOut = 0x05;

constexpr std::uint8_t kVendorFromDevice = 0xC0;  // in Setup::type
constexpr std::uint8_t kGetMacAddress = 0x00;
constexpr std::uint8_t kCarrierCheck = 0x45;
constexpr std::uint8_t kCarrierOn = 0x04;
constexpr std::uint8_t kCarrierOff = 0x03;  // anything else

constexpr std::size_t kPadding = 2;  // so that the IP header is aligned
constexpr std::size_t kMostWaiting = 64;

}  // namespace

// Of its configurations the one that usbmuxd chooses: pictures, its own protocol, and tethering.
sim::usb::Descriptors IphoneFunction::descriptors() const {
  constexpr sim::usb::InterfaceClass kPictures{6, 1, 1};
  constexpr sim::usb::InterfaceClass kUsbmux{255, 254, 2};
  constexpr sim::usb::InterfaceClass kTethering{255, 253, 1};
  constexpr std::uint16_t kEventPacket = 64;
  return sim::usb::DescriptorBuilder({.vendor = 0x05ac,
                                      .product = 0x12a8,
                                      .manufacturer = "Apple Inc.",
                                      .name = "iPhone",
                                      .serial = identity_.serial})
      .interface(0, 0, 3, kPictures)
      .bulk(0x02)
      .bulk(0x81)
      .interrupt(0x83, kEventPacket)
      .interface(1, 0, 2, kUsbmux)
      .bulk(0x04)
      .bulk(0x85)
      .interface(kTether, 0, 0, kTethering)
      .interface(kTether, kWithEndpoints, 2, kTethering)
      .bulk(kIn)
      .bulk(kOut)
      .done();
}

void IphoneFunction::trust(bool on) {
  trusts_ = on;
  announce();
}

void IphoneFunction::share(bool on) {
  shares_ = on;
  announce();
}

void IphoneFunction::die() {
  dead_ = true;
  waiting_.clear();
}

void IphoneFunction::configured() {
  listens_ = false;
  waiting_.clear();
  // apple-mfi-fastcharge takes the device over after ipheth found it, and it is configured anew;
  // only after a reset that comes without being taken back first.
  if (!std::exchange(configured_, true)) return;
  ++resets_;
  dead_ = false;
}

void IphoneFunction::alternate(std::uint8_t interface, std::uint8_t setting) {
  if (interface != kTether) return;
  listens_ = setting == kWithEndpoints;
  waiting_.clear();
  announce();
}

std::optional<Bytes> IphoneFunction::control(const sim::usb::Setup& setup,
                                             std::span<const std::uint8_t>) {
  if (setup.type != kVendorFromDevice || setup.index != kTether) return std::nullopt;
  switch (setup.request) {
    case kGetMacAddress:
      return Bytes(identity_.host.begin(), identity_.host.end());
    case kCarrierCheck:
      return Bytes{serves() ? kCarrierOn : kCarrierOff};
    default:
      return std::nullopt;
  }
}

void IphoneFunction::take(std::uint8_t endpoint, std::span<const std::uint8_t> data) {
  if (endpoint == kOut && serves()) outputs_.frame(data);
}

std::optional<Bytes> IphoneFunction::give(std::uint8_t endpoint, std::size_t most) {
  if (endpoint != kIn || waiting_.empty()) return std::nullopt;
  Bytes out(kPadding);
  ByteWriter(out).bytes(waiting_.front());
  waiting_.pop_front();
  out.resize(std::min(out.size(), most));
  return out;
}

void IphoneFunction::deliver(std::span<const std::uint8_t> frame) {
  if (!serves() || !listens_ || waiting_.size() >= kMostWaiting) return;
  waiting_.emplace_back(frame.begin(), frame.end());
  outputs_.ready(kIn);
}

void IphoneFunction::announce() {
  // RFC 826 and, of announcements, RFC 5227: a request for its own address, to everybody.
  constexpr std::size_t kShortestFrame = 60;
  Bytes frame(identity_.phone.size(), 0xFF);
  ByteWriter writer(frame);
  writer.bytes(identity_.phone)
      .bytes(Bytes{0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x01})
      .bytes(identity_.phone)
      .bytes(identity_.address)
      .bytes(Bytes(identity_.phone.size()))
      .bytes(identity_.address);
  frame.resize(kShortestFrame);
  deliver(frame);
}

}  // namespace mwan::vm
