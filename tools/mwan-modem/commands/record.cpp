// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <ostream>
#include <variant>

#include <fmt/format.h>

#include "failover/record/trace.hpp"
#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/mailbox.hpp"
#include "tools/mwan-modem/session.hpp"

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;

// Asked for on a timer, because no protocol reports neighbours by itself on every modem.
constexpr Duration kCellPace = 2s;
constexpr Duration kSignalPace = 1s;  // only with a modem that does not report

class Recorder {
 public:
  explicit Recorder(std::ostream& out) : out_(out), begun_(Loop::now()) {}

  void begin(const ModemIdentity& identity) {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    failover::TraceHeader header;
    header.started_unix_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
    header.modem = {identity.protocol, identity.manufacturer, identity.model, identity.firmware};
    out_ << failover::encode_trace_header(header) << std::endl;
    begun_ = Loop::now();
  }
  void put(Fact fact) {
    out_ << failover::encode_trace_point({Loop::now() - begun_, std::move(fact)}) << std::endl;
    ++facts_;
  }
  // A list of cells that did not change is no news.
  void put_cells(const CellReport& cells) {
    if (cells == cells_) return;
    cells_ = cells;
    put(cells);
  }
  [[nodiscard]] std::size_t facts() const { return facts_; }
  [[nodiscard]] Duration age() const { return Loop::now() - begun_; }
  [[nodiscard]] bool works() const { return out_.good(); }

 private:
  std::ostream& out_;
  Instant begun_;
  CellReport cells_;
  std::size_t facts_ = 0;
};

// The reports that a recording has a word for; identities of a SIM are not recorded.
struct PutReport {
  Recorder& recorder;
  void operator()(const Registration& report) const { recorder.put(report); }
  void operator()(const PacketService& report) const { recorder.put(report); }
  void operator()(const SignalSample& report) const { recorder.put(report); }
  void operator()(const CellReport& report) const { recorder.put_cells(report); }
  void operator()(const report::BearerEnded& report) const {
    recorder.put(Bearer{report.family, BearerState::Disconnected, report.why});
  }
  void operator()(const Sim& /*report*/) const {}
  void operator()(const RadioPower& /*report*/) const {}
  void operator()(const report::AddressingChanged& /*report*/) const {}
  void operator()(const report::Doubt& /*report*/) const {}
};

Task<void> put_signal(ModemAdapter& modem, Recorder& recorder, Cancel cancel) {
  Task<Result<std::vector<SignalSample>>> reading = modem.read_signal(cancel);
  const auto samples = co_await reading;
  if (!samples) co_return;
  for (const SignalSample& sample : *samples) recorder.put(sample);
}

Task<void> put_cells(ModemAdapter& modem, Recorder& recorder, Cancel cancel) {
  Task<Result<CellReport>> reading = modem.read_cells(cancel);
  const Result<CellReport> cells = co_await reading;
  if (cells) recorder.put_cells(*cells);
}

Task<void> put_start(ModemAdapter& modem, Recorder& recorder, Cancel cancel) {
  Task<Result<ModemIdentity>> naming = modem.read_identity(cancel);
  const Result<ModemIdentity> identity = co_await naming;
  recorder.begin(identity.value_or(ModemIdentity{}));
  Task<Result<Registration>> registering = modem.read_registration(cancel);
  const Result<Registration> registration = co_await registering;
  if (registration) recorder.put(*registration);
  Task<Result<PacketService>> serving = modem.read_packet_service(cancel);
  const Result<PacketService> service = co_await serving;
  if (service) recorder.put(*service);
  Task<void> signal = put_signal(modem, recorder, cancel);
  co_await signal;
}

Task<ExitCode> record(Context& context, ModemAdapter& modem, std::ostream& out) {
  Mailbox mailbox(context.loop, modem);
  const SignalReporting reporting;
  Task<Result<Listening>> listen = modem.listen(reporting, context.cancel);
  const Result<Listening> listening = co_await listen;
  if (!listening) co_return context.fail(listening.error());
  Recorder recorder(out);
  Task<void> starting = put_start(modem, recorder, context.cancel);
  co_await starting;

  const double limit_s = context.options.duration_s.value_or(1e9);
  const auto limit = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(limit_s));
  Duration cells_due{0};
  Duration signal_due = kSignalPace;
  while (!context.cancel.cancelled() && recorder.age() < limit && recorder.works()) {
    if (recorder.age() >= cells_due) {
      Task<void> cells = put_cells(modem, recorder, context.cancel);
      co_await cells;
      cells_due = recorder.age() + kCellPace;
    }
    if (!listening->signal && recorder.age() >= signal_due) {
      Task<void> signal = put_signal(modem, recorder, context.cancel);
      co_await signal;
      signal_due = recorder.age() + kSignalPace;
    }
    const Duration due = listening->signal ? cells_due : std::min(cells_due, signal_due);
    Task<std::optional<ModemReport>> waiting =
        mailbox.next(std::min(due, limit) - recorder.age(), context.cancel);
    const auto report = co_await waiting;
    if (report) std::visit(PutReport{recorder}, *report);
    if (mailbox.gone() && !report) {
      recorder.put(fact::Device{});
      co_return context.fail(ExitCode::NoModem, modem.where("record") + ": the modem is gone");
    }
  }
  if (!recorder.works()) {
    co_return context.fail(ExitCode::Failed,
                           fmt::format("{}: cannot be written", context.options.file));
  }
  context.err << fmt::format("mwan-modem: {} facts in {:.1f} s\n", recorder.facts(),
                             static_cast<double>(to_ms(recorder.age())) / 1000);
  co_return ExitCode::Ok;
}

}  // namespace

Task<ExitCode> run_record(Context& context) {
  std::ofstream file;
  if (context.options.file != "-") {
    file.open(context.options.file, std::ios::trunc);
    if (!file) {
      co_return context.fail(ExitCode::Usage,
                             fmt::format("{}: {}", context.options.file, std::strerror(errno)));
    }
  }
  std::ostream& out = file.is_open() ? file : context.out;
  Task<ExitCode> work = with_modem(
      context, [&context, &out](ModemAdapter& modem) { return record(context, modem, out); });
  co_return co_await work;
}

}  // namespace mwan::tool
