// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "tools/mwan-modem/diagnose/rules.hpp"

namespace mwan::tool::rules {
namespace {

std::string describe(const UsbUnit& device) {
  return fmt::format("{}{}{} at {}", device.name, device.name.empty() ? "" : " ", device.id(),
                     device.place);
}

// The first of the devices that can work, or else the first.
const UsbUnit& best(const std::vector<UsbUnit>& devices) {
  const auto at = std::ranges::find_if(devices, has_modem_driver);
  return at != devices.end() ? *at : devices.front();
}

}  // namespace

Finding usb(const Evidence& evidence) {
  if (evidence.simulated) return skipped("a simulated modem");
  if (evidence.usb.empty()) {
    if (evidence.port && evidence.port->access_error == 0) {
      return fine("not on USB; its control port is there");
    }
    return failure("no modem on USB",
                   "check the cable, the power supply (a modem needs up to 2 A while it sends) and "
                   "the socket; another USB port tells whether it is the modem");
  }
  const UsbUnit& device = best(evidence.usb);
  if (in_emergency_download(device)) {
    return failure(
        fmt::format("{} is in emergency download mode: its firmware does not start",
                    describe(device)),
        "take it off power for half a minute; if it comes back like this, its firmware has to be "
        "written anew with the vendor's tool, or the modem replaced");
  }
  if (in_storage_mode(device)) {
    return failure(fmt::format("{} shows its driver disk instead of a modem", describe(device)),
                   "install usb_modeswitch (usb-modeswitch-data), which switches it over, and plug "
                   "it in again");
  }
  return fine(describe(device));
}

Finding driver(const Evidence& evidence) {
  if (evidence.simulated) return skipped("a simulated modem");
  if (evidence.usb.empty()) return skipped("not on USB");
  const UsbUnit& device = best(evidence.usb);
  if (!has_modem_driver(device)) {
    const std::string module = wanted_module(device);
    if (module.empty()) {
      return failure("no modem driver, and none of its functions is QMI or MBIM",
                     "it may be set to act as a network card (ECM, RNDIS) or a serial port: look "
                     "up how its USB mode is changed (AT+QCFG=\"usbnet\", AT!USBCOMP, AT^SETPORT)");
    }
    return failure(
        fmt::format("no modem driver is bound to {}", device.id()),
        module == "cdc_mbim"
            ? "load it: modprobe cdc_mbim"
            : fmt::format("load it: modprobe qmi_wwan; if the kernel does not know {}, it may be "
                          "too old, or the modem in another USB mode",
                          device.id()));
  }
  for (const UsbFunction& function : device.functions) {
    if (function.driver == "qmi_wwan" || function.driver == "cdc_mbim" ||
        function.driver == "huawei_cdc_ncm") {
      return fine(function.driver);
    }
  }
  return fine("bound");
}

Finding port(const Evidence& evidence) {
  if (evidence.simulated) return skipped("a simulated modem");
  if (!evidence.port) {
    return failure(evidence.wanted.empty()
                       ? "there is no control port (/dev/cdc-wdm*)"
                       : fmt::format("there is no modem called {}", evidence.wanted),
                   evidence.wanted.empty()
                       ? "wait half a minute after plugging it in, or after a reset; then look at "
                         "the kernel's log (dmesg)"
                       : "mwan-modem list shows those that there are");
  }
  const PortEvidence& found = *evidence.port;
  if (found.access_error == 0) return fine(found.device);
  const std::string text = fmt::format("{}: {}", found.device, std::strerror(found.access_error));
  if (found.access_error == EACCES || found.access_error == EPERM) {
    return failure(text, "run this as root", ExitCode::Busy);
  }
  return failure(text, "the modem has gone, or restarts: try again in half a minute");
}

Finding users(const Evidence& evidence) {
  if (!evidence.port) return skipped("a simulated modem");
  const Openers& openers = evidence.port->openers;
  if (openers.found.empty()) {
    if (openers.complete) return fine("nobody else has it open");
    return skipped("only root can see who else has it open");
  }
  std::string names;
  std::string advice;
  for (const Opener& opener : openers.found) {
    names += fmt::format("{}{} (pid {})", names.empty() ? "" : ", ", opener.name, opener.pid);
    if (!opener.advice.empty() && advice.find(opener.advice) == std::string::npos) {
      advice += (advice.empty() ? "" : "; ") + opener.advice;
    }
  }
  const bool is_open = evidence.opened && *evidence.opened;
  const std::string text =
      fmt::format("in use by {}: two programs on one port take each other's answers", names);
  return is_open ? warning(text, advice) : failure(text, advice);
}

Finding open(const Evidence& evidence) {
  if (!evidence.opened) return skipped("not tried");
  if (*evidence.opened) {
    return fine(evidence.proxy == ProxyState::Listening
                    ? fmt::format("yes, through {}", evidence.proxy_name)
                    : "yes");
  }
  const Error& why = evidence.opened->error();
  if (evidence.proxy == ProxyState::Absent) {
    return failure(fmt::format("nothing listens on {}", evidence.proxy_name),
                   "start the proxy (of libqmi-utils or libmbim-utils: /usr/libexec/qmi-proxy, "
                   "mbim-proxy)");
  }
  if (evidence.proxy == ProxyState::Busy || evidence.proxy == ProxyState::Unreachable) {
    return failure(
        fmt::format("{} does not take connections: {}", evidence.proxy_name, why.message),
        "run this as root; if that is the case already, end the proxy, so that a new "
        "one is started");
  }
  if (why.failure == FailureClass::Gone) {
    return failure("the modem went away while it was opened: " + why.message,
                   "it restarts, or loses its power: look at the kernel's log (dmesg)",
                   ExitCode::NoModem);
  }
  if (why.failure == FailureClass::Permanent) return failure(why.text(), "", ExitCode::Failed);
  return failure("the modem does not answer: " + why.message,
                 "reset it by its USB port: mwan-modem reset --usb; if that does not help, take it "
                 "off power for half a minute");
}

Finding identity(const Evidence& evidence) {
  if (!evidence.identity) return skipped("not asked");
  const Result<ModemIdentity>& who = *evidence.identity;
  if (who) {
    return fine(fmt::format("{} {}, firmware {}, {}", who->manufacturer, who->model,
                            who->firmware.empty() ? "unknown" : who->firmware, who->protocol));
  }
  if (who.error().failure == FailureClass::Permanent) {
    return warning("it does not say who it is: " + who.error().message, "");
  }
  return failure("it was opened and then stopped answering: " + who.error().message,
                 "reset it by its USB port: mwan-modem reset --usb");
}

}  // namespace mwan::tool::rules
