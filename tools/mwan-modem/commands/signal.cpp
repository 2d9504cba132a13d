// SPDX-License-Identifier: LGPL-2.1-or-later
#include <chrono>
#include <memory>
#include <ostream>

#include <fmt/format.h>

#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/mailbox.hpp"
#include "tools/mwan-modem/output/screen.hpp"
#include "tools/mwan-modem/output/sections.hpp"
#include "tools/mwan-modem/output/signal_board.hpp"
#include "tools/mwan-modem/output/words.hpp"
#include "tools/mwan-modem/session.hpp"

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;

constexpr Duration kWindow = 5min;
// Of the full screen, where time passes although nothing is reported.
constexpr Duration kRedraw = 1s;

Json json_of(const std::vector<SignalSample>& samples, const std::vector<ActiveBand>& bands = {}) {
  Json out = Json::array();
  for (const SignalSample& sample : samples) {
    if (sample.empty()) continue;
    out.push_back(to_json(sample));
    const auto its = of_rat(bands, sample.rat);
    if (!its.empty()) out.back()["bands"] = to_json(its);
  }
  return out;
}

std::int64_t unix_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

Task<ExitCode> show_once(Context& context, ModemAdapter& modem) {
  Task<Result<std::vector<SignalSample>>> reading = modem.read_signal(context.cancel);
  const auto samples = co_await reading;
  if (!samples) co_return context.fail(samples.error());
  // Left out where the modem cannot say.
  Task<Result<std::vector<ActiveBand>>> asking = modem.read_bands(context.cancel);
  const std::vector<ActiveBand> bands = (co_await asking).value_or(std::vector<ActiveBand>());
  Sheet sheet;
  for (const SignalSample& sample : *samples) {
    if (sample.empty()) continue;
    sheet.push_back(section_of(sample));
    add_bands(sheet.back(), of_rat(bands, sample.rat));
  }
  if (context.options.json) {
    context.out << pretty(json_of(*samples, bands)) << '\n';
  } else if (sheet.empty()) {
    context.out << "no signal: the radio is off, or there is no coverage\n";
  } else {
    context.out << to_text(sheet);
  }
  co_return sheet.empty() ? ExitCode::Network : ExitCode::Ok;
}

// How the board reaches whoever looks at it.
class Display {
 public:
  Display(Context& context, std::string name) : context_(context), name_(std::move(name)) {
    if (context.options.json || !context.terminal) return;
    if (context.options.full) {
      screen_ = std::make_unique<FullScreen>(context.out);
    } else {
      line_ = std::make_unique<LiveLine>(context.out);
    }
  }
  // news: the board has changed; otherwise only time has passed.
  void show(const SignalBoard& board, bool news) {
    if (screen_) {
      const ScreenSize size = screen_size();
      screen_->show(full_view(board, name_, Loop::now(), size.columns, size.rows));
      return;
    }
    if (!news) return;
    if (line_) {
      line_->show(one_line(board.current(), screen_size().columns - 1));
    } else if (context_.options.json) {
      context_.out << line(Json{{"unix_ms", unix_ms()}, {"signal", json_of(board.current())}})
                   << std::endl;
    } else {
      context_.out << one_line(board.current(), std::string::npos) << std::endl;
    }
  }

 private:
  Context& context_;
  std::string name_;
  std::unique_ptr<FullScreen> screen_;
  std::unique_ptr<LiveLine> line_;
};

Task<ExitCode> watch(Context& context, ModemAdapter& modem) {
  Mailbox mailbox(context.loop, modem);
  const SignalReporting reporting;
  Task<Result<Listening>> listen = modem.listen(reporting, context.cancel);
  const Result<Listening> listening = co_await listen;
  if (!listening) co_return context.fail(listening.error());
  const bool asked = !listening->signal;
  const auto interval = std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(context.options.interval_s));
  Task<Result<ModemIdentity>> naming = modem.read_identity(context.cancel);
  const Result<ModemIdentity> identity = co_await naming;
  const std::string name =
      identity ? printable(identity->manufacturer + " " + identity->model) : "modem";
  if (asked) {
    context.err << fmt::format(
        "mwan-modem: the modem does not report its signal, asking every {:.1f} s\n",
        context.options.interval_s);
  }

  SignalBoard board(kWindow);
  Display display(context, name);
  bool ask = true;
  Instant asked_at = Loop::now();
  while (!context.cancel.cancelled()) {
    bool news = false;
    if (ask) {
      Task<Result<std::vector<SignalSample>>> reading = modem.read_signal(context.cancel);
      const auto samples = co_await reading;
      if (context.cancel.cancelled()) break;
      if (!samples && samples.error().failure == FailureClass::Gone) {
        co_return context.fail(samples.error());
      }
      if (samples) {
        for (const SignalSample& sample : *samples) board.put(Loop::now(), sample);
      }
      asked_at = Loop::now();
      news = true;
    }
    display.show(board, news);
    Task<std::optional<ModemReport>> waiting =
        mailbox.next(asked ? std::min(interval, kRedraw) : kRedraw, context.cancel);
    const auto report = co_await waiting;
    if (mailbox.gone() && !report) {
      co_return context.fail(ExitCode::NoModem, modem.where("signal") + ": the modem is gone");
    }
    ask = asked && Loop::now() - asked_at >= interval;
    const auto* sample = report ? std::get_if<SignalSample>(&*report) : nullptr;
    if (sample == nullptr) continue;
    board.put(Loop::now(), *sample);
    display.show(board, true);
  }
  co_return ExitCode::Ok;
}

}  // namespace

Task<ExitCode> run_signal(Context& context) {
  return with_modem(context, [&context](ModemAdapter& modem) {
    return context.options.watch ? watch(context, modem) : show_once(context, modem);
  });
}

}  // namespace mwan::tool
