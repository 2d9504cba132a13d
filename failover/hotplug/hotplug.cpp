// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/hotplug/hotplug.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace mwan::failover {
namespace {

// What a driver is made for: with another one it has to begin anew. Ports that come late, serial
// ones, and what udev adds to its knowledge change nothing.
bool same_for_a_driver(const std::optional<HardwareDevice>& a,
                       const std::optional<HardwareDevice>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  const auto name = [](const std::optional<Port>& port) { return port ? port->syspath : ""; };
  return a->id == b->id && a->kind == b->kind && name(a->control) == name(b->control) &&
         name(a->net) == name(b->net);
}

}  // namespace

Hotplug::Hotplug(Loop& loop, Discovery& discovery)
    : loop_(loop), watch_(discovery.watch_ports([this](const PortEvent& event) { take(event); })) {
  // After the discovery's own first call, which is waiting before this one.
  begin_ = loop_.soon([this] {
    ready_ = true;
    settle();
  });
}

void Hotplug::set_claims(std::vector<DeviceClaim> claims) {
  claims_ = std::move(claims);
  std::erase_if(places_, [&](const auto& entry) {
    return std::ranges::find(claims_, entry.first, &DeviceClaim::profile) == claims_.end();
  });
  settle_soon();
}

Hotplug::Watch Hotplug::watch(const std::string& profile, Calls calls) {
  auto watcher = std::make_shared<Watcher>(Watcher{profile, std::move(calls), false, std::nullopt});
  std::erase_if(watchers_, [](const auto& known) { return known.expired(); });
  watchers_.push_back(watcher);
  settle_soon();
  return watcher;
}

void Hotplug::take(const PortEvent& event) {
  const auto condition = conditions_.take(event, Loop::now());
  if (event.what == PortEvent::What::Removed) {
    ports_.erase(event.port.syspath);
    settle();
  } else {
    ports_[event.port.syspath] = event.port;
    settle_soon();
  }
  if (condition) say(*condition);
}

void Hotplug::settle_soon() {
  if (soon_.active()) return;
  soon_ = loop_.soon([this] {
    soon_.reset();
    settle();
  });
}

void Hotplug::settle() {
  if (!ready_) return;
  std::vector<Port> ports;
  ports.reserve(ports_.size());
  for (const auto& [syspath, port] : ports_) ports.push_back(port);
  devices_ = group_ports(ports);
  assignment_ = assign_devices(claims_, devices_, assignment_);
  for (const auto& [profile, id] : assignment_) places_[profile] = id;
  // Whoever is told may end watches, or begin others.
  const auto watchers = watchers_;
  for (const auto& weak : watchers) {
    if (const auto watcher = weak.lock()) tell(*watcher);
  }
  if (changed_) changed_();
}

void Hotplug::tell(Watcher& watcher) {
  const HardwareDevice* device = device_of(watcher.profile);
  std::optional<HardwareDevice> now;
  if (device != nullptr) now = *device;
  if (watcher.told_once && same_for_a_driver(watcher.told, now)) return;
  const bool replaced = watcher.told && now;
  watcher.told = now;
  watcher.told_once = true;
  if (replaced) watcher.calls.device(std::nullopt);
  watcher.calls.device(now);
}

const HardwareDevice* Hotplug::device_of(const std::string& profile) const {
  const auto id = assignment_.find(profile);
  if (id == assignment_.end()) return nullptr;
  const auto device = std::ranges::find(devices_, id->second, &HardwareDevice::id);
  return device == devices_.end() ? nullptr : &*device;
}

void Hotplug::say(const UsbCondition& condition) {
  const auto owner = std::ranges::find(places_, condition.usb_device,
                                       [](const auto& entry) { return entry.second; });
  if (owner != places_.end()) {
    for (const auto& weak : watchers_) {
      const auto watcher = weak.lock();
      if (watcher && watcher->profile == owner->first) {
        watcher->calls.condition(condition.text);
        return;
      }
    }
  }
  spdlog::warn("{}", condition.text);
}

}  // namespace mwan::failover
