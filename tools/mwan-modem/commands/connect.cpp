// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <chrono>
#include <ostream>

#include <fmt/format.h>

#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/dial.hpp"
#include "tools/mwan-modem/net/applied_config.hpp"
#include "tools/mwan-modem/output/sections.hpp"
#include "tools/mwan-modem/output/words.hpp"
#include "tools/mwan-modem/pid_file.hpp"
#include "tools/mwan-modem/secret_input.hpp"
#include "tools/mwan-modem/session.hpp"

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;

// A bearer whose end is not reported is noticed this late.
constexpr Duration kCrossCheck = 30s;

ExitCode exit_code_of_dial(const Dialled::Failure& failure) {
  if (failure.error.failure == FailureClass::Cancelled) return ExitCode::Interrupted;
  if (failure.error.failure == FailureClass::Gone) return ExitCode::NoModem;
  switch (failure.stage) {
    case DialStage::Radio:
      return ExitCode::Radio;
    case DialStage::Sim:
      return ExitCode::Sim;
    case DialStage::Registration:
    case DialStage::PacketService:
      return ExitCode::Network;
    default:
      return ExitCode::Data;
  }
}

class Connection {
 public:
  Connection(Context& context, ModemAdapter& modem, std::string netdev)
      : context_(context),
        modem_(modem),
        netdev_(std::move(netdev)),
        mailbox_(context.loop, modem) {}

  Task<ExitCode> run() {
    Task<ExitCode> working = work();
    const ExitCode out = co_await working;
    applied_.undo();
    if (!families_.empty()) {
      Task<void> ending = modem_.disconnect(families_, Cancel());
      co_await ending;
      say("disconnected", Json{{"state", "disconnected"}});
    }
    co_return out;
  }

 private:
  void say(const std::string& text, const Json& json) {
    if (context_.options.json) {
      context_.out << line(json) << std::endl;
    } else {
      context_.out << printable(text) << std::endl;
    }
  }

  Task<ExitCode> work() {
    const SignalReporting reporting;
    Task<Result<Listening>> listen = modem_.listen(reporting, context_.cancel);
    const Result<Listening> listening = co_await listen;
    if (!listening) co_return context_.fail(listening.error());
    DialWish wish;
    wish.families = wanted_families(context_.options.ip_type);
    wish.roaming_allowed = context_.options.roaming;
    const auto tell = [this](const std::string& text) {
      say(text, Json{{"state", "connecting"}, {"text", text}});
    };
    Task<Dialled> dialling = dial(modem_, mailbox_, wish, tell, context_.cancel);
    const Dialled dialled = co_await dialling;
    if (dialled.failure) {
      // close() takes back what a cancelled attempt may have left.
      if (context_.cancel.cancelled()) co_return ExitCode::Interrupted;
      co_return context_.fail(exit_code_of_dial(*dialled.failure), dialled.failure->error.text());
    }
    families_ = dialled.families();
    for (const FamilyOutcome& outcome : dialled.outcomes) {
      if (outcome.config) continue;
      const std::string text =
          fmt::format("no {}: {}", words(outcome.family), outcome.config.error().text());
      say(text, Json{{"state", "refused"}, {"family", token(outcome.family)}, {"text", text}});
    }
    config_ = dialled.config();
    if (const Status done = take_config(); !done) {
      co_return context_.fail(ExitCode::Data, done.error().text());
    }
    Task<ExitCode> staying = stay();
    co_return co_await staying;
  }

  // Tells what was granted, and puts it on the device where that is wanted.
  Status take_config() {
    std::string text = "connected";
    for (const IpFamily family : families_) {
      text += fmt::format("\n  {} {}", words(family), tool::text(config_, family));
    }
    if (context_.options.apply) {
      if (Status done = applied_.apply(netdev_, config_); !done) return done;
      if (context_.options.default_route) {
        if (Status done = applied_.make_default(); !done) return done;
      }
    }
    Json json{{"state", "connected"}, {"addressing", to_json(config_)}};
    if (!netdev_.empty()) json["net_device"] = netdev_;
    json["applied"] = context_.options.apply;
    if (context_.options.json) {
      context_.out << line(json) << std::endl;
    } else {
      context_.out << text << std::endl;
    }
    return {};
  }

  // Until Ctrl-C, or until nothing is left.
  Task<ExitCode> stay() {
    while (!context_.cancel.cancelled() && !families_.empty()) {
      Task<std::optional<ModemReport>> waiting = mailbox_.next(kCrossCheck, context_.cancel);
      const auto report = co_await waiting;
      if (context_.cancel.cancelled()) break;
      if (mailbox_.gone() && !report) {
        families_.clear();
        co_return context_.fail(ExitCode::NoModem, modem_.where("connect") + ": the modem is gone");
      }
      if (!report || std::holds_alternative<report::Doubt>(*report)) {
        Task<void> checking = check_bearers();
        co_await checking;
      } else if (const auto* ended = std::get_if<report::BearerEnded>(&*report)) {
        Task<void> dropping = drop(ended->family, ended->why.text());
        co_await dropping;
      } else if (std::holds_alternative<report::AddressingChanged>(*report)) {
        Task<Status> renumbering = renumber();
        const Status done = co_await renumbering;
        if (!done) co_return context_.fail(ExitCode::Data, done.error().text());
      } else if (const auto* registration = std::get_if<Registration>(&*report)) {
        say(sentence(*registration),
            Json{{"state", "network"}, {"registration", token(registration->state)}});
      }
    }
    co_return context_.cancel.cancelled() ? ExitCode::Ok : ExitCode::Data;
  }

  Task<void> check_bearers() {
    const std::vector<IpFamily> families = families_;
    for (const IpFamily family : families) {
      Task<Result<bool>> asking = modem_.read_connected(family, context_.cancel);
      const Result<bool> connected = co_await asking;
      if (!connected || *connected) continue;
      Task<void> dropping = drop(family, "the modem does not hold it any more");
      co_await dropping;
    }
  }

  Task<void> drop(IpFamily family, std::string why) {
    if (std::erase(families_, family) == 0) co_return;
    const std::string text = fmt::format("{} ended: {}", words(family), why);
    say(text, Json{{"state", "ended"}, {"family", token(family)}, {"text", text}});
    (family == IpFamily::V4 ? config_.v4 : config_.v6).reset();
    const std::vector<IpFamily> ended = {family};
    Task<void> ending = modem_.disconnect(ended, context_.cancel);
    co_await ending;
    if (!applied_.applied()) co_return;
    applied_.undo();
    if (!families_.empty()) (void)take_config();
  }

  Task<Status> renumber() {
    for (const IpFamily family : families_) {
      Task<Result<IpConfig>> reading = modem_.read_addressing(family, context_.cancel);
      const Result<IpConfig> now = co_await reading;
      if (!now) continue;
      if (family == IpFamily::V4) config_.v4 = now->v4;
      if (family == IpFamily::V6) config_.v6 = now->v6;
      if (now->mtu) config_.mtu = now->mtu;
    }
    co_return take_config();
  }

  Context& context_;
  ModemAdapter& modem_;
  std::string netdev_;
  Mailbox mailbox_;
  std::vector<IpFamily> families_;
  IpConfig config_;
  AppliedConfig applied_;
};

Task<ExitCode> connect(Context& context, ModemAdapter& modem, std::string netdev) {
  Connection connection(context, modem, std::move(netdev));
  Task<ExitCode> running = connection.run();
  co_return co_await running;
}

}  // namespace

Task<ExitCode> run_connect(Context& context) {
  Task<tl::expected<Choice, Refusal>> choosing = choose_device(context);
  const auto choice = co_await choosing;
  if (!choice) co_return context.fail(choice.error().code, choice.error().text);
  ModemConfig config = modem_config(context.options, *choice);
  if (context.options.password_fd) {
    const Result<Secret> password = read_secret(*context.options.password_fd);
    if (!password) co_return context.fail(ExitCode::Usage, password.error().text());
    config.password = *password;
  }
  const std::string netdev = config.netdev;
  if (context.options.apply && netdev.empty()) {
    co_return context.fail(ExitCode::Usage,
                           "the modem's network device is not known: name it "
                           "with --net");
  }
  const auto held = PidFile::take(context.options.run_dir, pid_file_name(config.link));
  if (!held) co_return context.fail(ExitCode::Busy, held.error().text());
  Choice chosen = *choice;
  Task<ExitCode> work = with_modem(
      context, std::move(config), std::move(chosen),
      [&context, netdev](ModemAdapter& modem) { return connect(context, modem, netdev); });
  co_return co_await work;
}

}  // namespace mwan::tool
