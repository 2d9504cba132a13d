// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/control.hpp"

#include <utility>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "failover/control/status_json.hpp"

namespace mwan::daemon {
namespace {

using failover::CommandKind;
using failover::NamedManual;
using failover::control::Answer;
using failover::control::Kind;
using failover::control::Request;
using failover::control::Verb;

void keep(failover::StateWriter& writer, const NamedManual& manual) {
  if (manual.none()) {
    writer.remove(failover::state_file::manual);
  } else {
    writer.put(failover::state_file::manual, encode(manual));
  }
}

Answer status_of(const failover::Runtime& runtime) {
  auto status = failover::control::to_json(runtime.status());
  status["daemon"] = {{"version", MWAN_VERSION}, {"pid", ::getpid()}};
  return {.kind = Kind::Done, .words = {}, .field = {}, .status = std::move(status)};
}

Answer carry_out(failover::Runtime& runtime, const Request& request, const std::string& who) {
  const auto command = [&](CommandKind kind) {
    spdlog::info("{}{}{} asked for by {}", name(request.verb), request.link.empty() ? "" : " of ",
                 request.link, who);
    const auto said = runtime.command(kind, request.link);
    if (!said.accepted) spdlog::info("refused: {}", said.words);
    return Answer{.kind = said.accepted ? Kind::Done : Kind::Refused,
                  .words = said.words,
                  .field = {},
                  .status = {}};
  };
  switch (request.verb) {
    case Verb::Failover:
      return command(CommandKind::Failover);
    case Verb::Failback:
      return command(CommandKind::Failback);
    case Verb::Pause:
      return command(CommandKind::Pause);
    case Verb::Resume:
      return command(CommandKind::Resume);
    case Verb::Maintenance:
      return command(request.on ? CommandKind::MaintenanceOn : CommandKind::MaintenanceOff);
    case Verb::Status:
    case Verb::Reload:
    case Verb::RedUp:
    case Verb::RedDown:
    case Verb::Look:
      break;
  }
  return status_of(runtime);
}

}  // namespace

void resume_manual(failover::Runtime& runtime, const failover::StateStore& store,
                   failover::StateWriter& writer) {
  NamedManual manual;
  if (const auto text = store.get(failover::state_file::manual); !text) {
    spdlog::warn("what was decided by hand cannot be read: {}", text.error().text());
  } else if (*text) {
    if (auto read = failover::parse_named_manual(**text)) {
      manual = std::move(*read);
    } else {
      spdlog::warn("what was decided by hand is not understood and left out: {}",
                   read.error().text());
    }
  }
  if (!manual.none()) spdlog::info("still in force from the last run: {}", manual.words());
  runtime.set_manual(std::move(manual), [&writer](const NamedManual& now) { keep(writer, now); });
}

Result<std::unique_ptr<failover::control::Server>> open_control(Loop& loop,
                                                                const std::string& directory,
                                                                const std::string& group,
                                                                failover::Runtime& runtime,
                                                                ControlCalls calls) {
  failover::control::ServerOptions options{.directory = directory, .group = {}};
  if (!group.empty()) {
    const auto id = failover::control::group_named(group);
    if (!id) return failed(id.error());
    options.group = *id;
  }
  return failover::control::Server::open(
      loop, options,
      [&runtime, calls = std::move(calls)](const Request& request, const std::string& who) {
        switch (request.verb) {
          case Verb::Look:
            calls.look();
            return Answer{};
          case Verb::Reload:
            spdlog::info("{} asked for by {}", name(request.verb), who);
            return calls.reload();
          case Verb::RedUp:
          case Verb::RedDown:
            calls.red_changed(request.verb == Verb::RedUp);
            return Answer{};
          case Verb::Status: {
            Answer answer = status_of(runtime);
            if (auto why = calls.stood_aside(); !why.empty()) answer.status["stood_aside"] = why;
            return answer;
          }
          case Verb::Resume:
            calls.resume();
            return carry_out(runtime, request, who);
          default:
            return carry_out(runtime, request, who);
        }
      });
}

}  // namespace mwan::daemon
