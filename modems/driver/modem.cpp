// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/modem.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "modems/control_port.hpp"
#include "modems/driver/attempt.hpp"
#include "modems/driver/bearers.hpp"
#include "modems/driver/bringup.hpp"
#include "modems/driver/fact_queue.hpp"
#include "modems/driver/modem_state.hpp"
#include "modems/driver/recovery.hpp"
#include "modems/driver/watch.hpp"
#include "modems/openers.hpp"
#include "modems/providers/find_apns.hpp"

namespace mwan {

using namespace std::chrono_literals;
using modem::Attempt;

class Modem::Impl {
 public:
  Impl(Loop& loop, ModemConfig config)
      : loop_(loop),
        config_(std::move(config)),
        facts_(loop),
        state_(fresh_state()),
        recovery_(loop, config_) {}

  void start(LinkDriver::Sink sink) {
    if (life_.running()) return;
    stop_ = Cancel();
    state_ = fresh_state();
    facts_.open(std::move(sink));
    life_.start(live());
  }

  void set_level(LinkLevel level) {
    if (std::exchange(level_, level) != level) changed_.notify();
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
  struct Ending {
    Error why;
    Verdict verdict;
  };
  Task<Ending> attempt(Rung remedy);
  Task<void> rest(Duration pause, bool for_device);
  Task<Status> work(Attempt& attempt, modem::Watch& watch);
  Task<Status> identify(Attempt& attempt);
  Task<void> choose_apn_of(Attempt& attempt, Error& why);
  [[nodiscard]] std::string others_at_the_port() const;
  modem::ModemState fresh_state() {
    return modem::ModemState([this](Fact fact) { tell(std::move(fact)); });
  }
  void tell(Fact fact) { facts_.push(std::move(fact)); }

  Loop& loop_;
  ModemConfig config_;
  FactQueue facts_;
  modem::ModemState state_;
  modem::Memory memory_;
  modem::Recovery recovery_;
  std::unique_ptr<ModemAdapter> adapter_;
  ModemIdentity identity_;  // empty as long as it was not asked, and after it was gone
  bool reopen_ = false;
  LinkLevel level_ = LinkLevel::Up;
  Notification changed_;
  Cancel stop_;
  Notification ended_;
  Job life_;  // last: its coroutines use all of the above
};

Task<void> Modem::Impl::live() {
  Rung remedy = Rung::Retry;
  while (!stop_.cancelled()) {
    const Ending ending = co_await attempt(remedy);
    if (stop_.cancelled()) break;
    // What comes back may be another device; after the death of a proxy alone it is the same, and
    // the adapter knows what is still to be given back.
    const bool away = ending.why.failure == FailureClass::Gone && !config_.no_file_check &&
                      !port_protocol(config_.device);
    if (away) identity_ = {};
    if (away || reopen_) adapter_.reset();
    if (std::exchange(reopen_, false)) continue;
    tell(modem::Recovery::trouble(ending.why, ending.verdict));
    co_await rest(ending.verdict.pause, ending.why.failure == FailureClass::Gone);
    remedy = ending.verdict.rung;
    const Status done = co_await recovery_.carry_out(remedy, stop_);
    if (!done && !stop_.cancelled()) tell(fact::Trouble{done.error(), std::nullopt});
  }
  ended_.notify();
}

// A device that was away and is there again is not kept waiting.
Task<void> Modem::Impl::rest(Duration pause, bool for_device) {
  constexpr Duration kLook = 1s;
  const Instant until = Loop::now() + pause;
  const bool watchable = for_device && !config_.no_file_check;
  const bool was_there = watchable && port_protocol(config_.device).has_value();
  while (!stop_.cancelled() && Loop::now() < until) {
    const Duration left = until - Loop::now();
    co_await mwan::pause(loop_, stop_, watchable ? std::min(left, kLook) : left);
    if (watchable && !was_there && port_protocol(config_.device)) break;
  }
}

// One life of the connection; returns why it ended, with everything given back.
Task<Modem::Impl::Ending> Modem::Impl::attempt(Rung remedy) {
  if (!adapter_) {
    // Only now, and again after a failure: the device may appear later, or come back as another.
    config_.quirks = resolve_quirks(config_, identity_);
    auto made = make_modem_adapter(loop_, config_, identity_);
    if (!made) {
      state_.device(false, {});
      co_return Ending{made.error(), recovery_.failed(made.error(), TroubleKind::Setup)};
    }
    adapter_ = std::move(*made);
    if (config_.quirks.settle) co_await mwan::pause(loop_, stop_, *config_.quirks.settle);
  }
  // Resolved by now, and again after each reopening: what is known of the firmware may have grown.
  state_.trust_packet_service(!config_.quirks.misreports_packet_service);
  ModemAdapter& adapter = *adapter_;
  Attempt attempt{.loop = loop_,
                  .config = config_,
                  .adapter = adapter,
                  .state = state_,
                  .tell = [this](Fact fact) { tell(std::move(fact)); },
                  .recovery = recovery_,
                  .remedy = remedy,
                  .netdev = {},
                  .cancel = Cancel(),
                  .failure = std::nullopt,
                  .kind = TroubleKind::Silent,
                  .verdict = std::nullopt,
                  .apn_missed = false,
                  .level = level_,
                  .changed = changed_};
  const CancelSubscription stopping(stop_, [&attempt] { attempt.cancel.cancel(); });
  adapter.on_gone([&attempt] {
    attempt.fail(attempt.error(FailureClass::Gone, "connection",
                               "the connection to the modem broke: it was unplugged, or the proxy "
                               "ended"),
                 TroubleKind::Gone);
  });
  modem::Watch watch(attempt);
  adapter.on_report([&watch](const ModemReport& report) { watch.hear(report); });

  const Status worked = co_await work(attempt, watch);
  Error why = worked ? Error{} : worked.error();
  if (attempt.apn_missed) co_await choose_apn_of(attempt, why);
  // The step that was under way names the place, the reason that ended it says what happened.
  if (attempt.failure) {
    const bool step_known = why.failure == FailureClass::Gone && !why.where.empty();
    if (!step_known) why = *attempt.failure;
  }
  if (stop_.cancelled()) why = Error{FailureClass::Cancelled, config_.link, "the link is stopped"};
  adapter.on_report(nullptr);  // what comes while we leave is about what we undo
  state_.lost(why, why.failure == FailureClass::Gone);
  const Duration budget =
      stop_.cancelled() ? config_.timings.stop_budget : config_.timings.cleanup_budget;
  co_await adapter.close(budget);
  adapter.on_gone(nullptr);
  if (why.failure == FailureClass::Transient && attempt.kind == TroubleKind::Silent) {
    why.message += others_at_the_port();
  }
  if (stop_.cancelled()) co_return Ending{why, Verdict()};
  co_return Ending{why, attempt.verdict ? *attempt.verdict : recovery_.failed(why, attempt.kind)};
}

// The settings name no APN and the network wants one: the one that is publicly known for it.
Task<void> Modem::Impl::choose_apn_of(Attempt& attempt, Error& why) {
  const auto home = co_await attempt.adapter.read_home_network(attempt.cancel);
  const auto sim = co_await attempt.adapter.read_sim(attempt.cancel);
  const SubscriberNetwork network{.plmn = home ? home->plmn : std::string(),
                                  .imsi = sim ? sim->imsi : std::string()};
  const auto known = find_apns(config_.providers, network);
  if (!known || known->empty()) {
    why.message += "; set APN in the profile, none is publicly known for this network";
    co_return;
  }
  const ApnChoice choice = choose_apn(*known);
  why.message += "; " + choice.reason;
  if (!choice.entry) co_return;
  config_.apn = choice.entry->apn;
  config_.auth = choice.entry->auth;
  config_.username = choice.entry->username;
  config_.password = choice.entry->password;
  tell(fact::Trouble{.error = why, .retry_in = Duration(0)});
  reopen_ = true;
}

// Some quirks are known by model and firmware, which only the modem itself can tell: with other
// quirks than it was opened with it is opened once more.
Task<Status> Modem::Impl::identify(Attempt& attempt) {
  if (config_.no_file_check || !identity_.model.empty()) co_return Status{};
  const auto identity = co_await attempt.adapter.read_identity(attempt.cancel);
  if (!identity) co_return failed(identity.error());
  identity_ = *identity;
  if (resolve_quirks(config_, identity_) == config_.quirks) co_return Status{};
  reopen_ = true;
  co_return failed(
      attempt.error(FailureClass::Cancelled, "identity", "opened again as what it is"));
}

// A second manager on the port is the usual reason for silence.
std::string Modem::Impl::others_at_the_port() const {
  if (config_.no_file_check) return {};
  OpenersQuery query;
  query.device = config_.device;
  const Result<Openers> openers = find_openers(query);
  if (!openers || openers->found.empty()) return {};
  return "; " + describe(*openers, config_.device);
}

Task<Status> Modem::Impl::work(Attempt& attempt, modem::Watch& watch) {
  const Status opened = co_await attempt.adapter.open(attempt.cancel);
  if (!opened) co_return opened;
  attempt.netdev =
      !config_.netdev.empty() ? config_.netdev : find_netdev(config_.device).value_or("");
  state_.device(true, attempt.netdev);
  recovery_.seen();
  const Status known = co_await identify(attempt);
  if (!known) co_return known;

  modem::Bringup bringup(attempt, watch, memory_);
  const Status ready = co_await bringup.run();
  if (!ready) co_return ready;

  Job watching;
  watching.start(watch.run());
  modem::Bearers bearers(attempt, watch);
  co_return co_await bearers.run();
}

Modem::Modem(Loop& loop, ModemConfig config)
    : impl_(std::make_unique<Impl>(loop, std::move(config))) {}
Modem::~Modem() = default;

void Modem::start(Sink sink) { impl_->start(std::move(sink)); }
void Modem::set_level(LinkLevel level) { impl_->set_level(level); }
Task<void> Modem::stop() { return impl_->stop(); }

}  // namespace mwan
