// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening the device: the proxy, and the version of Microsoft's extensions.
#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hal/gasync.hpp"
#include "modems/mbim/session.hpp"
#include "modems/mbim/session_core.hpp"
#include "modems/proxy_probe.hpp"

namespace mwan::mbim {
namespace {

constexpr Duration kTooShort = std::chrono::milliseconds(200);  // for any exchange with a modem

// The name is built into libmbim.
constexpr const char* kProxy = "mbim-proxy";

// libmbim insists on a special file that exists, also for a simulated device that has none.
std::string device_path(const ModemConfig& config) {
  std::error_code missing;
  const bool exists = std::filesystem::is_character_file(config.device, missing);
  return config.no_file_check && !exists ? "/dev/null" : config.device;
}

std::vector<Mbimex> versions_to_try(unsigned highest) {
  if (highest >= 3) return {Mbimex::V3, Mbimex::V2, Mbimex::None};
  if (highest == 2) return {Mbimex::V2, Mbimex::None};
  return {Mbimex::None};
}

MbimDeviceOpenFlags open_flags(Mbimex version) {
  int flags = MBIM_DEVICE_OPEN_FLAGS_PROXY;
  // One of them: libmbim refuses both together.
  if (version == Mbimex::V3) flags |= MBIM_DEVICE_OPEN_FLAGS_MS_MBIMEX_V3;
  if (version == Mbimex::V2) flags |= MBIM_DEVICE_OPEN_FLAGS_MS_MBIMEX_V2;
  return static_cast<MbimDeviceOpenFlags>(flags);
}

}  // namespace

Task<Status> Session::create_device(Cancel cancel) {
  const std::string step = where("open");
  const std::string path = device_path(config_);
  GAsyncAwaiter<std::shared_ptr<MbimDevice>>::Start create =
      [path](GCancellable* c, GAsyncReadyCallback done, gpointer data) {
        GFile* file = g_file_new_for_path(path.c_str());
        mbim_device_new(file, c, done, data);
        g_object_unref(file);
      };
  GAsyncAwaiter<std::shared_ptr<MbimDevice>>::Finish created =
      [](GObject*, GAsyncResult* result) -> Result<std::shared_ptr<MbimDevice>> {
    GError* error = nullptr;
    DeviceRef device(mbim_device_new_finish(result, &error));
    if (!device) return failed(take_error(error, {}));
    return std::shared_ptr<MbimDevice>(std::move(device));
  };
  Result<std::shared_ptr<MbimDevice>> device = co_await gasync<std::shared_ptr<MbimDevice>>(
      loop_, cancel, config_.timings.open, step, std::move(create), std::move(created));
  if (!device) co_return failed(explain(device.error(), step));
  core_->created(device->get());
  co_return Status{};
}

Task<Status> Session::open_as(Mbimex version, Duration deadline, Cancel cancel) {
  const std::string step = where("open");
  const std::shared_ptr<Core> core = core_;
  const auto seconds = static_cast<guint>(std::max<std::int64_t>(1, to_ms(deadline) / 1000));
  GAsyncAwaiter<Done>::Start open = [core, version, seconds](
                                        GCancellable* c, GAsyncReadyCallback done, gpointer data) {
    mbim_device_open_full(core->device.get(), open_flags(version), seconds, c, done, data);
  };
  GAsyncAwaiter<Done>::Finish opened = [](GObject* source, GAsyncResult* result) -> Result<Done> {
    GError* error = nullptr;
    if (mbim_device_open_full_finish(MBIM_DEVICE(source), result, &error) != FALSE) return Done{};
    return failed(take_error(error, {}));
  };
  const Either either(cancel, core->broken);
  const Result<Done> outcome = co_await gasync<Done>(loop_, either.cancel, deadline, step,
                                                     std::move(open), std::move(opened));
  if (!outcome) co_return failed(explain(outcome.error(), step));
  co_return Status{};
}

Task<Status> Session::open(Cancel cancel) {
  const std::string step = where("open");
  // Only for a real device may libmbim start its proxy. It tries that up to ten times at 100 ms.
  const ProxyState proxy = probe_proxy(kProxy);
  if (proxy == ProxyState::Absent && config_.no_file_check) {
    co_return failed(FailureClass::Gone, step,
                     fmt::format("nothing listens on the proxy socket \"{}\"", kProxy));
  }
  if (proxy == ProxyState::Busy || proxy == ProxyState::Unreachable) {
    co_return failed(
        FailureClass::Transient, step,
        fmt::format("the proxy socket \"{}\" {}", kProxy,
                    proxy == ProxyState::Busy ? "takes no more connections" : "cannot be reached"));
  }
  const std::shared_ptr<Core> core = core_;
  const Instant until = Loop::now() + config_.timings.open;
  const Status created = co_await create_device(cancel);
  if (!created) co_return created;

  Status outcome;
  for (const Mbimex version : versions_to_try(config_.quirks.mbimex)) {
    const Duration left = until - Loop::now();
    outcome = co_await open_as(version, left, cancel);
    core->opened = outcome.has_value();
    if (core->opened) co_return outcome;
    const FailureClass failure = outcome.error().failure;
    const bool hopeless = failure == FailureClass::Gone || failure == FailureClass::Cancelled;
    // Out of time: libmbim is still at it, and takes no second open.
    if (hopeless || Loop::now() + kTooShort >= until) co_return outcome;
    // libmbim counts a device whose version was not agreed on as being opened for ever.
    mbim_device_close_force(core->device.get(), nullptr);
  }
  co_return outcome;
}

}  // namespace mwan::mbim
