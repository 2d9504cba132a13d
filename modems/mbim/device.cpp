// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/device.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "modems/mbim/status.hpp"
#include "modems/text.hpp"

namespace mwan::mbim {
namespace {

using namespace std::chrono_literals;

// A change of the radio is announced; not every firmware does.
constexpr Duration kRadioPace = 1s;

Result<DeviceCaps> caps_of(const Reply& reply) { return decode_device_caps(reply.buffer); }
Result<RadioPower> radio_of(const Reply& reply) { return decode_radio_state(reply.buffer); }
Result<RadioPower> quectel_of(const Reply& reply) { return decode_quectel_radio(reply.buffer); }

// MBIM has no names of its own; the USB device's do. attribute: "product", "manufacturer".
std::string usb_text(const ModemConfig& config, const char* attribute) {
  if (config.no_file_check) return {};
  namespace fs = std::filesystem;
  // The control port belongs to a USB interface, whose parent is the device.
  const fs::path interface =
      fs::path("/sys/class/usbmisc") / fs::path(config.device).filename() / "device";
  std::error_code missing;
  const fs::path real = fs::canonical(interface, missing);
  if (missing) return {};
  std::ifstream file(real.parent_path() / attribute);
  std::string line;
  std::getline(file, line);
  return clean_text({reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
}

std::vector<Request> resets(Mbimex version) { return {reset_device(), reboot_intel(version)}; }

Task<Status> unlock(Port& port, Cancel cancel) {
  const Request quectel = set_quectel_radio_on();
  const FccUnlock how = port.config.quirks.fcc_unlock;
  if (how == FccUnlock::None) {
    co_return failed(port.error(
        FailureClass::Permanent, "set radio-state on",
        "the modem refuses: it is locked by its vendor (FCC lock), and no unlock is known for it"));
  }
  if (port.services.has(quectel.service, quectel.cid)) {
    const Result<Reply> done = co_await ask(port, quectel, cancel);
    if (!done) co_return failed(done.error());
    co_return Status{};
  }
  std::vector<qmux::DmsMessage> messages;
  messages.push_back(how == FccUnlock::DmsFoxconn ? qmux::kFoxconnAuthentication
                                                  : qmux::kFccAuthentication);
  const std::string what = "fcc-unlock";
  co_return co_await send_dms(port, what, messages, cancel);
}

Task<Result<RadioPower>> switch_radio(Port& port, bool on, Cancel cancel) {
  const Request set = set_radio(on);
  const Duration patience = port.config.timings.online;
  Result<Reply> reply = co_await ask(port, set, patience, cancel);
  if (reply && reply->status == status::kOperationNotAllowed && on) {
    co_return RadioPower::VendorLocked;
  }
  reply = accepted(std::move(reply), port.where(set.what));
  if (!reply) co_return failed(reply.error());
  Result<RadioPower> radio = radio_of(*reply);
  // Some answer with nothing but the success.
  if (!radio) radio = co_await read_radio(port, cancel);
  co_return std::move(radio);
}

}  // namespace

Task<Result<ModemIdentity>> read_identity(Port& port, Cancel cancel) {
  const Request request = query_device_caps();
  const Result<DeviceCaps> caps = co_await read(port, request, caps_of, cancel);
  if (!caps) co_return failed(caps.error());
  ModemIdentity out;
  out.protocol = port.session->version_text();
  out.manufacturer = usb_text(port.config, "manufacturer");
  out.model = usb_text(port.config, "product");
  if (out.model.empty()) out.model = caps->hardware;
  out.firmware = caps->firmware;
  out.hardware = caps->hardware;
  out.imei = caps->device_id;
  co_return std::move(out);
}

Task<Result<RadioPower>> read_radio(Port& port, Cancel cancel) {
  const Request request = query_radio();
  const Result<RadioPower> radio = co_await read(port, request, radio_of, cancel);
  if (!radio || *radio != RadioPower::Off) co_return radio;
  const Request quectel = query_quectel_radio();
  if (!port.services.has(quectel.service, quectel.cid)) co_return radio;
  const Result<RadioPower> locked = co_await read(port, quectel, quectel_of, cancel);
  if (locked && *locked == RadioPower::VendorLocked) co_return locked;
  co_return radio;
}

Task<Status> set_radio(Port& port, bool on, Cancel cancel) {
  const std::string what = set_radio(on).what;
  const Instant until = Loop::now() + port.config.timings.online;
  Result<RadioPower> radio = co_await switch_radio(port, on, cancel);
  const bool locked = radio && *radio == RadioPower::VendorLocked;
  if (locked && on) {
    const Status unlocked = co_await unlock(port, cancel);
    if (!unlocked) co_return unlocked;
    radio = co_await switch_radio(port, on, cancel);
  }
  while (true) {
    if (!radio) co_return failed(radio.error());
    if (*radio == RadioPower::HardwareOff && on) {
      co_return failed(port.error(FailureClass::Transient, what,
                                  "the radio is switched off by hardware (W_DISABLE pin or "
                                  "airplane switch)"));
    }
    if (*radio == RadioPower::VendorLocked) {
      co_return failed(port.error(FailureClass::Permanent, what,
                                  "the modem stays locked by its vendor (FCC lock)"));
    }
    if ((*radio == RadioPower::On) == on) co_return Status{};
    if (Loop::now() >= until) {
      co_return failed(port.error(FailureClass::Transient, what, "the radio does not follow"));
    }
    const Woken woken = co_await port.changed.wait(port.loop, cancel, kRadioPace);
    if (woken == Woken::Cancelled) {
      co_return failed(port.error(FailureClass::Cancelled, what, "cancelled"));
    }
    radio = co_await read_radio(port, cancel);
  }
}

Task<Status> reset(Port& port, Cancel cancel) {
  const std::vector<Request> ways = resets(port.version());
  Status outcome = failed(port.error(FailureClass::Permanent, "reset",
                                     "the modem offers no reset over MBIM: reset its USB device"));
  for (const Request& way : ways) {
    if (!port.services.has(way.service, way.cid)) continue;
    const Result<Reply> done = co_await ask(port, way, cancel);
    // It may be gone before it has answered.
    if (done || done.error().failure == FailureClass::Gone) co_return Status{};
    outcome = failed(done.error());
  }
  if (port.services.has(Service::Qmi, cid::kQmiMessage)) {
    const std::string what = "reset (qmi)";
    const std::vector<qmux::DmsMessage> messages = {qmux::kGoOffline, qmux::kReset};
    outcome = co_await send_dms(port, what, messages, cancel);
    if (!outcome && outcome.error().failure == FailureClass::Gone) co_return Status{};
  }
  co_return outcome;
}

}  // namespace mwan::mbim
