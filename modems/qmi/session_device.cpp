// SPDX-License-Identifier: LGPL-2.1-or-later
// What a session does with the device as a whole: opening it, taking over what an earlier session
// left, and the kernel's side of the data format.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "hal/gasync.hpp"
#include "modems/control_port.hpp"
#include "modems/proxy_probe.hpp"
#include "modems/qmi/session.hpp"
#include "modems/qmi/session_core.hpp"

namespace mwan::qmi {
Task<Status> Session::open(Cancel cancel) {
  const std::string step = where("open");
  const bool simulated = config_.no_file_check;
  // Only for a real device under the usual name may libqmi start its proxy. It tries that up to
  // ten times at 100 ms, from the loop.
  const ProxyState proxy = probe_proxy(config_.proxy);
  const bool may_start = !simulated && config_.proxy == "qmi-proxy";
  if (proxy == ProxyState::Absent && !may_start) {
    co_return failed(FailureClass::Gone, step,
                     fmt::format("nothing listens on the proxy socket \"{}\"", config_.proxy));
  }
  if (proxy == ProxyState::Busy || proxy == ProxyState::Unreachable) {
    co_return failed(
        FailureClass::Transient, step,
        fmt::format("the proxy socket \"{}\" {}", config_.proxy,
                    proxy == ProxyState::Busy ? "takes no more connections" : "cannot be reached"));
  }

  const std::shared_ptr<Core> core = core_;
  GAsyncAwaiter<std::shared_ptr<QmiDevice>>::Start create =
      [this, simulated](GCancellable* c, GAsyncReadyCallback done, gpointer data) {
        GFile* file = g_file_new_for_path(config_.device.c_str());
        g_async_initable_new_async(QMI_TYPE_DEVICE, G_PRIORITY_DEFAULT, c, done, data,
                                   QMI_DEVICE_FILE, file, QMI_DEVICE_PROXY_PATH,
                                   config_.proxy.c_str(), QMI_DEVICE_NO_FILE_CHECK,
                                   static_cast<gboolean>(simulated), nullptr);
        g_object_unref(file);
      };
  GAsyncAwaiter<std::shared_ptr<QmiDevice>>::Finish created =
      [](GObject*, GAsyncResult* result) -> Result<std::shared_ptr<QmiDevice>> {
    GError* error = nullptr;
    DeviceRef device(qmi_device_new_finish(result, &error));
    if (!device) return failed(take_error(error, {}));
    return std::shared_ptr<QmiDevice>(std::move(device));
  };
  Result<std::shared_ptr<QmiDevice>> device = co_await gasync<std::shared_ptr<QmiDevice>>(
      loop_, cancel, config_.timings.open, step, std::move(create), std::move(created));
  if (!device) co_return failed(explain(device.error(), step));
  core->opened(device->get());

  const guint retries =
      static_cast<guint>(std::max<std::int64_t>(1, to_ms(config_.timings.open) / 1000));
  GAsyncAwaiter<Done>::Start open = [core, retries](GCancellable* c, GAsyncReadyCallback done,
                                                    gpointer data) {
    const auto flags = static_cast<QmiDeviceOpenFlags>(QMI_DEVICE_OPEN_FLAGS_PROXY |
                                                       QMI_DEVICE_OPEN_FLAGS_VERSION_INFO);
    qmi_device_open(core->device.get(), flags, retries, c, done, data);
  };
  GAsyncAwaiter<Done>::Finish opened = [](GObject* source, GAsyncResult* result) -> Result<Done> {
    GError* error = nullptr;
    if (qmi_device_open_finish(QMI_DEVICE(source), result, &error) != FALSE) return Done{};
    return failed(take_error(error, {}));
  };
  const Result<Done> outcome = co_await gasync<Done>(loop_, cancel, config_.timings.open, step,
                                                     std::move(open), std::move(opened));
  if (!outcome) co_return failed(explain(outcome.error(), step));
  co_return Status{};
}

std::vector<ClientId> Session::leftovers() const { return core_->unconfirmed; }

Task<Status> Session::reclaim(ClientId id, Cancel cancel) {
  const std::string step = where(fmt::format("release-client-id {}", name(id.service)));
  const std::shared_ptr<Core> core = core_;
  if (core->gone) co_return failed(explain({}, step));
  // With a given id libqmi asks the modem for nothing: this only makes the object to release.
  GAsyncAwaiter<std::shared_ptr<QmiClient>>::Start adopt =
      [core, id](GCancellable* c, GAsyncReadyCallback done, gpointer data) {
        qmi_device_allocate_client(core->device.get(), static_cast<QmiService>(id.service), id.id,
                                   kReleaseSeconds, c, done, data);
      };
  GAsyncAwaiter<std::shared_ptr<QmiClient>>::Finish adopted =
      [](GObject* source, GAsyncResult* result) -> Result<std::shared_ptr<QmiClient>> {
    GError* error = nullptr;
    ClientRef client(qmi_device_allocate_client_finish(QMI_DEVICE(source), result, &error));
    if (!client) return failed(take_error(error, {}));
    return std::shared_ptr<QmiClient>(std::move(client));
  };
  const Duration deadline = config_.timings.request;
  Result<std::shared_ptr<QmiClient>> client = co_await gasync<std::shared_ptr<QmiClient>>(
      loop_, cancel, deadline, step, std::move(adopt), std::move(adopted));
  if (!client) co_return failed(explain(client.error(), step));

  const std::shared_ptr<QmiClient> own = std::move(*client);
  GAsyncAwaiter<Done>::Start release = [core, own](GCancellable* c, GAsyncReadyCallback done,
                                                   gpointer data) {
    qmi_device_release_client(core->device.get(), own.get(),
                              QMI_DEVICE_RELEASE_CLIENT_FLAGS_RELEASE_CID, kReleaseSeconds, c, done,
                              data);
  };
  GAsyncAwaiter<Done>::Finish released = [](GObject* source, GAsyncResult* result) -> Result<Done> {
    GError* error = nullptr;
    if (qmi_device_release_client_finish(QMI_DEVICE(source), result, &error) != FALSE) {
      return Done{};
    }
    const bool unknown = error->domain == QMI_PROTOCOL_ERROR;  // the modem has no such id any more
    Error why = take_error(error, {});
    if (unknown) return Done{};
    return failed(std::move(why));
  };
  const Result<Done> outcome =
      co_await gasync<Done>(loop_, cancel, deadline, step, std::move(release), std::move(released));
  if (!outcome) co_return failed(explain(outcome.error(), step));
  co_return Status{};
}

Status Session::expect_data_format(LinkLayer layer) {
  const auto netdev = find_netdev(config_.device);
  if (config_.no_file_check || !netdev || !core_->device) return {};
  QmiDevice* device = core_->device.get();
  const auto wanted = layer == LinkLayer::RawIp ? QMI_DEVICE_EXPECTED_DATA_FORMAT_RAW_IP
                                                : QMI_DEVICE_EXPECTED_DATA_FORMAT_802_3;
  if (qmi_device_get_expected_data_format(device, nullptr) == wanted) return {};
  if (Status down = set_link_down(*netdev); !down) return down;
  GError* error = nullptr;
  if (qmi_device_set_expected_data_format(device, wanted, &error) != FALSE) return {};
  return failed(take_error(error, where(fmt::format("expect-data-format {}", *netdev))));
}

}  // namespace mwan::qmi
