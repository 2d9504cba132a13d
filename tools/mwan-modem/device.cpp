// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/device.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "hal/discovery/udev_discovery.hpp"
#include "modems/control_port.hpp"

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;

// watch_ports() tells what is there from the loop, all of it in one turn.
constexpr Duration kEnumeration = 20ms;

std::string describe(const HardwareDevice& device) {
  return fmt::format("{} ({})", device.control->devnode, name_of(device.kind));
}

Choice choice_of(const HardwareDevice& device) {
  return {device.control->devnode, device.net ? device.net->sysname : "", device};
}

}  // namespace

bool is_modem(const HardwareDevice& device) {
  switch (device.kind) {
    case DeviceKind::QmiModem:
    case DeviceKind::MbimModem:
    case DeviceKind::NcmModem:
      return true;
    default:
      return false;
  }
}

Task<Result<std::vector<HardwareDevice>>> find_devices(Loop& loop, Cancel cancel) {
  auto discovery = UdevDiscovery::open(loop);
  if (!discovery) co_return failed(discovery.error());
  std::vector<Port> ports;
  const Discovery::Watch watch = (*discovery)->watch_ports([&ports](const PortEvent& event) {
    if (event.what == PortEvent::What::Added) ports.push_back(event.port);
  });
  const Woken woken = co_await pause(loop, cancel, kEnumeration);
  if (woken == Woken::Cancelled) {
    co_return failed(FailureClass::Cancelled, "udev", "interrupted");
  }
  co_return group_ports(ports);
}

tl::expected<Choice, Refusal> choose(const std::vector<HardwareDevice>& devices,
                                     const std::string& wanted) {
  std::vector<const HardwareDevice*> modems;
  for (const HardwareDevice& device : devices) {
    if (is_modem(device) && device.control) modems.push_back(&device);
  }
  if (wanted.empty()) {
    if (modems.size() == 1) return choice_of(*modems.front());
    if (modems.empty()) {
      return tl::unexpected(Refusal{
          ExitCode::NoModem,
          "there is no modem with a control port; mwan-modem diagnose looks for the cause"});
    }
    std::string names;
    for (const HardwareDevice* modem : modems) {
      names += (names.empty() ? "" : ", ") + describe(*modem);
    }
    return tl::unexpected(
        Refusal{ExitCode::Usage, "there are several modems, choose one with --device: " + names});
  }
  const auto named = std::ranges::find_if(modems, [&](const HardwareDevice* modem) {
    return modem->control->devnode == wanted || modem->control->sysname == wanted ||
           (modem->net && modem->net->sysname == wanted);
  });
  if (named != modems.end()) return choice_of(**named);
  if (wanted.starts_with('/')) return Choice{wanted, {}, std::nullopt};
  return tl::unexpected(
      Refusal{ExitCode::NoModem,
              fmt::format("there is no modem called {}; mwan-modem list shows those that "
                          "there are",
                          wanted)});
}

std::string link_name(const Options& options, const Choice& choice) {
  if (options.simulated) return "simulated";
  return std::filesystem::path(choice.device).filename().string();
}

ModemConfig modem_config(const Options& options, const Choice& choice) {
  ModemConfig out;
  out.link = link_name(options, choice);
  out.protocol = options.protocol;
  out.device = choice.device;
  out.netdev = options.net.empty() ? choice.netdev : options.net;
  out.proxy = options.proxy;
  out.no_file_check = options.simulated;
  out.apn = options.apn;
  out.username = options.user;
  out.auth = options.auth;
  out.roaming_allowed = options.roaming;
  out.ip_type = options.ip_type;
  if (options.timeout_s) {
    const auto limit =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*options.timeout_s));
    out.timings.open = limit;
    out.timings.request = limit;
    out.quirk_overrides.open = limit;  // what was asked for counts, whatever is known of the modem
  }
  return out;
}

Task<tl::expected<Choice, Refusal>> choose_device(Context& context) {
  if (context.options.simulated) {
    const std::string& wanted = context.options.device;
    co_return Choice{wanted.empty() ? "/dev/null" : wanted, context.options.net, std::nullopt};
  }
  const auto devices = co_await find_devices(context.loop, context.cancel);
  if (!devices) {
    co_return tl::unexpected(Refusal{exit_code_of(devices.error()), devices.error().text()});
  }
  co_return choose(*devices, context.options.device);
}

}  // namespace mwan::tool
