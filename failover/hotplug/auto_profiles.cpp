// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/hotplug/auto_profiles.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "failover/hotplug/claims.hpp"
#include "hal/discovery/classify.hpp"

namespace mwan::failover {
namespace {

struct Nature {
  LinkKind kind;
  std::string_view word;
  int first_priority;  // behind all that a user can give, 1 to 1000
};

// Wires are cheapest and steadiest; a phone also goes for a walk.
constexpr std::array kNatures = {Nature{LinkKind::Ethernet, "ethernet", 1101},
                                 Nature{LinkKind::Modem, "modem", 1201},
                                 Nature{LinkKind::Tether, "tether", 1301}};

const Nature* nature_of(const HardwareDevice& device) {
  const auto kind = link_kind_of(device);
  const auto* found =
      std::ranges::find_if(kNatures, [&](const Nature& n) { return n.kind == kind; });
  return found == kNatures.end() ? nullptr : found;
}

// FNV-1a, 32 bits: not for security, only to make a short name of a long one, the same every time.
std::uint32_t short_hash(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

bool same_serial(const HardwareDevice& a, const HardwareDevice& b) {
  return a.serial == b.serial && a.vendor_id == b.vendor_id && a.product_id == b.product_id;
}

}  // namespace

std::string identity_of(const HardwareDevice& device, std::span<const HardwareDevice> devices) {
  const bool alone = std::ranges::count_if(devices, [&](const HardwareDevice& other) {
                       return same_serial(device, other);
                     }) == 1;
  const bool usb = device.vendor_id.size() == 4 && device.product_id.size() == 4;
  std::string out;
  if (!device.serial.empty() && alone && usb) {
    out = fmt::format("usb:{}:{},serial:{}", device.vendor_id, device.product_id,
                      as_written(device.serial));
  } else if (!device.id_path.empty()) {
    out = "path:" + as_written(device.id_path);
  }
  return parse_match(out) ? out : "";
}

namespace {

std::optional<Profile> profile_for(const HardwareDevice& device, const AutoProfileInput& input) {
  const Nature* nature = nature_of(device);
  if (nature == nullptr || !device.candidate || !device.complete()) return std::nullopt;
  const std::string identity = identity_of(device, input.devices);
  if (identity.empty()) return std::nullopt;
  Profile out;
  // A card that is not on USB may not say what it is; its place, in the number at the end, does.
  const bool numbered = device.vendor_id.size() == 4 && device.product_id.size() == 4;
  out.name =
      fmt::format("auto-{}-{}{:08x}", nature->word,
                  numbered ? as_written(device.vendor_id + "-" + device.product_id + "-") : "",
                  short_hash(identity));
  out.origin.file = "AUTO_PROFILES";
  out.automatic = true;
  out.kind = nature->kind;
  out.match = identity;
  out.ethernet.addressing = Addressing::Dhcp;
  out.metered = metered_by_nature(nature->kind);
  const bool ours = std::ranges::find(input.before, out.name, &Profile::name) != input.before.end();
  if (!ours && device.net && input.in_use(device.net->sysname)) return std::nullopt;
  return out;
}

void give_priorities(std::vector<Profile>& profiles) {
  std::ranges::sort(profiles, {}, &Profile::name);
  for (const Nature& nature : kNatures) {
    int next = nature.first_priority;
    for (Profile& profile : profiles) {
      if (profile.kind == nature.kind) profile.priority = next++;
    }
  }
  std::ranges::sort(profiles, {}, &Profile::priority);
}

}  // namespace

std::vector<Profile> auto_profiles(const AutoProfileInput& input) {
  std::vector<Profile> out;
  if (!input.configuration.settings.auto_profiles) return out;
  std::set<std::string> taken;
  const auto claims = claims_of(input.configuration);
  for (const auto& [profile, id] : assign_devices(claims, input.devices, input.assignment)) {
    taken.insert(id);
  }
  std::set<std::string> names;
  for (const Profile& profile : input.configuration.profiles) names.insert(profile.name);
  const std::size_t room = max_profiles - std::min(max_profiles, names.size());
  bool others_came = false;
  for (const HardwareDevice& device : input.devices) {
    if (taken.contains(device.id) || out.size() >= room) continue;
    auto profile = profile_for(device, input);
    if (!profile || !names.insert(profile->name).second) continue;
    others_came = others_came || std::ranges::find(input.before, profile->name, &Profile::name) ==
                                     input.before.end();
    out.push_back(std::move(*profile));
  }
  for (const Profile& profile : input.before) {
    // Away for a while: it may come back as it was.
    if (others_came || out.size() >= room || !names.insert(profile.name).second) continue;
    const auto match = parse_match(profile.match);
    const bool somebodys = std::ranges::any_of(input.devices, [&](const HardwareDevice& device) {
      return match && match->matches(device);
    });
    if (!somebodys) out.push_back(profile);
  }
  for (Profile& profile : out) {
    profile.probe = input.configuration.settings.probe;
    profile.families = input.configuration.settings.families;
  }
  give_priorities(out);
  return out;
}

}  // namespace mwan::failover
