// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/recovery/power_hook.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "hal/program.hpp"

namespace mwan {

Status check_power_hook(const PowerHook& hook, const std::string& link) {
  const auto no = [&](const std::string& why) {
    return failed(FailureClass::Permanent, link + ": power hook",
                  hook.program.empty() ? why : hook.program + " " + why);
  };
  if (hook.program.empty()) return no("none is configured");
  if (!hook.program.starts_with('/')) return no("is not given by its whole path");
  struct stat file {};
  if (stat(hook.program.c_str(), &file) != 0) {
    return no(fmt::format("cannot be used: {}", std::strerror(errno)));
  }
  if (!S_ISREG(file.st_mode)) return no("is not a file");
  if ((file.st_mode & S_IXUSR) == 0) return no("is not executable: chmod 755 it");
  if (file.st_uid != hook.owner) return no("does not belong to root: chown root it");
  if ((file.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return no("can be changed by others: chmod go-w it");
  }
  return {};
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
