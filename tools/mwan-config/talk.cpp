// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/talk.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "failover/control/client.hpp"
#include "tools/mwan-config/status_words.hpp"

namespace mwan::config_tool {

using failover::control::Answer;
using failover::control::Kind;
using failover::control::Verb;

namespace {

// As this host does it, where the daemon is the one that it starts.
std::string start_words(const Options& options) {
  const bool usual = options.config_dir == MWAN_CONFIG_DIR && options.state_dir == MWAN_STATE_DIR;
  if (usual && ::access("/run/systemd/system", F_OK) == 0) return "systemctl start mwan";
  if (usual && ::access("/etc/rc.d/init.d/mwan", X_OK) == 0) return "addonctrl mwan start";
  if (usual) return "mwan-daemon-universal --background";
  return fmt::format("mwan-daemon-universal --config-dir {} --state-dir {}", options.config_dir,
                     options.state_dir);
}

}  // namespace

void complain(const std::string& text) { fmt::print(stderr, "mwan-config: {}\n", printable(text)); }

void complain_all(const failover::ConfigErrors& all, const std::string& kind) {
  for (const auto& one : all) complain(kind + one.text());
}

int not_done(const Error& error) {
  complain(error.text());
  return Failed;
}

int not_reached(const Error& error, const Options& options) {
  complain(error.text());
  if (error.failure == FailureClass::Permanent) return NotPermitted;
  if (error.failure == FailureClass::Gone) {
    complain("start it with: " + start_words(options));
  }
  return NotRunning;
}

int refused(const Answer& answer) {
  for (const std::string& detail : answer.details) complain(detail);
  complain(answer.field.empty() ? answer.words : answer.field + ": " + answer.words);
  if (answer.kind == Kind::NotPermitted) return NotPermitted;
  return answer.kind == Kind::Refused ? Refused : Failed;
}

int reload_after_change(const Options& options) {
  const auto answer = failover::control::ask(options.state_dir, {.verb = Verb::Reload});
  if (!answer && answer.error().failure == FailureClass::Gone) {
    fmt::print("No daemon runs with {}; it reads this when it starts.\n", options.state_dir);
    return Done;
  }
  if (!answer) {
    complain("it is written, but the daemon could not be told to read it:");
    return not_reached(answer.error(), options);
  }
  if (answer->kind == Kind::Done) {
    for (const std::string& detail : answer->details) complain("note: " + detail);
    fmt::print("The daemon has read it.\n");
    return Done;
  }
  complain("it is written, but the daemon does not take the configuration as a whole:");
  const int code = refused(*answer);
  return code == Refused ? BadConfiguration : code;
}

int flushed() {
  if (std::fflush(stdout) == 0) return Done;
  complain("standard output took not all of it");
  return Failed;
}

}  // namespace mwan::config_tool
