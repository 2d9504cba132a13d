// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/usb_conditions.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mwan {
namespace {

constexpr std::size_t kMostPlaces = 256;  // more ports than any machine has

// "1-2", as the kernel's log calls it.
std::string place_name(const Port& port) {
  const auto slash = port.usb_device.rfind('/');
  return slash == std::string::npos ? port.usb_device : port.usb_device.substr(slash + 1);
}

UsbCondition emergency(const Port& port) {
  return {
      UsbCondition::What::EmergencyDownload, port.usb_device,
      fmt::format("the device at USB {} is in emergency download mode (05c6:9008): the firmware "
                  "of the modem is damaged. It cannot be used until the firmware is restored "
                  "with the maker's tool; cutting its power is worth one attempt",
                  place_name(port))};
}

UsbCondition loop(const Port& port, std::size_t times, const std::set<std::string>& identities) {
  return {
      UsbCondition::What::ModeSwitchLoop, port.usb_device,
      fmt::format("the device at USB {} appeared {} times within {} s, as {}: it does not stay "
                  "in one mode. Check its power supply and what switches its mode "
                  "(usb_modeswitch); it is used whenever it is there",
                  place_name(port), times,
                  std::chrono::duration_cast<std::chrono::seconds>(UsbConditions::kWindow).count(),
                  fmt::join(identities, " and "))};
}

}  // namespace

bool is_emergency_download(const Port& port) {
  return port.vendor_id == "05c6" && port.product_id == "9008";
}

std::optional<UsbCondition> UsbConditions::take(const PortEvent& event, Instant now) {
  const Port& port = event.port;
  if (port.usb_device.empty()) return std::nullopt;
  if (places_.size() >= kMostPlaces && !places_.contains(port.usb_device)) places_.clear();
  Place& place = places_[port.usb_device];
  if (event.what == PortEvent::What::Removed) {
    place.ports.erase(port.syspath);
    if (place.ports.empty()) place.emergency_told = false;
    return std::nullopt;
  }
  const bool appeared = place.ports.empty();
  place.ports.insert(port.syspath);
  if (is_emergency_download(port) && !place.emergency_told) {
    place.emergency_told = true;
    return emergency(port);
  }
  if (!appeared) return std::nullopt;
  std::erase_if(place.appearances, [now](Instant then) { return now - then > kWindow; });
  if (place.appearances.empty()) {
    place.loop_told = false;
    place.identities.clear();
  }
  place.appearances.push_back(now);
  place.identities.insert(port.vendor_id + ":" + port.product_id);
  if (place.appearances.size() < kAppearances || place.loop_told) return std::nullopt;
  place.loop_told = true;
  return loop(port, place.appearances.size(), place.identities);
}

}  // namespace mwan
