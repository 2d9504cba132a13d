// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/modem.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "modems/backoff.hpp"
#include "modems/fact_queue.hpp"
#include "modems/qmi/attempt.hpp"
#include "modems/qmi/bearers.hpp"
#include "modems/qmi/bringup.hpp"
#include "modems/qmi/session.hpp"
#include "modems/qmi/state.hpp"
#include "modems/qmi/sysfs.hpp"
#include "modems/qmi/watch.hpp"

namespace mwan {

using namespace std::chrono_literals;
using qmi::Attempt;

class QmiModem::Impl {
 public:
  Impl(Loop& loop, ModemConfig config)
      : loop_(loop),
        config_(std::move(config)),
        facts_(loop),
        state_(fresh_state()),
        backoff_(config_.timings.retry) {}

  void start(LinkDriver::Sink sink) {
    if (life_.running()) return;
    stop_ = Cancel();
    state_ = fresh_state();
    facts_.open(std::move(sink));
    life_.start(live());
  }

  Task<void> stop() {
    stop_.cancel();
    const Cancel never;
    const Instant until = Loop::now() + config_.timings.stop_budget + 2s;
    while (life_.running() && Loop::now() < until) {
      co_await ended_.wait(loop_, never, until - Loop::now());
    }
    life_.reset();
    while (!facts_.empty()) co_await facts_.drained().wait(loop_, never, 1s);
    facts_.close();
  }

 private:
  Task<void> live();
  Task<Error> attempt();
  Task<Status> work(Attempt& attempt, qmi::Watch& watch);
  qmi::ModemState fresh_state() {
    return qmi::ModemState([this](Fact fact) { tell(std::move(fact)); },
                           config_.use_packet_service);
  }
  void tell(Fact fact) { facts_.push(std::move(fact)); }

  Loop& loop_;
  ModemConfig config_;
  FactQueue facts_;
  qmi::ModemState state_;
  qmi::Memory memory_;
  Backoff backoff_;
  Cancel stop_;
  Notification ended_;
  Job life_;  // last: its coroutines use all of the above
};

Task<void> QmiModem::Impl::live() {
  while (!stop_.cancelled()) {
    const Error why = co_await attempt();
    if (stop_.cancelled()) break;
    const Duration pause = backoff_.failed(Loop::now(), why.failure);
    tell(fact::Trouble{.error = why, .retry_in = pause});
    co_await mwan::pause(loop_, stop_, pause);
  }
  ended_.notify();
}

// One life of the session; returns why it ended, with everything given back.
Task<Error> QmiModem::Impl::attempt() {
  qmi::Session session(loop_, config_);
  Attempt attempt{.loop = loop_,
                  .config = config_,
                  .session = session,
                  .state = state_,
                  .tell = [this](Fact fact) { tell(std::move(fact)); },
                  .cancel = Cancel(),
                  .failure = std::nullopt,
                  .changed = {}};
  const CancelSubscription stopping(stop_, [&attempt] { attempt.cancel.cancel(); });
  session.on_gone([&attempt] {
    attempt.fail(attempt.error(FailureClass::Gone, "connection",
                               "the connection to the modem broke: it was unplugged, or the proxy "
                               "ended"));
  });

  qmi::Watch watch(attempt);
  session.on_indication([&watch](const qmi::Indication& i) { watch.hear(i); });

  const Status worked = co_await work(attempt, watch);
  Error why = worked ? Error{} : worked.error();
  // The step that was under way names the place, the reason that ended it says what happened.
  if (attempt.failure) {
    const bool step_known = why.failure == FailureClass::Gone && !why.where.empty();
    if (!step_known) why = *attempt.failure;
  }
  if (stop_.cancelled()) why = Error{FailureClass::Cancelled, config_.link, "the link is stopped"};
  session.on_indication(nullptr);  // what comes while we leave is about what we undo
  state_.lost(why, why.failure == FailureClass::Gone);
  const Duration budget =
      stop_.cancelled() ? config_.timings.stop_budget : config_.timings.cleanup_budget;
  co_await session.close(budget);
  const std::vector<qmi::ClientId> left = session.leftovers();
  memory_.leftovers.insert(memory_.leftovers.end(), left.begin(), left.end());
  if (why.failure == FailureClass::Gone) memory_.leftovers.clear();  // they went with the modem
  co_return why;
}

Task<Status> QmiModem::Impl::work(Attempt& attempt, qmi::Watch& watch) {
  const Status opened = co_await attempt.session.open(attempt.cancel);
  if (!opened) co_return opened;
  const std::string netdev =
      !config_.netdev.empty() ? config_.netdev : qmi::find_netdev(config_.device).value_or("");
  state_.device(true, netdev);

  qmi::Bringup bringup(attempt, watch, memory_);
  const Status ready = co_await bringup.run();
  if (!ready) co_return ready;
  backoff_.working(Loop::now());

  Job watching;
  watching.start(watch.run());
  qmi::Bearers bearers(attempt, watch, bringup.layer());
  co_return co_await bearers.run();
}

QmiModem::QmiModem(Loop& loop, ModemConfig config)
    : impl_(std::make_unique<Impl>(loop, std::move(config))) {}
QmiModem::~QmiModem() = default;

void QmiModem::start(Sink sink) { impl_->start(std::move(sink)); }
Task<void> QmiModem::stop() { return impl_->stop(); }

}  // namespace mwan
