// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon is told to do: about the traffic, and to read its configuration again.
#include <fmt/format.h>

#include "failover/control/client.hpp"
#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/status_words.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

using failover::control::Kind;
using failover::control::Request;
using failover::control::Verb;

Verb verb_of(Options::Command command) {
  using Command = Options::Command;
  switch (command) {
    case Command::Failover:
      return Verb::Failover;
    case Command::Failback:
      return Verb::Failback;
    case Command::Pause:
      return Verb::Pause;
    case Command::Resume:
      return Verb::Resume;
    case Command::Maintenance:
      return Verb::Maintenance;
    default:
      return Verb::Reload;
  }
}

int tell(const Options& options, const Request& request) {
  const auto answer = failover::control::ask(options.state_dir, request);
  if (!answer) return not_reached(answer.error(), options);
  if (answer->kind != Kind::Done) return refused(*answer);
  for (const std::string& detail : answer->details) complain("note: " + detail);
  fmt::print("{}\n", printable(answer->words));
  return Done;
}

}  // namespace

int run_order(const Options& options) {
  return tell(options, {.verb = verb_of(options.command), .link = options.link, .on = options.on});
}

int run_reload(const Options& options) {
  return tell(options, {.verb = Verb::Reload, .link = {}, .on = false});
}

}  // namespace mwan::config_tool
