// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/driver/recovery.hpp"

#include <utility>

#include "modems/recovery/power_hook.hpp"

namespace mwan::modem {

Recovery::Recovery(Loop& loop, const ModemConfig& config)
    : loop_(loop), config_(config), ladder_(config.timings.recovery) {}

void Recovery::seen() {
  device_seen_ = true;
  if (const auto device = find_usb_device(config_.device)) usb_ = *device;
}

Verdict Recovery::failed(const Error& why, TroubleKind kind) {
  const Remedies remedies{
      .usb_device = usb_ && usb_device_at(usb_->name).has_value(),
      .power_hook = !config_.power_hook.empty(),
      .device_seen = device_seen_,
      .first_reset = config_.quirks.first_reset,
  };
  const Trouble trouble{.failure = why.failure, .kind = kind};
  return ladder_.failed(Loop::now(), trouble, remedies);
}

Task<Status> Recovery::carry_out(Rung rung, Cancel cancel) {
  if (rung == Rung::UsbReset && usb_) {
    Result<UsbDevice> now = usb_device_at(usb_->name);
    if (!now) co_return mwan::failed(now.error());
    UsbDevice device = std::move(*now);
    co_return co_await reset_usb_device(loop_, std::move(device), config_.link, cancel);
  }
  if (rung == Rung::PowerHook) {
    PowerHook hook;
    hook.program = config_.power_hook;
    const std::string place = usb_ ? usb_->name : "-";
    co_return co_await run_power_hook(loop_, hook, config_.link, place, cancel);
  }
  co_return Status{};
}

fact::Trouble Recovery::trouble(Error why, const Verdict& verdict) {
  if (verdict.rung > Rung::ReconnectBearer) why.message += "; next: " + verdict.explanation;
  return {.error = std::move(why), .retry_in = verdict.pause};
}

}  // namespace mwan::modem
