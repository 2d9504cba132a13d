// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/modem/modem.hpp"

#include <algorithm>
#include <utility>

namespace mwan::sim {
namespace {

Radio default_radio() {
  Radio radio;
  radio.signal(Tech::Lte) = {Rat::Lte, std::nullopt, -95, -10, 12};
  radio.signal(Tech::Nr) = {Rat::NrNsa, std::nullopt, -98, -11, 15};
  radio.signal(Tech::Umts) = {Rat::Umts, -80, -88, -8, std::nullopt};
  radio.signal(Tech::Gsm) = {Rat::Gsm, -79, std::nullopt, std::nullopt, std::nullopt};
  radio.neighbours = {{205, 1300, -101, -13}};
  return radio;
}

}  // namespace

Modem::Modem(Timers& timers, ModemSettings settings)
    : timers_(timers),
      settings_(std::move(settings)),
      mode_(settings_.operating_mode),
      data_format_(settings_.data_format),
      autoconnect_(settings_.autoconnect),
      sim_(settings_.sim_present, settings_.pin, settings_.puk),
      radio_(default_radio()),
      network_(timers, settings_.registration_delay,
               {[this] { network_changed(); },
                [this](std::uint16_t cause) { report(change::Rejected{cause}); }}),
      bearers_(
          timers, settings_,
          {[this](IpFamily family, std::optional<SessionEnd> ended) {
             session_changed(family, ended);
           },
           [this](IpFamily family, const std::string& apn) { return obstacle(family, apn); }}) {}

void Modem::subscribe(std::function<void(const Change&)> listener) {
  listeners_.push_back(std::move(listener));
}

void Modem::report(const Change& change) {
  if (powered_ && !mute_) deliver(change);
}

void Modem::deliver(const Change& change) {
  for (const auto& listener : listeners_) listener(change);
}

void Modem::session_changed(IpFamily family, std::optional<SessionEnd> ended) {
  const change::Session change{family, ended};
  if (!ended) {
    report(change);
    return;
  }
  faults_.session_ended();
  const auto delay = faults_.disconnect_delay();
  if (!delay || !powered_ || mute_) return;
  if (*delay == Duration(0)) {
    report(change);
    return;
  }
  const std::uint64_t id = next_late_++;
  late_[id] = timers_.after(*delay, [this, id, change] {
    const auto done = late_.extract(id);
    report(change);
  });
}

void Modem::power_up() {
  if (!powered_) {
    faults_.booted();
    if (faults_.fcc_locked()) mode_ = OperatingMode::LowPower;
  }
  powered_ = true;
  sim_timer_ = timers_.after(settings_.sim_ready_delay, [this] {
    sim_.initialise();
    report(change::Sim{});
    follow();
  });
  follow();
}

void Modem::power_down() {
  powered_ = false;
  sim_timer_.reset();
  hold_timer_.reset();
  card_timer_.reset();
  late_.clear();
  sim_.set_hidden(false);
  sim_.power_cycle();
  follow();
  bearers_.drop_all({EndCause::RadioOff, 0});
  mode_ = settings_.operating_mode;
  set_data_format(settings_.data_format);
}

void Modem::set_coverage(Registrar::Coverage coverage) {
  coverage_ = coverage;
  network_.set_coverage(faults_.coverage(coverage_));
}

void Modem::set_network_attach(bool offered) {
  attach_offered_ = offered;
  network_.set_network_attach(faults_.attach_offered(offered) && !attach_block_);
}

void Modem::follow_faults() {
  set_coverage(coverage_);
  set_network_attach(attach_offered_);
  if (!faults_.on(Fault::AttachBlocked) && attach_block_) {
    attach_block_.reset();
    set_network_attach(attach_offered_);
  }
}

// The firmware starts over while the device stays on the bus.
void Modem::restart_in_place() {
  if (!powered_) return;
  power_down();
  power_up();
}

void Modem::lose_sessions_silently() {
  mute_ = true;
  bearers_.drop_all({EndCause::RadioOff, 0});
  mute_ = false;
}

void Modem::lock_sim(std::uint8_t pin_tries) {
  sim_.lock(pin_tries);
  report(change::Sim{});
  follow();
}

const Plmn& Modem::plmn() const {
  return network_.state() == RegistrationState::Roaming ? settings_.visited : settings_.home;
}

bool Modem::connected(IpFamily family) const {
  return powered_ && network_.attached() && bearers_.find(family) != nullptr && !multiplexed_;
}

bool Modem::carries(IpFamily family) const {
  return connected(family) && data_format_ == LinkLayer::RawIp;
}

void Modem::set_mode(OperatingMode mode) {
  if (std::exchange(mode_, mode) == mode) return;
  report(change::Mode{});
  follow();
}

PinOutcome Modem::verify_pin(const std::string& pin) {
  const PinOutcome outcome = sim_.verify(pin);
  if (outcome != PinOutcome::NoCard && outcome != PinOutcome::NoEffect) report(change::Sim{});
  if (outcome == PinOutcome::Done) flicker_card();
  follow();
  return outcome;
}

PinOutcome Modem::unblock_pin(const std::string& puk, const std::string& new_pin) {
  const PinOutcome outcome = sim_.unblock(puk, new_pin);
  if (outcome != PinOutcome::NoCard) report(change::Sim{});
  if (outcome == PinOutcome::Done) flicker_card();
  follow();
  return outcome;
}

// Fault unlock-looks-like-swap: the card seems to be taken out and put in.
void Modem::flicker_card() {
  const FaultArgs* fault = faults_.find(Fault::UnlockLooksLikeSwap);
  if (fault == nullptr) return;
  sim_.set_hidden(true);
  report(change::Sim{});
  card_timer_ = timers_.after(fault->time.value_or(Duration(0)), [this] {
    sim_.set_hidden(false);
    report(change::Sim{});
    follow();
  });
}

void Modem::set_allowed_rats(std::vector<Rat> rats) {
  allowed_rats_ = std::move(rats);
  follow();
}

void Modem::set_autoconnect(bool on) {
  autoconnect_ = on;
  if (on) {
    dial_if_wanted();
  } else {
    bearers_.forget(Bearers::kModemItself);
  }
}

void Modem::set_radio(Radio radio) {
  const Radio old = std::exchange(radio_, std::move(radio));
  if (old.serving != radio_.serving) follow();
  if (old.serving != radio_.serving || old.cell != radio_.cell) report(change::Network{});
  if (old.signals != radio_.signals || old.serving != radio_.serving) report(change::Signal{});
}

void Modem::set_sim_present(bool present) {
  if (sim_.present() == present) return;
  sim_.set_present(present);
  report(change::Sim{});
  follow();
  if (present && powered_) power_up();
}

void Modem::renumber(IpFamily family, const AddressPlan& plan) {
  (family == IpFamily::V4 ? settings_.ipv4 : settings_.ipv6) = plan;
  if (bearers_.find(family) == nullptr) return;
  bearers_.renumber(family, plan);
  report(change::Renumbered{family});
}

bool Modem::rat_allowed() const {
  return allowed_rats_.empty() || std::find(allowed_rats_.begin(), allowed_rats_.end(),
                                            radio_.serving) != allowed_rats_.end();
}

void Modem::follow() { network_.set_able(radio_on(), sim_.ready(), rat_allowed()); }

void Modem::network_changed() {
  report(change::Network{});
  if (network_.attached()) {
    hold_timer_.reset();
    dial_if_wanted();
    return;
  }
  const SessionEnd why = why_no_service();
  if (why.cause == EndCause::NoService && settings_.bearer_hold > Duration(0)) {
    if (!hold_timer_) {
      hold_timer_ = timers_.after(settings_.bearer_hold, [this, why] { bearers_.drop_all(why); });
    }
    return;
  }
  hold_timer_.reset();
  bearers_.drop_all(why);
}

void Modem::dial_if_wanted() {
  if (!autoconnect_ || !network_.attached() || !settings_.grants_ipv4) return;
  bearers_.start(Bearers::kModemItself, IpFamily::V4, "autoconnect",
                 [](const Bearers::Started&) {});
}

SessionEnd Modem::why_no_service() const {
  if (!radio_on()) return {EndCause::RadioOff, 0};
  return {network_.registered() ? EndCause::Detached : EndCause::NoService, 0};
}

std::optional<SessionEnd> Modem::obstacle(IpFamily family, const std::string& apn) {
  if (!network_.attached()) return why_no_service();
  const auto verdict = faults_.judge_session(family, apn, timers_.now());
  if (verdict.block_attach) {
    attach_block_ = timers_.after(*verdict.block_attach, [this] {
      attach_block_.reset();
      set_network_attach(attach_offered_);
    });
    set_network_attach(attach_offered_);
  }
  if (verdict.refused) return verdict.refused;
  if (refuse_cause_) return SessionEnd{EndCause::Network, *refuse_cause_};
  if (family == IpFamily::V4 && !settings_.grants_ipv4) {
    return SessionEnd{EndCause::Network, kIpv6Only};
  }
  if (family == IpFamily::V6 && !settings_.grants_ipv6) {
    return SessionEnd{EndCause::Network, kIpv4Only};
  }
  return std::nullopt;
}

}  // namespace mwan::sim
