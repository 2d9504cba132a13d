// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ostream>

#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/diagnose/diagnosis.hpp"
#include "tools/mwan-modem/diagnose/gather.hpp"
#include "tools/mwan-modem/secret_input.hpp"

namespace mwan::tool {

Task<ExitCode> run_diagnose(Context& context) {
  Secret password;
  if (context.options.password_fd) {
    const Result<Secret> read = read_secret(*context.options.password_fd);
    if (!read) co_return context.fail(ExitCode::Usage, read.error().text());
    password = *read;
  }
  const auto tell = [&context](const std::string& text) {
    if (context.terminal && !context.options.json) context.err << "... " << text << std::endl;
  };
  Task<Gathered> gathering = gather(context, password, tell);
  const Gathered gathered = co_await gathering;
  if (context.cancel.cancelled()) co_return ExitCode::Interrupted;
  const Diagnosis diagnosis = diagnose(gathered.evidence);
  if (context.options.json) {
    context.out << pretty(to_json(diagnosis)) << '\n';
  } else {
    context.out << to_text(diagnosis);
  }
  co_return diagnosis.exit_code();
}

}  // namespace mwan::tool
