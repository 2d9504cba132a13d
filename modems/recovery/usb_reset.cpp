// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/recovery/usb_reset.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hal/gasync.hpp"
#include "hal/unique_fd.hpp"

namespace mwan {
namespace {

namespace fs = std::filesystem;

// Of the kernel: a few attempts of 5 s each at a device that hangs.
constexpr Duration kPatience = std::chrono::seconds(60);

std::optional<unsigned> number_in(const fs::path& file) {
  std::ifstream in(file);
  unsigned number = 0;
  if (!(in >> number)) return std::nullopt;
  return number;
}

// The USB device that folder, a device or a function of one in sysfs, belongs to.
std::optional<UsbDevice> device_above(fs::path folder) {
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    const auto bus = number_in(folder / "busnum");
    const auto device = number_in(folder / "devnum");
    if (bus && device) return UsbDevice{folder.filename().string(), *bus, *device};
  }
  return std::nullopt;
}

bool plain(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

// 0 or an errno.
int write_file(const fs::path& file, char value) {
  const UniqueFd fd(open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return errno;
  return write(fd.get(), &value, 1) == 1 ? 0 : errno;
}

int reset_by_ioctl(const UsbDevice& device, const std::string& root) {
  const std::string node =
      fmt::format("{}/dev/bus/usb/{:03}/{:03}", root, device.bus, device.device);
  const UniqueFd fd(open(node.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return errno;
  // ENODEV: it was reset and came back as something else, so it is enumerated anew.
  return ioctl(fd.get(), USBDEVFS_RESET, 0) == 0 || errno == ENODEV ? 0 : errno;
}

FailureClass class_of(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return FailureClass::Permanent;
    case ENOENT:
    case ENODEV:
      return FailureClass::Gone;
    default:
      return FailureClass::Transient;
  }
}

}  // namespace

Result<UsbDevice> find_usb_device(const std::string& control_port, const std::string& root) {
  const std::string port = fs::path(control_port).filename().string();
  if (plain(port)) {
    std::error_code error;
    for (const char* subsystem : {"usbmisc", "tty"}) {
      const fs::path link = fs::path(root + "/sys/class") / subsystem / port / "device";
      const fs::path folder = fs::canonical(link, error);
      if (error) continue;
      if (auto device = device_above(folder)) return *std::move(device);
    }
  }
  return failed(FailureClass::Gone, "usb device of " + control_port,
                "the kernel knows none: it was unplugged, or is not on USB");
}

Result<UsbDevice> usb_device_at(const std::string& name, const std::string& root) {
  std::error_code error;
  const fs::path folder = fs::canonical(root + "/sys/bus/usb/devices/" + name, error);
  if (plain(name) && !error) {
    const auto bus = number_in(folder / "busnum");
    const auto device = number_in(folder / "devnum");
    if (bus && device) return UsbDevice{name, *bus, *device};
  }
  return failed(FailureClass::Gone, "usb device " + name, "nothing is plugged in there");
}

Status reset_usb_device_now(const UsbDevice& device, const std::string& link,
                            const std::string& root) {
  const std::string where = link + ": usb reset of " + device.name;
  if (!plain(device.name)) {
    return failed(FailureClass::Permanent, where, "this cannot be the name of a USB device");
  }
  const int by_ioctl = reset_by_ioctl(device, root);
  if (by_ioctl == 0) return {};

  const fs::path file = root + "/sys/bus/usb/devices/" + device.name + "/authorized";
  int by_sysfs = write_file(file, '0');
  if (by_sysfs == 0) {
    // Left at 0 the modem is lost to everybody.
    by_sysfs = write_file(file, '1');
    if (by_sysfs != 0) by_sysfs = write_file(file, '1');
    if (by_sysfs == 0) return {};
    return failed(class_of(by_sysfs), where,
                  fmt::format("it was switched off and does not come back on ({}): write 1 to {}, "
                              "or unplug it",
                              std::strerror(by_sysfs), file.string()));
  }
  switch (class_of(by_sysfs)) {
    case FailureClass::Permanent:
      return failed(
          FailureClass::Permanent, where,
          fmt::format("no permission ({}): it needs root, /dev/bus/usb and a writable /sys",
                      std::strerror(by_sysfs)));
    case FailureClass::Gone:
      return failed(FailureClass::Gone, where, "there is no such device any more");
    default:
      return failed(FailureClass::Transient, where,
                    fmt::format("the kernel refuses: {}, and by sysfs: {}", std::strerror(by_ioctl),
                                std::strerror(by_sysfs)));
  }
}

Task<Status> reset_usb_device(Loop& loop, UsbDevice device, std::string link, Cancel cancel,
                              std::string root) {
  struct Order {
    UsbDevice device;
    std::string link;
    std::string root;
    Status result;
  };
  const std::string what = link + ": usb reset of " + device.name;
  auto order = std::make_shared<Order>(Order{std::move(device), link, std::move(root), {}});
  const std::function<void(GCancellable*, GAsyncReadyCallback, gpointer)> start =
      [order](GCancellable* cancellable, GAsyncReadyCallback done, gpointer data) {
        GTask* task = g_task_new(nullptr, cancellable, done, data);
        g_task_set_task_data(task, new std::shared_ptr<Order>(order), [](gpointer kept) {
          delete static_cast<std::shared_ptr<Order>*>(kept);
        });
        g_task_run_in_thread(task, [](GTask* self, gpointer, gpointer kept, GCancellable*) {
          Order& mine = **static_cast<std::shared_ptr<Order>*>(kept);
          mine.result = reset_usb_device_now(mine.device, mine.link, mine.root);
          g_task_return_boolean(self, TRUE);
        });
        g_object_unref(task);
      };
  const std::function<Result<Status>(GObject*, GAsyncResult*)> finish =
      [order](GObject*, GAsyncResult* result) -> Result<Status> {
    // The thread has ended: a cancellation in between only makes GLib drop its TRUE.
    g_task_propagate_boolean(G_TASK(result), nullptr);
    return order->result;
  };
  const Result<Status> outcome =
      co_await gasync<Status>(loop, std::move(cancel), kPatience, what, start, finish);
  if (!outcome) co_return failed(outcome.error());
  co_return *outcome;
}

}  // namespace mwan
