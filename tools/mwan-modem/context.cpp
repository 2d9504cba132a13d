// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/context.hpp"

#include <ostream>

namespace mwan::tool {

void Context::show(const Sheet& sheet) const {
  if (options.json) {
    out << pretty(to_json(sheet)) << '\n';
  } else {
    out << to_text(sheet);
  }
  out.flush();
}

ExitCode Context::fail(ExitCode code, const std::string& text) const {
  err << "mwan-modem: " << printable(text) << '\n';
  if (options.json)
    out << line(Json{{"error", text}, {"exit_code", static_cast<int>(code)}}) << '\n';
  out.flush();
  return code;
}

ExitCode Context::fail(const Error& error) const { return fail(exit_code_of(error), error.text()); }

ExitCode exit_code_of(const Error& error) {
  switch (error.failure) {
    case FailureClass::Gone:
      return ExitCode::NoModem;
    case FailureClass::Cancelled:
      return ExitCode::Interrupted;
    default:
      return ExitCode::Failed;
  }
}

}  // namespace mwan::tool
