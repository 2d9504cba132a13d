// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/faults/fault_player.hpp"

#include <utility>

#include "tools/mwan-sim/faults/catalogue.hpp"

namespace mwan::sim {

FaultPlayer::FaultPlayer(Timers& timers, Modem& modem, Machine machine)
    : timers_(timers), modem_(modem), machine_(std::move(machine)) {
  modem_.faults().set_events({[this](Fault fault, const FaultArgs& args) { strikes(fault, args); },
                              [this](Fault fault) { ended(fault); },
                              [this] {
                                if (machine_.request) machine_.request();
                              }});
}

void FaultPlayer::begin(const FaultOrder& order) {
  modem_.faults().begin(order);
  until_.erase(order.fault);
  if (order.args.lasts) {
    until_[order.fault] =
        timers_.after(*order.args.lasts, [this, fault = order.fault] { end(fault); });
  }
  happen(order);
}

void FaultPlayer::end(Fault fault) {
  if (modem_.faults().end(fault)) ended(fault);
}

void FaultPlayer::end_all() {
  for (const Fault fault : modem_.faults().active()) end(fault);
}

void FaultPlayer::power_cut() { modem_.faults().power_cut(); }

void FaultPlayer::bus_reset() { modem_.faults().bus_reset(); }

void FaultPlayer::happen(const FaultOrder& order) {
  const Duration time = order.args.time.value_or(Duration(0));
  switch (order.fault) {
    case Fault::ProxyDeath:
      machine_.proxy_dies(time);
      until_[order.fault] = timers_.after(time, [this] { end(Fault::ProxyDeath); });
      break;
    case Fault::TransmitStuck:
      machine_.stick_transmit(true);
      break;
    case Fault::UsbErrorStorm:
      machine_.storm(usb::Device::Storm{
          order.args.what == "stall" ? usb::Completion::Stall : usb::Completion::Error, time});
      break;
    case Fault::SilentReset:
      machine_.forget_hosts();
      modem_.restart_in_place();
      if (!modem_.faults().ignores_old_clients()) end(order.fault);
      break;
    case Fault::RawIpMismatch:
      modem_.set_data_format(LinkLayer::Ethernet);
      end(order.fault);  // what is left of it is the format
      break;
    case Fault::NetworkDetach:
    case Fault::RoamingRefused:
    case Fault::SimIllegal:
      modem_.follow_faults();
      break;
    case Fault::PinTriesLow:
      modem_.lock_sim(static_cast<std::uint8_t>(order.args.times.value_or(1)));
      break;
    case Fault::PukRequired:
      modem_.lock_sim(0);
      break;
    case Fault::FccLock:
      modem_.set_mode(OperatingMode::LowPower);
      break;
    case Fault::StaleAfterSuspend:
      modem_.lose_sessions_silently();
      machine_.forget_subscriptions();
      end(order.fault);
      break;
    default:
      break;
  }
}

// Out of the call that met the fault: it goes on with what is torn down here.
void FaultPlayer::strikes(Fault fault, const FaultArgs& args) {
  const Duration away = fault == Fault::VanishesMidTransaction
                            ? args.time.value_or(Duration(0))
                            : modem_.faults().reset_time(modem_.settings().reset_time);
  strike_ = timers_.after(Duration(0), [this, away] { machine_.drop_out(away); });
}

void FaultPlayer::ended(Fault fault) {
  if (fault == Fault::TransmitStuck) machine_.stick_transmit(false);
  if (fault == Fault::UsbErrorStorm) machine_.storm(std::nullopt);
  modem_.follow_faults();
  if (machine_.announce) {
    machine_.announce("fault ends: " + std::string(info_of(fault).name));
  }
  // Last: this may be the timer's own call.
  const auto timer = until_.extract(fault);
}

}  // namespace mwan::sim
