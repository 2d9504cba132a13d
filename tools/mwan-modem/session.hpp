// SPDX-License-Identifier: LGPL-2.1-or-later
// An open modem for the time of one command, closed on every path: nothing of ours stays in it.
#pragma once

#include <functional>

#include "tools/mwan-modem/context.hpp"
#include "tools/mwan-modem/device.hpp"

namespace mwan::tool {

// Why a modem could not be opened, for the exit code: busy, not permitted, silent, not there.
ExitCode exit_code_of_open(const Error& error, const Options& options, const Choice& choice);
// Whether the control port may be opened at all; nothing when it may.
std::optional<Refusal> check_port(const Options& options, const Choice& choice);

using Body = std::function<Task<ExitCode>(ModemAdapter&)>;

// Opens, runs body and closes, also after Ctrl-C. body is kept until its task has ended.
Task<ExitCode> with_modem(Context& context, Body body);
Task<ExitCode> with_modem(Context& context, ModemConfig config, Choice choice, Body body);

// How long a modem is given to take back what it was asked for.
inline constexpr Duration kCloseBudget = std::chrono::seconds(10);

}  // namespace mwan::tool
