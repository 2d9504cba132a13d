// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/watch.hpp"

#include "modems/mbim/decode_registration.hpp"
#include "modems/mbim/sim_card.hpp"

namespace mwan::mbim {

Task<Result<Listening>> Watch::listen(SignalReporting reporting, Cancel cancel) {
  std::vector<Subscription> wanted = {{Service::BasicConnect, {}}};
  for (const std::uint32_t one :
       {cid::kSubscriberReady, cid::kRadioState, cid::kRegisterState, cid::kPacketService,
        cid::kSignalState, cid::kConnect, cid::kIpConfiguration}) {
    if (port_.services.has(Service::BasicConnect, one)) wanted.front().cids.push_back(one);
  }
  const Request request = subscribe(wanted);
  const Result<Reply> done = co_await ask(port_, request, cancel);
  if (!done) co_return failed(done.error());
  port_.session->on_close(subscribe({}));
  const Result<bool> signal = co_await radio_.report_signal(reporting, cancel);
  if (!signal) co_return failed(signal.error());
  co_return Listening{.signal = *signal};
}

void Watch::stop() {
  stop_.cancel();
  asking_.reset();
}

void Watch::hear(const Indication& indication) {
  if (indication.service == Service::BasicConnect) report(indication);
  port_.changed.notify();
}

void Watch::report(const Indication& indication) {
  const ByteView buffer = indication.buffer;
  const Mbimex version = indication.version;
  switch (indication.cid) {
    case cid::kSubscriberReady:
      sim(indication);
      break;
    case cid::kRadioState:
      if (const auto radio = decode_radio_state(buffer)) port_.tell(*radio);
      break;
    case cid::kRegisterState:
      if (const auto state = decode_register_state(buffer, version)) {
        if (state->registration.rat != Rat::Unknown) port_.serving = state->registration.rat;
        port_.tell(state->registration);
      }
      break;
    case cid::kPacketService:
      if (const auto info = decode_packet_service(buffer, version)) {
        if (info->service.rat != Rat::Unknown) port_.serving = info->service.rat;
        port_.tell(info->service);
      }
      break;
    case cid::kSignalState:
      radio_.hear(indication);
      break;
    case cid::kConnect:
      if (const auto connection = decode_connect(buffer)) bearer_.hear(*connection);
      break;
    case cid::kIpConfiguration:
      if (const auto settings = decode_ip_configuration(buffer)) bearer_.hear(*settings);
      break;
    default:
      break;
  }
}

void Watch::sim(const Indication& indication) {
  const auto subscriber = decode_subscriber(indication.buffer, indication.version);
  if (!subscriber) return;
  asking_.reset();  // about a state that is no more
  if (subscriber->locked) {
    asking_.start(locked_sim(subscriber->sim));
  } else {
    port_.tell(subscriber->sim);
  }
}

// Which code is wanted, and how often it may be tried, the indication does not say.
Task<void> Watch::locked_sim(Sim sim) {
  const Status asked = co_await read_lock(port_, sim, stop_);
  if (asked || asked.error().failure != FailureClass::Cancelled) port_.tell(sim);
}

}  // namespace mwan::mbim
