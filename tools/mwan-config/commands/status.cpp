// SPDX-License-Identifier: LGPL-2.1-or-later
#include <chrono>
#include <cstdio>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "failover/control/client.hpp"
#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/status_words.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {

using failover::control::Kind;
using failover::control::Verb;

int run_status(const Options& options) {
  while (true) {
    const auto answer = failover::control::ask(options.state_dir, {.verb = Verb::Status});
    if (!answer) return not_reached(answer.error(), options);
    if (answer->kind != Kind::Done) return refused(*answer);
    // ECMA-48: cursor home, clear the screen.
    const bool draw = options.watch && !options.json && ::isatty(STDOUT_FILENO) != 0;
    fmt::print("{}{}", draw ? "\x1b[H\x1b[2J" : "",
               options.json ? answer->status.dump(options.watch ? -1 : 2) + "\n"
                            : status_words(answer->status));
    if (std::fflush(stdout) != 0 || !options.watch) return Done;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace mwan::config_tool
