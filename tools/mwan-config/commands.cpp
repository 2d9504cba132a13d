// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/commands.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "failover/config/load.hpp"
#include "failover/control/client.hpp"
#include "failover/record/decision_log.hpp"
#include "tools/mwan-config/status_words.hpp"
#include "tools/mwan-config/why.hpp"

namespace mwan::config_tool {
namespace {

using failover::control::Answer;
using failover::control::Kind;
using failover::control::Request;
using failover::control::Verb;

void complain(const std::string& text) { fmt::print(stderr, "mwan-config: {}\n", printable(text)); }

Request request_of(const Options& options) {
  using Command = Options::Command;
  Request out{.verb = Verb::Status, .link = options.link, .on = options.on};
  switch (options.command) {
    case Command::Failover:
      out.verb = Verb::Failover;
      break;
    case Command::Failback:
      out.verb = Verb::Failback;
      break;
    case Command::Pause:
      out.verb = Verb::Pause;
      break;
    case Command::Resume:
      out.verb = Verb::Resume;
      break;
    case Command::Maintenance:
      out.verb = Verb::Maintenance;
      break;
    case Command::Status:
    case Command::Why:
    case Command::Check:
      break;
  }
  return out;
}

int not_reached(const Error& error, const Options& options) {
  complain(error.text());
  if (error.failure == FailureClass::Permanent) return NotPermitted;
  if (error.failure == FailureClass::Gone) {
    complain(fmt::format("start it with: mwan-daemon-universal --config-dir {} --state-dir {}",
                         options.config_dir, options.state_dir));
  }
  return NotRunning;
}

int refused(const Answer& answer) {
  complain(answer.field.empty() ? answer.words : answer.field + ": " + answer.words);
  if (answer.kind == Kind::NotPermitted) return NotPermitted;
  return answer.kind == Kind::Refused ? Refused : Failed;
}

int tell(const Options& options) {
  const auto answer = ask(options.state_dir, request_of(options));
  if (!answer) return not_reached(answer.error(), options);
  if (answer->kind != Kind::Done) return refused(*answer);
  fmt::print("{}\n", printable(answer->words));
  return Done;
}

int status(const Options& options) {
  while (true) {
    const auto answer = ask(options.state_dir, request_of(options));
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

std::string local_time(std::int64_t unix_s) {
  const auto time = static_cast<std::time_t>(unix_s);
  std::tm parts{};
  if (::localtime_r(&time, &parts) == nullptr) return "";
  std::array<char, 32> out{};
  return {out.data(), std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M:%S", &parts)};
}

int why(const Options& options) {
  const auto loaded = failover::load_configuration(options.config_dir);
  const std::string path = failover::decision_log_path(
      options.state_dir, loaded.result ? loaded.result->settings.decision_log : "");
  Decisions decisions(options.count);
  bool any = false;
  for (const std::string& file : {path + ".1", path}) {
    std::ifstream in(file, std::ios::binary);
    if (!in) continue;
    any = true;
    failover::DecisionReader reader(in, file);
    // What was read of it before is worth reading all the same.
    if (const auto read = decisions.add(reader); !read) complain(read.error().text());
  }
  if (!any) {
    complain(path +
             " cannot be read: has the daemon run with this state directory, and may you "
             "read it?");
    return Failed;
  }
  for (const Decision& decision : decisions.last()) {
    fmt::print("{}  {}\n", decision.unix_s ? local_time(*decision.unix_s) : std::string(19, ' '),
               printable(decision.words));
  }
  return Done;
}

int check(const Options& options) {
  const auto loaded = failover::load_configuration(options.config_dir);
  for (const auto& warning : loaded.warnings) complain("warning: " + warning.text());
  if (!loaded.result) {
    for (const auto& error : loaded.result.error()) complain(error.text());
    return BadConfiguration;
  }
  for (const auto& missing :
       failover::missing_devices(*loaded.result, failover::DevicesPresent::real())) {
    complain("warning: " + missing.text());
  }
  const auto& profiles = loaded.result->profiles;
  fmt::print("the configuration in {} is in order: {} links{}\n", options.config_dir,
             profiles.size(), profiles.empty() ? "" : ", preferred " + profiles.front().name);
  return Done;
}

}  // namespace

int run(const Options& options) {
  switch (options.command) {
    case Options::Command::Status:
      return status(options);
    case Options::Command::Why:
      return why(options);
    case Options::Command::Check:
      return check(options);
    case Options::Command::Failover:
    case Options::Command::Failback:
    case Options::Command::Pause:
    case Options::Command::Resume:
    case Options::Command::Maintenance:
      return tell(options);
  }
  return Failed;
}

}  // namespace mwan::config_tool
