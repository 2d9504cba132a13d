// SPDX-License-Identifier: LGPL-2.1-or-later
// The key MATCH of a profile, in the first line, against a device whose texts are the next ones:
// serial number, ID_PATH, USB numbers, hardware address.
#include "hal/discovery/match.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {
namespace {

std::string take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  std::string line(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

HardwareDevice device_of(std::string_view texts) {
  Port net;
  net.subsystem = "net";
  net.serial = take_line(texts);
  net.id_path = take_line(texts);
  net.vendor_id = take_line(texts);
  net.product_id = take_line(texts);
  net.mac = take_line(texts);
  net.usb_device = "/sys/devices/usb1/1-2";
  HardwareDevice device;
  device.serial = net.serial;
  device.id_path = net.id_path;
  device.vendor_id = net.vendor_id;
  device.product_id = net.product_id;
  device.net = net;
  return device;
}

// What is shown to people as the way to know a device again does know it.
void require_known_by(const HardwareDevice& device, const std::string& field,
                      const std::string& text) {
  constexpr std::size_t kLongest = 128;
  if (text.empty() || text.size() > kLongest) return;
  const auto match = parse_match(field + ":" + as_written(text));
  require(match.has_value(), "what a device says can be written");
  require(match->matches(device), "a device is known by what it says");
  require(match->unique(), "its own texts are of one device");
}

}  // namespace

void take(ByteView input) {
  std::string_view rest = text_of(input);
  const std::string text = take_line(rest);
  const HardwareDevice device = device_of(rest);
  require_known_by(device, "serial", device.serial);
  require_known_by(device, "path", device.id_path);
  const std::string written = as_written(text);
  require(as_written(written) == written, "what is written can be written");

  const auto match = parse_match(text);
  if (!match) return require_said(Error{FailureClass::Permanent, "MATCH", match.error()});
  const bool matches = match->matches(device);
  if (match->any) require(matches && match->specificity() == 0, "any is any, and claims nothing");
  if (!match->any) require(match->specificity() > 0, "a condition claims something");
  if (matches && !match->serial.empty()) {
    require(as_written(device.serial) == match->serial, "a match has this serial number");
  }
}

}  // namespace mwan::fuzz
