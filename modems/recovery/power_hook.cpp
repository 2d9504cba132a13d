// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/recovery/power_hook.hpp"

#include <utility>

#include <fmt/format.h>

#include "hal/program.hpp"

namespace mwan {

Status check_power_hook(const PowerHook& hook, const std::string& link) {
  const std::string where = link + ": power hook";
  if (hook.program.empty()) return failed(FailureClass::Permanent, where, "none is configured");
  return check_program(hook.program, hook.owner, where);
}

Task<Status> run_power_hook(Loop& loop, PowerHook hook, std::string link, std::string usb_path,
                            Cancel cancel) {
  const Status usable = check_power_hook(hook, link);
  if (!usable) co_return usable;
  Program program;
  program.argv = {hook.program, "cycle", link, usb_path.empty() ? "-" : usb_path};
  program.limit = hook.limit;
  Task<Result<ProgramResult>> task = run_program(loop, std::move(program), std::move(cancel));
  const Result<ProgramResult> result = co_await task;
  const std::string where = link + ": power hook";
  if (!result) co_return failed(result.error().failure, where, result.error().text());
  if (result->succeeded()) co_return Status{};
  const std::string said = last_words(result->output);
  co_return failed(FailureClass::Transient, where,
                   fmt::format("{} failed with {}{}{}", hook.program, result->words(),
                               said.empty() ? "" : ", its last words: ", said));
}

}  // namespace mwan
