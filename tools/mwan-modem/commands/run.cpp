// SPDX-License-Identifier: LGPL-2.1-or-later
#include <csignal>

#include "tools/mwan-modem/commands/commands.hpp"

namespace mwan::tool {
namespace {

Task<ExitCode> task_of(Context& context) {
  switch (context.options.command) {
    case Command::List:
      return run_list(context);
    case Command::Info:
      return run_info(context);
    case Command::Signal:
      return run_signal(context);
    case Command::Cells:
      return run_cells(context);
    case Command::Sim:
      return run_sim(context);
    case Command::SimUnlock:
      return run_sim_unlock(context);
    case Command::Connect:
      return run_connect(context);
    case Command::Disconnect:
      return run_disconnect(context);
    case Command::Reset:
      return run_reset(context);
    case Command::Record:
      return run_record(context);
    case Command::Diagnose:
      return run_diagnose(context);
    case Command::Report:
      break;
  }
  return run_report(context);
}

Task<void> body(Context& context, ExitCode& out) {
  Task<ExitCode> task = task_of(context);
  out = co_await task;
  context.loop.quit();
}

}  // namespace

ExitCode run(Context& context) {
  const auto give_up = [&context] { context.cancel.cancel(); };
  const SourceHandle interrupt = context.loop.on_signal(SIGINT, give_up);
  const SourceHandle terminate = context.loop.on_signal(SIGTERM, give_up);
  const SourceHandle hang_up = context.loop.on_signal(SIGHUP, give_up);
  ExitCode out = ExitCode::Failed;
  Job job;
  // From the loop, so that a command that ends at once finds it running.
  const SourceHandle begin = context.loop.soon([&] { job.start(body(context, out)); });
  context.loop.run();
  return out;
}

}  // namespace mwan::tool
