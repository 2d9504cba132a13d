// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/sim_card.hpp"

#include "tools/mwan-sim/mbim/values.hpp"

namespace mwan::sim::mbim {
namespace {

using PinState = Subscriber::PinState;

constexpr std::uint32_t kNoPin = 0;  // MbimPinType
constexpr std::uint32_t kPin1 = 2;
constexpr std::uint32_t kPuk1 = 11;
constexpr std::uint32_t kUnlocked = 0;  // MbimPinState
constexpr std::uint32_t kLocked = 1;
constexpr std::uint32_t kEnter = 0;  // MbimPinOperation

// MbimSubscriberReadyState
std::uint32_t ready_state(const Modem& modem) {
  const Subscriber& sim = modem.sim();
  constexpr std::uint32_t kInitialized = 1;
  if (!sim.present()) return 2;
  if (!sim.initialised()) return 0;
  if (sim.pin_state() == PinState::PermanentlyBlocked) return 3;
  if (modem.faults().on(Fault::SimIllegal)) return 3;
  return sim.ready() ? kInitialized : 6;
}

}  // namespace

SimCard::SimCard(Host& host) : Module(host) {
  tell(ref::kSubscriberReadyStatus, [this] { return ready_status(); });
  answer(
      ref::kPin,
      [this](const Request&) {
        if (!modem().sim().present()) return failure(Status::SimNotInserted);
        return Reply{Status::None, pin_state()};
      },
      [this](const Request& request) { return set_pin(request); });
  tell(ref::kPinList, [this] { return pin_list(); });
  answer(ref::kSlotInfoStatus, [this](const Request& request) {
    InfoReader reader(request.info);
    if (reader.u32() != 0 || !reader.ok()) return failure(Status::InvalidParameters);
    return Reply{Status::None, slot_state()};
  });
}

// The identity is read once the card is unlocked.
Bytes SimCard::ready_status() const {
  constexpr std::uint32_t kRemovabilityKnown = 1U << 1;
  constexpr std::uint32_t kRemovable = 1U << 2;
  const Subscriber& sim = modem().sim();
  const ModemSettings& settings = modem().settings();
  InfoWriter writer;
  writer.u32(ready_state(modem()));
  if (host().version() >= kVersion3) writer.u32(kRemovabilityKnown | kRemovable);
  writer.text(sim.ready() ? settings.imsi : "").text(sim.initialised() ? settings.iccid : "");
  writer.u32(0);  // the identity needs no protection
  writer.u32(static_cast<std::uint32_t>(sim.ready()));
  if (sim.ready()) writer.text(settings.msisdn);
  return writer.done();
}

Bytes SimCard::pin_state() const {
  const Subscriber& sim = modem().sim();
  switch (sim.pin_state()) {
    case PinState::NotVerified:
      return InfoWriter().u32(kPin1).u32(kLocked).u32(std::uint32_t{sim.pin_tries()}).done();
    case PinState::Blocked:
    case PinState::PermanentlyBlocked:
      return InfoWriter().u32(kPuk1).u32(kLocked).u32(std::uint32_t{sim.puk_tries()}).done();
    default:
      return InfoWriter().u32(kNoPin).u32(kUnlocked).u32(kUnknown).done();
  }
}

Bytes SimCard::pin_list() const {
  constexpr std::size_t kOtherPins = 9;
  constexpr std::uint32_t kNumeric = 1;
  const bool disabled = modem().sim().pin_state() == PinState::Disabled;
  InfoWriter writer;
  writer.u32(disabled ? 2U : 1U).u32(kNumeric);
  writer.u32(4).u32(8);
  for (std::size_t i = 0; i < kOtherPins * 4; ++i) writer.u32(0);  // not supported
  return writer.done();
}

// MbimUiccSlotState
Bytes SimCard::slot_state() const {
  const Subscriber& sim = modem().sim();
  const std::uint32_t state = !sim.present() ? 3 : sim.initialised() ? 5 : 4;
  return InfoWriter().u32(0).u32(state).done();
}

Reply SimCard::set_pin(const Request& request) {
  InfoReader reader(request.info);
  const std::uint32_t type = reader.u32();
  const std::uint32_t operation = reader.u32();
  const std::string pin = reader.text();
  const std::string new_pin = reader.text();
  if (!reader.ok()) return failure(Status::InvalidParameters);
  if (operation != kEnter || (type != kPin1 && type != kPuk1)) {
    return failure(Status::NoDeviceSupport);
  }
  const PinOutcome outcome =
      type == kPin1 ? modem().verify_pin(pin) : modem().unblock_pin(pin, new_pin);
  switch (outcome) {
    case PinOutcome::Done:
      return {Status::None, pin_state()};
    case PinOutcome::NoEffect:
      return {modem().sim().pin_state() == PinState::Disabled ? Status::PinDisabled : Status::None,
              pin_state()};
    case PinOutcome::NoCard:
      return failure(Status::SimNotInserted);
    case PinOutcome::Malformed:
      return {Status::InvalidParameters, pin_state()};
    case PinOutcome::Wrong:
    case PinOutcome::Blocked:
      break;
  }
  return {Status::Failure, pin_state()};
}

void SimCard::changed(const Change& change) {
  if (!std::holds_alternative<change::Sim>(change)) return;
  host().indicate(ref::kSubscriberReadyStatus, ready_status());
  host().indicate(ref::kSlotInfoStatus, slot_state());
}

}  // namespace mwan::sim::mbim
