// SPDX-License-Identifier: LGPL-2.1-or-later
// The SIM: UIM where the modem has it, else what DMS keeps for old hosts.
#include <utility>

#include "modems/qmi/adapter.hpp"
#include "modems/qmi/causes.hpp"
#include "modems/qmi/decode_registration.hpp"
#include "modems/qmi/decode_sim.hpp"

namespace mwan {

using namespace qmi;  // NOLINT(google-build-using-namespace)

namespace {

// The firmware is too old, or too new, for this request.
bool not_known(std::uint16_t error) {
  return error == protocol::kInvalidQmiCommand || error == protocol::kNotSupported;
}

}  // namespace

Task<Result<Sim>> QmiAdapter::read_sim(Cancel cancel) {
  Result<Sim> sim = co_await read_sim_of_uim(cancel);
  if (!sim && sim.error().failure == FailureClass::Permanent) {
    sim = co_await read_sim_of_dms(cancel);
  }
  if (!sim) co_return failed(sim.error());
  if (sim->state != SimState::Ready) {
    card_.reset();
    co_return sim;
  }
  if (!card_) co_await read_card_numbers(cancel);
  if (card_) {
    sim->iccid = card_->iccid;
    sim->imsi = card_->imsi;
  }
  co_return sim;
}

Task<Result<Sim>> QmiAdapter::read_sim_of_uim(Cancel cancel) {
  const Request get = get_card_status();
  if (!session_->has(Slot::Uim)) {
    co_return failed(error(FailureClass::Permanent, get.what, "the modem has no UIM service"));
  }
  const Result<Reply> reply = co_await ask(Slot::Uim, get, cancel);
  if (!reply) co_return failed(reply.error());
  if (reply->error != 0) {
    const FailureClass failure =
        not_known(reply->error) ? FailureClass::Permanent : protocol_error_class(reply->error);
    co_return failed(error(failure, get.what, protocol_error_name(reply->error)));
  }
  co_return decode_card_status(reply->view());
}

Task<Result<Sim>> QmiAdapter::read_sim_of_dms(Cancel cancel) {
  const Request get_state = dms_get_sim_state();
  const Result<Reply> state = co_await need(Slot::Dms, get_state, cancel);
  if (!state) co_return failed(state.error());
  Result<Sim> sim = decode_dms_sim_state(state->view());
  if (!sim || sim->state == SimState::Absent) co_return sim;
  const Request get_pin = dms_get_pin_status();
  const Result<Reply> pin = co_await ask(Slot::Dms, get_pin, cancel);
  if (!pin) co_return failed(pin.error());
  if (pin->error != 0) co_return sim;
  const Result<Sim> detailed = decode_dms_pin_status(pin->view());
  // A state of "locked or failed" is explained by the PIN, or not at all.
  if (detailed && sim->state == SimState::PinRequired && detailed->state == SimState::Ready) {
    sim->state = SimState::Faulty;
    co_return sim;
  }
  co_return detailed ? detailed : sim;
}

// Absence of the numbers is no failure: they only serve to know the card again.
Task<void> QmiAdapter::read_card_numbers(Cancel cancel) {
  Sim card;
  if (session_->has(Slot::Uim)) {
    const Request iccid = read_iccid();
    const Result<Reply> reply = co_await ask(Slot::Uim, iccid, cancel);
    if (!reply) co_return;
    if (const auto file = decode_file(reply->view()); file && reply->error == 0) {
      card.iccid = iccid_digits(*file);
    }
    const Request imsi = read_imsi();
    const Result<Reply> second = co_await ask(Slot::Uim, imsi, cancel);
    if (!second) co_return;
    if (const auto file = decode_file(second->view()); file && second->error == 0) {
      card.imsi = imsi_digits(*file);
    }
  }
  if (card.iccid.empty()) {
    const Request iccid = dms_get_iccid();
    const Result<Reply> reply = co_await ask(Slot::Dms, iccid, cancel);
    if (!reply) co_return;
    if (reply->error == 0) card.iccid = decode_dms_text(reply->view(), "iccid").value_or("");
  }
  if (card.imsi.empty()) {
    const Request imsi = dms_get_imsi();
    const Result<Reply> reply = co_await ask(Slot::Dms, imsi, cancel);
    if (!reply) co_return;
    if (reply->error == 0) card.imsi = decode_dms_text(reply->view(), "imsi").value_or("");
  }
  card_ = card;
}

Task<Result<std::vector<SimSlot>>> QmiAdapter::read_slots(Cancel cancel) {
  const Request get = get_slot_status();
  const Result<Reply> reply = co_await need(Slot::Uim, get, cancel);
  if (!reply) co_return failed(reply.error());
  co_return decode_slot_status(reply->view());
}

Task<Result<PinVerdict>> QmiAdapter::verify_pin(Secret pin, Cancel cancel) {
  Result<Reply> reply;
  bool old = !session_->has(Slot::Uim);
  if (!old) {
    const Request verify = qmi::verify_pin(pin);
    reply = co_await ask(Slot::Uim, verify, cancel);
    // Not known: it was not judged, so that asking another way costs no try.
    old = reply && not_known(reply->error);
  }
  if (old) {
    const Request verify = dms_verify_pin(pin);
    reply = co_await ask(Slot::Dms, verify, cancel);
  }
  if (!reply) co_return failed(reply.error());
  PinVerdict out{.accepted = reply->error == 0 || reply->error == protocol::kNoEffect,
                 .tries_left = decode_pin_tries(reply->view())};
  co_return out;
}

Task<Result<HomeNetwork>> QmiAdapter::read_home_network(Cancel cancel) {
  const Request get = get_home_network();
  const Result<Reply> reply = co_await need(Slot::Nas, get, cancel);
  if (!reply) co_return failed(reply.error());
  co_return decode_home_network(reply->view());
}

}  // namespace mwan
