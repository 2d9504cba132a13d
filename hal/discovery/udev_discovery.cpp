// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/udev_discovery.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <libudev.h>
#include <unistd.h>

#include "hal/discovery/usb_conditions.hpp"

namespace mwan {
namespace {

constexpr std::array<const char*, 4> kSubsystems = {"net", "usbmisc", "tty", "usb"};
constexpr int kBufferBytes = 1 << 20;  // a dock full of devices, or a hub that goes mad
constexpr Duration kRetry = std::chrono::milliseconds(200);

std::string text(const char* value) { return value == nullptr ? "" : value; }

std::string property(udev_device& device, const char* name) {
  return text(udev_device_get_property_value(&device, name));
}

std::string attribute(udev_device* device, const char* name) {
  return device == nullptr ? "" : text(udev_device_get_sysattr_value(device, name));
}

// The nearest ancestor of the kind; owned by the device.
udev_device* ancestor(udev_device& device, const char* subsystem, const char* devtype) {
  return udev_device_get_parent_with_subsystem_devtype(&device, subsystem, devtype);
}

// A whole USB device is of interest where it has no ports of its own to speak for it: in emergency
// download mode, which not every kernel has a driver for, and as storage alone (class 08 in udev's
// list of interfaces), which may be a modem before its mode switch.
std::optional<Port> usb_port_of(udev_device& device) {
  if (text(udev_device_get_devtype(&device)) != "usb_device") return std::nullopt;
  Port out;
  out.syspath = text(udev_device_get_syspath(&device));
  out.subsystem = "usb";
  out.sysname = text(udev_device_get_sysname(&device));
  out.devtype = "usb_device";
  out.usb_device = out.syspath;
  out.vendor_id = attribute(&device, "idVendor");
  out.product_id = attribute(&device, "idProduct");
  out.serial = attribute(&device, "serial");
  out.id_path = property(device, "ID_PATH");
  const std::string interfaces = property(device, "ID_USB_INTERFACES");  // ":080650:"
  const bool storage_alone = interfaces.starts_with(":08") && interfaces.size() == 8;
  if (out.syspath.empty() || !(storage_alone || is_emergency_download(out))) return std::nullopt;
  return out;
}

// Nothing when it is of no use here: loopback, terminals that are not on USB, most USB devices.
std::optional<Port> port_of(udev_device& device) {
  if (text(udev_device_get_subsystem(&device)) == "usb") return usb_port_of(device);
  Port out;
  out.syspath = text(udev_device_get_syspath(&device));
  out.subsystem = text(udev_device_get_subsystem(&device));
  out.sysname = text(udev_device_get_sysname(&device));
  if (out.syspath.empty() || out.sysname.empty()) return std::nullopt;
  udev_device* usb_device = ancestor(device, "usb", "usb_device");
  if (out.subsystem == "net") {
    if (out.sysname == "lo") return std::nullopt;
  } else if (usb_device == nullptr) {
    return std::nullopt;
  }
  out.devnode = text(udev_device_get_devnode(&device));
  out.devtype = text(udev_device_get_devtype(&device));
  for (udev_device* up = udev_device_get_parent(&device); up != nullptr && out.driver.empty();
       up = udev_device_get_parent(up)) {
    out.driver = text(udev_device_get_driver(up));
    if (up == usb_device) break;  // its driver is "usb", which says nothing
  }
  if (usb_device != nullptr) {
    if (out.driver == "usb") out.driver.clear();
    out.usb_device = text(udev_device_get_syspath(usb_device));
    if (udev_device* interface = ancestor(device, "usb", "usb_interface")) {
      out.usb_interface = text(udev_device_get_syspath(interface));
    }
    out.vendor_id = attribute(usb_device, "idVendor");
    out.product_id = attribute(usb_device, "idProduct");
    out.serial = attribute(usb_device, "serial");
  } else if (udev_device* pci = ancestor(device, "pci", nullptr)) {
    // "0x8086"
    const auto digits = [](const std::string& hex) {
      return hex.starts_with("0x") ? hex.substr(2) : hex;
    };
    out.vendor_id = digits(attribute(pci, "vendor"));
    out.product_id = digits(attribute(pci, "device"));
  }
  out.id_path = property(device, "ID_PATH");
  out.candidate = property(device, "ID_MWAN_CANDIDATE") == "1";
  if (out.subsystem == "net") out.mac = attribute(&device, "address");
  return out;
}

}  // namespace

void UdevDiscovery::Free::operator()(udev* context) const { udev_unref(context); }
void UdevDiscovery::Free::operator()(udev_device* device) const { udev_device_unref(device); }
void UdevDiscovery::Free::operator()(udev_monitor* monitor) const { udev_monitor_unref(monitor); }

Result<std::unique_ptr<UdevDiscovery>> UdevDiscovery::open(Loop& loop, Source source) {
  // Where libudev itself looks: without a daemon its monitor would be silent for ever.
  if (source == Source::Either) {
    source = ::access("/run/udev/control", F_OK) == 0 ? Source::Udev : Source::Kernel;
  }
  const auto refused = [](const char* step) {
    return failed(FailureClass::Transient, "device discovery",
                  std::string(step) + ": " + std::strerror(errno));
  };
  std::unique_ptr<udev, Free> context(udev_new());
  if (!context) return refused("libudev");
  std::unique_ptr<udev_monitor, Free> monitor(
      udev_monitor_new_from_netlink(context.get(), source == Source::Udev ? "udev" : "kernel"));
  if (!monitor) return refused("listening to device events");
  for (const char* subsystem : kSubsystems) {
    udev_monitor_filter_add_match_subsystem_devtype(monitor.get(), subsystem, nullptr);
  }
  // More than the system's limit takes privilege; less is only less robust in a storm.
  udev_monitor_set_receive_buffer_size(monitor.get(), kBufferBytes);
  // Before the first look, so that nothing falls between them.
  if (udev_monitor_enable_receiving(monitor.get()) < 0) {
    return refused("listening to device events");
  }
  std::unique_ptr<UdevDiscovery> out(
      new UdevDiscovery(loop, std::move(context), std::move(monitor), source == Source::Udev));
  if (auto status = out->enumerate(); !status) return failed(status.error());
  return out;
}

UdevDiscovery::UdevDiscovery(Loop& loop, std::unique_ptr<udev, Free> context,
                             std::unique_ptr<udev_monitor, Free> monitor, bool only_ready)
    : loop_(loop),
      context_(std::move(context)),
      monitor_(std::move(monitor)),
      only_ready_(only_ready) {
  readable_ = loop_.watch(udev_monitor_get_fd(monitor_.get()), Loop::Readable,
                          [this](unsigned) { readable(); });
}

Discovery::Watch UdevDiscovery::watch_ports(std::function<void(const PortEvent&)> call) {
  auto watcher = std::make_shared<Watcher>(std::move(call), false);
  watchers_.push_back(watcher);
  begin_ = loop_.soon([this] { begin(); });
  return watcher;
}

// What there is, for those who have not been told yet.
void UdevDiscovery::begin() {
  for (const auto& weak : std::vector(watchers_)) {
    const auto watcher = weak.lock();
    if (!watcher || watcher->begun) continue;
    watcher->begun = true;
    for (const auto& [syspath, port] : std::map(known_)) {
      if (weak.use_count() < 2) break;  // given up in a call: only `watcher` is left
      watcher->call({PortEvent::What::Added, port});
    }
  }
}

void UdevDiscovery::tell(const PortEvent& event) {
  std::erase_if(watchers_, [](const auto& watcher) { return watcher.expired(); });
  for (const auto& weak : std::vector(watchers_)) {
    const auto watcher = weak.lock();
    if (watcher && watcher->begun) watcher->call(event);
  }
}

Status UdevDiscovery::enumerate() {
  const std::unique_ptr<udev_enumerate, decltype(&udev_enumerate_unref)> list(
      udev_enumerate_new(context_.get()), udev_enumerate_unref);
  if (!list) return failed(FailureClass::Transient, "device discovery", std::strerror(errno));
  for (const char* subsystem : kSubsystems) {
    udev_enumerate_add_match_subsystem(list.get(), subsystem);
  }
  // What udev has not looked at yet is announced when it has.
  if (only_ready_) udev_enumerate_add_match_is_initialized(list.get());
  if (const int error = udev_enumerate_scan_devices(list.get()); error < 0) {
    return failed(FailureClass::Transient, "device discovery",
                  std::string("listing devices: ") + std::strerror(-error));
  }
  std::set<std::string> present;
  udev_list_entry* entry = nullptr;
  udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(list.get())) {
    const std::unique_ptr<udev_device, Free> device(
        udev_device_new_from_syspath(context_.get(), udev_list_entry_get_name(entry)));
    if (!device) continue;  // gone since
    if (auto port = port_of(*device)) {
      present.insert(port->syspath);
      put(std::move(*port));
    }
  }
  for (const auto& [syspath, port] : std::map(known_)) {
    if (!present.contains(syspath)) drop(syspath);
  }
  return {};
}

void UdevDiscovery::readable() {
  for (;;) {
    errno = 0;
    const std::unique_ptr<udev_device, Free> device(udev_monitor_receive_device(monitor_.get()));
    if (device) {
      take(*device);
      continue;
    }
    if (errno == ENOBUFS) {
      // Events were lost: look at everything again, once the storm is over.
      look_again();
      continue;
    }
    // Also a message that is not udev's comes back as nothing; the next call reads on.
    return;
  }
}

void UdevDiscovery::refresh() {
  if (!enumerate()) look_again();
}

void UdevDiscovery::look_again() {
  retry_ = loop_.after(kRetry, [this] {
    if (!enumerate()) look_again();
  });
}

void UdevDiscovery::take(udev_device& device) {
  const std::string_view action = udev_device_get_action(&device) == nullptr
                                      ? std::string_view()
                                      : udev_device_get_action(&device);
  const std::string syspath = text(udev_device_get_syspath(&device));
  if (action == "remove") {
    drop(syspath);
    return;
  }
  if (action == "move") {
    const std::string before = property(device, "DEVPATH_OLD");
    if (!before.empty()) drop("/sys" + before);
  }
  if (auto port = port_of(device)) {
    put(std::move(*port));
  } else {
    drop(syspath);  // another device in the place of one that went unnoticed
  }
}

void UdevDiscovery::put(Port port) {
  const auto [at, fresh] = known_.try_emplace(port.syspath, port);
  if (!fresh && at->second == port) return;
  at->second = port;
  tell({fresh ? PortEvent::What::Added : PortEvent::What::Changed, std::move(port)});
}

void UdevDiscovery::drop(const std::string& syspath) {
  const auto node = known_.extract(syspath);
  if (node) tell({PortEvent::What::Removed, node.mapped()});
}

}  // namespace mwan
