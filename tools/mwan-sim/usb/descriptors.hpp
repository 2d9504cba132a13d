// SPDX-License-Identifier: LGPL-2.1-or-later
// What a USB device says it is (USB 2.0, chapter 9): one device, one configuration, its interfaces
// with their alternate settings and endpoints. High speed.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/mwan-sim/codec/bytes.hpp"

namespace mwan::sim::usb {

struct Identity {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::uint16_t release = 0x0100;  // BCD
  std::string manufacturer;        // ASCII, at most 100 characters
  std::string name;
  std::string serial;
  // Of the device: 0 says that the interfaces tell.
  std::uint8_t device_class = 0;
  std::uint8_t device_subclass = 0;
  std::uint8_t device_protocol = 0;
};

struct InterfaceClass {
  std::uint8_t code = 0;
  std::uint8_t subclass = 0;
  std::uint8_t protocol = 0;
};

struct Descriptors {
  Bytes device;
  Bytes configuration;                                         // with everything in it
  std::vector<Bytes> strings;                                  // by index; 0 has the languages
  std::set<std::pair<std::uint8_t, std::uint8_t>> alternates;  // interface, setting
  std::set<std::uint8_t> endpoints;                            // addresses, with direction
};

// Calls in the order in which the descriptors stand.
class DescriptorBuilder {
 public:
  explicit DescriptorBuilder(const Identity& identity);
  DescriptorBuilder& association(std::uint8_t first, std::uint8_t count, InterfaceClass what);
  DescriptorBuilder& interface(std::uint8_t number, std::uint8_t setting, std::uint8_t endpoints,
                               InterfaceClass what);
  // A class-specific descriptor of an interface (type 0x24): what follows its type.
  DescriptorBuilder& functional(const Bytes& content);
  DescriptorBuilder& bulk(std::uint8_t address);
  DescriptorBuilder& interrupt(std::uint8_t address, std::uint16_t packet);
  [[nodiscard]] Descriptors done() const;

 private:
  DescriptorBuilder& endpoint(std::uint8_t address, std::uint8_t kind, std::uint16_t packet,
                              std::uint8_t interval);
  Descriptors out_;
  Bytes body_;
  std::set<std::uint8_t> interfaces_;
};

}  // namespace mwan::sim::usb
