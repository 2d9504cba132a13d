// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ostream>

#include <fmt/format.h>

#include "modems/recovery/usb_reset.hpp"
#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/session.hpp"

namespace mwan::tool {
namespace {

ExitCode done(const Context& context, const std::string& text) {
  if (context.options.json) {
    context.out << line(Json{{"reset", true}, {"text", text}}) << '\n';
  } else {
    context.out << text << '\n';
  }
  return ExitCode::Ok;
}

Task<ExitCode> reset_radio(Context& context, ModemAdapter& modem) {
  Task<Status> off = modem.set_radio(false, context.cancel);
  const Status switched_off = co_await off;
  if (!switched_off) co_return context.fail(ExitCode::Radio, switched_off.error().text());
  // On again also after Ctrl-C: a modem that is left without radio looks broken.
  Task<Status> on = modem.set_radio(true, Cancel());
  const Status switched_on = co_await on;
  if (!switched_on) co_return context.fail(ExitCode::Radio, switched_on.error().text());
  co_return done(context, "the radio was off and is on again");
}

Task<ExitCode> reset_modem(Context& context, ModemAdapter& modem) {
  Task<Status> resetting = modem.reset(context.cancel);
  const Status asked = co_await resetting;
  if (!asked) co_return context.fail(asked.error());
  co_return done(context, "the modem restarts; it will be back in a minute or so");
}

Task<ExitCode> reset_usb(Context& context) {
  if (context.options.simulated) {
    co_return context.fail(ExitCode::Usage, "a simulated modem has no USB port");
  }
  Task<tl::expected<Choice, Refusal>> choosing = choose_device(context);
  const auto choice = co_await choosing;
  if (!choice) co_return context.fail(choice.error().code, choice.error().text);
  const Result<UsbDevice> found = find_usb_device(choice->device);
  if (!found) co_return context.fail(ExitCode::NoModem, found.error().text());
  const UsbDevice& device = *found;
  const std::string link = link_name(context.options, *choice);
  Task<Status> resetting = reset_usb_device(context.loop, device, link, context.cancel);
  const Status reset = co_await resetting;
  if (!reset) {
    const bool refused = reset.error().failure == FailureClass::Permanent;
    co_return context.fail(refused ? ExitCode::Busy : exit_code_of(reset.error()),
                           reset.error().text());
  }
  co_return done(context, fmt::format("the USB device at {} was reset", device.name));
}

}  // namespace

Task<ExitCode> run_reset(Context& context) {
  switch (context.options.reset) {
    case ResetKind::Usb:
      return reset_usb(context);
    case ResetKind::Radio:
      return with_modem(context,
                        [&context](ModemAdapter& modem) { return reset_radio(context, modem); });
    case ResetKind::Protocol:
      break;
  }
  return with_modem(context,
                    [&context](ModemAdapter& modem) { return reset_modem(context, modem); });
}

}  // namespace mwan::tool
