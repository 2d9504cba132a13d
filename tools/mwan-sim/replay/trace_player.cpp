// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/replay/trace_player.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace mwan::sim {
namespace {

std::optional<Tech> tech_of(Rat rat) {
  switch (rat) {
    case Rat::Gsm:
      return Tech::Gsm;
    case Rat::Umts:
      return Tech::Umts;
    case Rat::Lte:
      return Tech::Lte;
    case Rat::NrNsa:
    case Rat::NrSa:
      return Tech::Nr;
    case Rat::Unknown:
      break;
  }
  return std::nullopt;
}

}  // namespace

void take_signal(Radio& radio, const SignalSample& sample) {
  const auto tech = tech_of(sample.rat);
  if (!tech) return;
  radio.signal(*tech) = sample;
  // The 5G leg comes and goes beside LTE without a registration of its own.
  if (sample.rat != Rat::NrNsa) return;
  if (sample.empty() && radio.serving == Rat::NrNsa) radio.serving = Rat::Lte;
  if (!sample.empty() && radio.serving == Rat::Lte) radio.serving = Rat::NrNsa;
}

void take_cells(Radio& radio, const CellReport& report) {
  if (report.serving) {
    radio.cell.pci = report.serving->pci;
    radio.cell.arfcn = report.serving->arfcn.value_or(radio.cell.arfcn);
  }
  constexpr std::size_t kMostCells = 32;
  radio.neighbours.clear();
  for (const Cell& cell : report.neighbours) {
    if (radio.neighbours.size() >= kMostCells) break;
    radio.neighbours.push_back({cell.pci, cell.arfcn.value_or(radio.cell.arfcn), cell.rsrp_dbm,
                                cell.rsrq_db, tech_of(cell.rat)});
  }
}

std::uint16_t cause_of(const Error& reason) {
  constexpr std::uint16_t kInsufficientResources = 26;
  constexpr std::uint16_t kNotSubscribed = 33;
  constexpr std::uint16_t kRegularDeactivation = 36;
  constexpr std::string_view kLabel = "3GPP cause ";
  if (const auto at = reason.message.find(kLabel); at != std::string::npos) {
    std::uint8_t number = 0;
    const char* end = reason.message.data() + reason.message.size();
    const auto [stop, problem] =
        std::from_chars(reason.message.data() + at + kLabel.size(), end, number);
    if (problem == std::errc{} && number != 0) return number;
  }
  if (reason.failure == FailureClass::Permanent) return kNotSubscribed;
  if (reason.failure == FailureClass::Throttled) return kInsufficientResources;
  return kRegularDeactivation;
}

void TracePlayer::play(std::shared_ptr<const failover::Trace> trace) {
  trace_ = std::move(trace);
  at_ = 0;
  started_ = timers_.now();
  next_.reset();
  take_due();
}

void TracePlayer::take_due() {
  // A fact may unplug the modem, which may stop this recording: what is played is kept alive.
  const auto trace = trace_;
  while (at_ < trace->points.size() && started_ + trace->points[at_].since <= timers_.now()) {
    take(trace->points[at_++].fact);
    if (trace_ != trace) return;
  }
  arm();
}

void TracePlayer::arm() {
  if (at_ >= trace_->points.size()) {
    const Timer own = std::exchange(next_, nullptr);
    if (outputs_.over) outputs_.over();
    return;
  }
  next_ =
      timers_.after(started_ + trace_->points[at_].since - timers_.now(), [this] { take_due(); });
}

void TracePlayer::take(const Fact& fact) {
  if (const auto* signal = std::get_if<SignalSample>(&fact)) {
    Radio radio = modem_.radio();
    take_signal(radio, *signal);
    modem_.set_radio(std::move(radio));
  } else if (const auto* cells = std::get_if<CellReport>(&fact)) {
    Radio radio = modem_.radio();
    take_cells(radio, *cells);
    modem_.set_radio(std::move(radio));
  } else if (const auto* registration = std::get_if<Registration>(&fact)) {
    if (registration->rat != Rat::Unknown) {
      Radio radio = modem_.radio();
      radio.serving = registration->rat;
      modem_.set_radio(std::move(radio));
    }
    constexpr std::uint16_t kPlmnNotAllowed = 11;
    if (registration->registered()) {
      modem_.set_coverage({registration->state, std::nullopt});
    } else if (registration->state == RegistrationState::Denied) {
      modem_.set_coverage(
          {RegistrationState::Denied, registration->reject_cause.value_or(kPlmnNotAllowed)});
    } else if (registration->state != RegistrationState::Unknown) {
      modem_.set_coverage({RegistrationState::Searching, std::nullopt});
    }
  } else if (const auto* service = std::get_if<PacketService>(&fact)) {
    if (service->state != PacketServiceState::Unknown) {
      modem_.set_network_attach(service->state == PacketServiceState::Attached);
    }
  } else if (const auto* bearer = std::get_if<Bearer>(&fact)) {
    // Without a reason the host of the recording ended it: that is not for the modem to do.
    if (bearer->state == mwan::BearerState::Disconnected && bearer->end_reason) {
      modem_.bearers().drop(bearer->family, {EndCause::Network, cause_of(*bearer->end_reason)});
    }
  } else if (const auto* device = std::get_if<fact::Device>(&fact)) {
    if (outputs_.plug) outputs_.plug(device->present);
  }
}

}  // namespace mwan::sim
