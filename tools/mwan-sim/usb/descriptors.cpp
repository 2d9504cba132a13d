// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/descriptors.hpp"

#include <string_view>

namespace mwan::sim::usb {
namespace {

// Descriptor types (USB 2.0, table 9-5).
constexpr std::uint8_t kDevice = 1;
constexpr std::uint8_t kConfiguration = 2;
constexpr std::uint8_t kString = 3;
constexpr std::uint8_t kInterface = 4;
constexpr std::uint8_t kEndpoint = 5;
constexpr std::uint8_t kAssociation = 11;
constexpr std::uint8_t kClassInterface = 0x24;

constexpr std::uint16_t kEnglish = 0x0409;
constexpr std::size_t kLongestString = 100;

Bytes with_length(std::uint8_t type, const Bytes& content) {
  Bytes out;
  ByteWriter(out).u8(static_cast<std::uint8_t>(content.size() + 2)).u8(type).bytes(content);
  return out;
}

Bytes string_descriptor(std::string_view text) {
  Bytes utf16;
  for (const char c : text.substr(0, kLongestString)) {
    ByteWriter(utf16).u16(static_cast<std::uint8_t>(c));
  }
  return with_length(kString, utf16);
}

}  // namespace

DescriptorBuilder::DescriptorBuilder(const Identity& identity) {
  constexpr std::uint16_t kUsb2 = 0x0200;
  constexpr std::uint8_t kControlPacket = 64;
  Bytes device;
  ByteWriter(device)
      .u16(kUsb2)
      .u8(identity.device_class)
      .u8(identity.device_subclass)
      .u8(identity.device_protocol)
      .u8(kControlPacket)
      .u16(identity.vendor)
      .u16(identity.product)
      .u16(identity.release)
      .u8(1)   // index of the manufacturer's name,
      .u8(2)   // the product's,
      .u8(3)   // and the serial number
      .u8(1);  // configurations
  out_.device = with_length(kDevice, device);
  Bytes languages;
  ByteWriter(languages).u16(kEnglish);
  out_.strings = {with_length(kString, languages), string_descriptor(identity.manufacturer),
                  string_descriptor(identity.name), string_descriptor(identity.serial)};
}

DescriptorBuilder& DescriptorBuilder::association(std::uint8_t first, std::uint8_t count,
                                                  InterfaceClass what) {
  Bytes content;
  ByteWriter(content).u8(first).u8(count).u8(what.code).u8(what.subclass).u8(what.protocol).u8(0);
  ByteWriter(body_).bytes(with_length(kAssociation, content));
  return *this;
}

DescriptorBuilder& DescriptorBuilder::interface(std::uint8_t number, std::uint8_t setting,
                                                std::uint8_t endpoints, InterfaceClass what) {
  Bytes content;
  ByteWriter(content)
      .u8(number)
      .u8(setting)
      .u8(endpoints)
      .u8(what.code)
      .u8(what.subclass)
      .u8(what.protocol)
      .u8(0);
  ByteWriter(body_).bytes(with_length(kInterface, content));
  interfaces_.insert(number);
  out_.alternates.emplace(number, setting);
  return *this;
}

DescriptorBuilder& DescriptorBuilder::functional(const Bytes& content) {
  ByteWriter(body_).bytes(with_length(kClassInterface, content));
  return *this;
}

DescriptorBuilder& DescriptorBuilder::bulk(std::uint8_t address) {
  constexpr std::uint8_t kBulk = 2;
  constexpr std::uint16_t kPacket = 512;
  return endpoint(address, kBulk, kPacket, 0);
}

DescriptorBuilder& DescriptorBuilder::interrupt(std::uint8_t address, std::uint16_t packet) {
  constexpr std::uint8_t kInterrupt = 3;
  constexpr std::uint8_t kInterval = 9;  // 2^8 microframes: 32 ms
  return endpoint(address, kInterrupt, packet, kInterval);
}

DescriptorBuilder& DescriptorBuilder::endpoint(std::uint8_t address, std::uint8_t kind,
                                               std::uint16_t packet, std::uint8_t interval) {
  Bytes content;
  ByteWriter(content).u8(address).u8(kind).u16(packet).u8(interval);
  ByteWriter(body_).bytes(with_length(kEndpoint, content));
  out_.endpoints.insert(address);
  return *this;
}

Descriptors DescriptorBuilder::done() const {
  constexpr std::uint8_t kBusPowered = 0x80;
  constexpr std::uint8_t kRemoteWakeup = 0x20;
  constexpr std::uint8_t kMostPower = 250;  // in 2 mA
  constexpr std::size_t kHead = 9;
  Bytes head;
  ByteWriter(head)
      .u16(static_cast<std::uint16_t>(kHead + body_.size()))
      .u8(static_cast<std::uint8_t>(interfaces_.size()))
      .u8(1)  // its number
      .u8(0)  // no name
      .u8(kBusPowered | kRemoteWakeup)
      .u8(kMostPower);
  Descriptors out = out_;
  out.configuration = with_length(kConfiguration, head);
  ByteWriter(out.configuration).bytes(body_);
  return out;
}

}  // namespace mwan::sim::usb
