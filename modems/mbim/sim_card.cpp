// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/sim_card.hpp"

#include "modems/mbim/status.hpp"

namespace mwan::mbim {
namespace {

constexpr std::uint32_t kPuk1 = 11;  // MbimPinType

Result<Subscriber> subscriber_of(const Reply& reply) {
  return decode_subscriber(reply.buffer, reply.version);
}
Result<PinInfo> pin_of(const Reply& reply) { return decode_pin(reply.buffer); }
Result<HomeNetwork> home_of(const Reply& reply) { return decode_home_provider(reply.buffer); }
Result<std::uint32_t> slots_of(const Reply& reply) { return decode_sys_caps(reply.buffer); }
Result<std::uint32_t> slot_of(const Reply& reply) { return decode_slot_mappings(reply.buffer); }
Result<bool> card_of(const Reply& reply) { return decode_slot_info(reply.buffer); }

bool slots_known(const Port& port) {
  const DeviceServices& s = port.services;
  return s.has(Service::Extensions, cid::kSysCaps) &&
         s.has(Service::Extensions, cid::kSlotMappings) &&
         s.has(Service::Extensions, cid::kSlotInfo);
}

std::optional<std::uint8_t> pin_tries(const PinInfo& pin) {
  // The PUK is asked for: the PIN has none left.
  if (pin.locked && pin.type == kPuk1) return std::uint8_t{0};
  return pin.tries;
}

}  // namespace

Task<Status> read_lock(Port& port, Sim& sim, Cancel cancel) {
  const Request request = query_pin();
  const Result<PinInfo> pin = co_await read(port, request, pin_of, cancel);
  if (!pin) co_return failed(pin.error());
  complete(sim, *pin);
  co_return Status{};
}

Task<Result<Sim>> read_sim(Port& port, Cancel cancel) {
  const Request request = query_subscriber();
  Result<Subscriber> subscriber = co_await read(port, request, subscriber_of, cancel);
  if (!subscriber) co_return failed(subscriber.error());
  if (subscriber->locked) {
    const Status done = co_await read_lock(port, subscriber->sim, cancel);
    if (!done) co_return failed(done.error());
  }
  co_return subscriber->sim;
}

Task<Result<std::vector<SimSlot>>> read_slots(Port& port, Cancel cancel) {
  const Request caps = query_sys_caps();
  const Request mappings = query_slot_mappings();
  if (!slots_known(port)) co_return not_offered(port, caps);
  const Result<std::uint32_t> count = co_await read(port, caps, slots_of, cancel);
  if (!count) co_return failed(count.error());
  const Result<std::uint32_t> active = co_await read(port, mappings, slot_of, cancel);
  if (!active) co_return failed(active.error());
  std::vector<SimSlot> out;
  for (std::uint32_t index = 0; index < *count; ++index) {
    const Request info = query_slot_info(index);
    const Result<bool> card = co_await read(port, info, card_of, cancel);
    if (!card) co_return failed(card.error());
    SimSlot slot{.number = index + 1, .active = index == *active, .card = *card};
    if (slot.active && slot.card) {
      const Request subscriber = query_subscriber();
      const Result<Subscriber> who = co_await read(port, subscriber, subscriber_of, cancel);
      if (who) slot.iccid = who->sim.iccid;
    }
    out.push_back(std::move(slot));
  }
  co_return std::move(out);
}

Task<Result<PinVerdict>> verify_pin(Port& port, Secret pin, Cancel cancel) {
  const Request enter = enter_pin(pin);
  const Duration deadline = port.config.timings.request;
  const Result<Reply> reply = co_await ask(port, enter, deadline, cancel);
  if (!reply) co_return failed(reply.error());
  PinVerdict out;
  out.accepted = reply->status == status::kNone || reply->status == status::kPinDisabled;
  constexpr std::uint32_t kPinRequired = 5;
  const bool refused = reply->status == status::kFailure || reply->status == kPinRequired;
  if (!out.accepted && !refused) {
    co_return failed(accepted(*reply, port.where(enter.what)).error());
  }
  Result<PinInfo> info = pin_of(*reply);
  if (!info && refused) {
    const Request query = query_pin();
    info = co_await read(port, query, pin_of, cancel);
  }
  if (info) out.tries_left = pin_tries(*info);
  co_return out;
}

Task<Result<HomeNetwork>> read_home_network(Port& port, Cancel cancel) {
  const Request request = query_home_provider();
  co_return co_await read(port, request, home_of, cancel);
}

}  // namespace mwan::mbim
