// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/session.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace mwan::tool {

std::optional<Refusal> check_port(const Options& options, const Choice& choice) {
  if (options.simulated || access(choice.device.c_str(), R_OK | W_OK) == 0) return std::nullopt;
  const int why = errno;
  const std::string text = fmt::format("{}: {}", choice.device, std::strerror(why));
  if (why == EACCES || why == EPERM) return Refusal{ExitCode::Busy, text + "; try it as root"};
  return Refusal{ExitCode::NoModem, text};
}

ExitCode exit_code_of_open(const Error& error, const Options& options, const Choice& choice) {
  if (error.failure == FailureClass::Cancelled) return ExitCode::Interrupted;
  if (check_port(options, choice)) return ExitCode::NoModem;  // it was there a moment ago
  return error.failure == FailureClass::Permanent ? ExitCode::Failed : ExitCode::Silent;
}

Task<ExitCode> with_modem(Context& context, ModemConfig config, Choice choice, Body body) {
  if (const auto refused = check_port(context.options, choice)) {
    co_return context.fail(refused->code, refused->text);
  }
  const auto adapter = context.make(context.loop, std::move(config));
  if (!adapter) co_return context.fail(ExitCode::Failed, adapter.error().text());
  ModemAdapter& modem = **adapter;
  Task<Status> opening = modem.open(context.cancel);
  const Status opened = co_await opening;
  ExitCode out = ExitCode::Ok;
  if (opened) {
    Task<ExitCode> work = body(modem);
    out = co_await work;
  } else {
    const Error& why = opened.error();
    out = context.fail(exit_code_of_open(why, context.options, choice), why.text());
  }
  Task<void> closing = modem.close(kCloseBudget);
  co_await closing;
  co_return out;
}

Task<ExitCode> with_modem(Context& context, Body body) {
  Task<tl::expected<Choice, Refusal>> choosing = choose_device(context);
  const auto choice = co_await choosing;
  if (!choice) co_return context.fail(choice.error().code, choice.error().text);
  ModemConfig config = modem_config(context.options, *choice);
  Choice chosen = *choice;
  Task<ExitCode> work = with_modem(context, std::move(config), std::move(chosen), std::move(body));
  co_return co_await work;
}

}  // namespace mwan::tool
