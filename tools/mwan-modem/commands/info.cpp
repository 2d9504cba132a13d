// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/output/sections.hpp"
#include "tools/mwan-modem/readings.hpp"
#include "tools/mwan-modem/session.hpp"

namespace mwan::tool {
namespace {

Task<ExitCode> show_info(Context& context, ModemAdapter& modem) {
  Task<Readings> reading = read_all(modem, context.loop, context.cancel);
  const Readings all = co_await reading;
  if (context.cancel.cancelled()) co_return ExitCode::Interrupted;
  context.show(sheet_of(all, Show::Full));
  co_return all.identity ? ExitCode::Ok : exit_code_of(all.identity.error());
}

}  // namespace

Task<ExitCode> run_info(Context& context) {
  return with_modem(context, [&context](ModemAdapter& modem) { return show_info(context, modem); });
}

}  // namespace mwan::tool
