// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/assign.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "hal/discovery/classify.hpp"

namespace mwan {
namespace {

class Assigner {
 public:
  Assigner(std::span<const DeviceClaim> claims, std::span<const HardwareDevice> devices,
           const Assignment& before)
      : before_(before) {
    for (const DeviceClaim& claim : claims) claims_.push_back(&claim);
    for (const HardwareDevice& device : devices) devices_.push_back(&device);
    std::ranges::sort(claims_, {}, [](const DeviceClaim* claim) {
      return std::tuple(-weight(*claim), claim->priority, std::string_view(claim->profile));
    });
    // Of two paths the shorter is the one with the smaller number: usb-0:2 before usb-0:10.
    std::ranges::sort(devices_, {}, [](const HardwareDevice* device) {
      return std::tuple(device->id_path.size(), std::string_view(device->id_path),
                        device->id.size(), std::string_view(device->id));
    });
  }

  Assignment run() {
    for (auto first = claims_.begin(); first != claims_.end();) {
      const auto last = std::find_if(first, claims_.end(), [&](const DeviceClaim* claim) {
        return weight(*claim) != weight(**first);
      });
      for (auto at = first; at != last; ++at) keep(**at);
      for (auto at = first; at != last; ++at) choose(**at);
      first = last;
    }
    return std::move(out_);
  }

 private:
  static int weight(const DeviceClaim& claim) {
    if (claim.automatic) return -1;
    return claim.match ? claim.match->specificity() : 1000;
  }
  [[nodiscard]] bool fits(const DeviceClaim& claim, const HardwareDevice& device) const {
    return !taken_.contains(device.id) && usable_as(claim, device);
  }
  void give(const DeviceClaim& claim, const HardwareDevice& device) {
    out_[claim.profile] = device.id;
    taken_.insert(device.id);
  }
  void keep(const DeviceClaim& claim) {
    const auto had = before_.find(claim.profile);
    if (had == before_.end()) return;
    const auto device = std::ranges::find(devices_, had->second, &HardwareDevice::id);
    if (device != devices_.end() && fits(claim, **device)) give(claim, **device);
  }
  void choose(const DeviceClaim& claim) {
    if (out_.contains(claim.profile)) return;
    const auto device = std::ranges::find_if(
        devices_, [&](const HardwareDevice* candidate) { return fits(claim, *candidate); });
    if (device != devices_.end()) give(claim, **device);
  }

  std::vector<const DeviceClaim*> claims_;
  std::vector<const HardwareDevice*> devices_;
  const Assignment& before_;
  std::set<std::string, std::less<>> taken_;
  Assignment out_;
};

}  // namespace

bool usable_as(const DeviceClaim& claim, const HardwareDevice& device) {
  if (!claim.match) {
    const bool by_control =
        !claim.control.empty() && device.control && device.control->devnode == claim.control;
    const bool by_net = !claim.net.empty() && device.net && device.net->sysname == claim.net;
    return by_control || by_net;
  }
  const auto kind = link_kind_of(device);
  if (!kind || !device.complete() || !claim.match->matches(device)) return false;
  if (kind == claim.kind) return true;
  const bool either_is_modem = kind == LinkKind::Modem || claim.kind == LinkKind::Modem;
  return !either_is_modem && !claim.match->any;
}

Assignment assign_devices(std::span<const DeviceClaim> claims,
                          std::span<const HardwareDevice> devices, const Assignment& before) {
  return Assigner(claims, devices, before).run();
}

}  // namespace mwan
