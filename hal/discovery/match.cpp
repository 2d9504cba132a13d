// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/match.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace mwan {
namespace {

constexpr std::size_t kLongest = 128;  // of one value; USB strings have at most 126 characters

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

bool writable(unsigned char c) {
  return std::isalnum(c) != 0 ||
         std::string_view(".:_@#+/-").find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_usb_number(std::string_view text) {
  return text.size() == 4 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool is_mac(std::string_view text) {
  if (text.size() != 17) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool good =
        i % 3 == 2 ? text[i] == ':' : std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    if (!good) return false;
  }
  return true;
}

using Problem = std::optional<std::string>;

Problem set_once(std::string& target, std::string value, std::string_view field) {
  if (!target.empty()) return fmt::format("says {} twice; one device cannot be both", field);
  target = std::move(value);
  return std::nullopt;
}

Problem take_condition(std::string_view field, std::string_view value, DeviceMatch& out) {
  const std::string shown = as_written(field.substr(0, 32));
  if (value.empty()) return fmt::format("{}: has nothing behind it", shown);
  if (value.size() > kLongest) return fmt::format("{}: is too long", shown);
  if (field == "serial") return set_once(out.serial, as_written(value), field);
  if (field == "path") return set_once(out.path, as_written(value), field);
  if (field == "mac") {
    if (!is_mac(value)) {
      return fmt::format("mac:{} is not an address like 02:00:5e:10:00:01", as_written(value));
    }
    return set_once(out.mac, lower(value), field);
  }
  if (field == "usb") {
    const auto colon = value.find(':');
    const std::string_view vendor = value.substr(0, colon);
    const bool whole = colon != std::string_view::npos;
    const std::string_view product = whole ? value.substr(colon + 1) : std::string_view();
    if (!is_usb_number(vendor) || (whole && !is_usb_number(product))) {
      return fmt::format(
          "usb:{} is not VENDOR or VENDOR:PRODUCT of four hexadecimal digits each, "
          "as lsusb prints them",
          as_written(value));
    }
    if (auto problem = set_once(out.vendor, lower(vendor), field)) return problem;
    out.product = lower(product);
    return std::nullopt;
  }
  return fmt::format("\"{}:\" is no condition; expected is {}", shown, kMatchWords);
}

}  // namespace

std::string as_written(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(
      out, [](unsigned char c) { return !writable(c); }, '_');
  return out;
}

bool DeviceMatch::matches(const HardwareDevice& device) const {
  if (any) return true;
  const bool on_usb = std::ranges::any_of(
      std::initializer_list<const std::optional<Port>*>{&device.control, &device.net},
      [](const auto* port) { return *port && !(*port)->usb_device.empty(); });
  if (!vendor.empty() && (!on_usb || lower(device.vendor_id) != vendor)) return false;
  if (!product.empty() && lower(device.product_id) != product) return false;
  if (!serial.empty() && as_written(device.serial) != serial) return false;
  if (!path.empty() && as_written(device.id_path) != path) return false;
  if (!mac.empty() && (!device.net || lower(device.net->mac) != mac)) return false;
  return unique() || !vendor.empty();
}

int DeviceMatch::specificity() const {
  // A serial number goes with the device, an address nearly so, a place is only where it is.
  return (serial.empty() ? 0 : 16) + (mac.empty() ? 0 : 8) + (path.empty() ? 0 : 4) +
         (product.empty() ? 0 : 2) + (vendor.empty() ? 0 : 1);
}

tl::expected<DeviceMatch, std::string> parse_match(std::string_view text) {
  DeviceMatch out;
  std::size_t conditions = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    at = end + 1;
    ++conditions;
    if (part == "any") {
      out.any = true;
      continue;
    }
    const auto colon = part.find(':');
    if (colon == std::string_view::npos) {
      return tl::unexpected(fmt::format("\"{}\" is no condition; expected is {}",
                                        as_written(part.substr(0, 32)), kMatchWords));
    }
    if (auto problem = take_condition(part.substr(0, colon), part.substr(colon + 1), out)) {
      return tl::unexpected(std::move(*problem));
    }
  }
  if (out.any && conditions > 1) {
    return tl::unexpected(std::string("any stands alone: with other conditions it says nothing"));
  }
  return out;
}

}  // namespace mwan
