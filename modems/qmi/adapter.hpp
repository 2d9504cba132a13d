// SPDX-License-Identifier: LGPL-2.1-or-later
// QMI as modems/adapter.hpp wants it: which messages each wish takes on this protocol, with the
// fallbacks for what a firmware lacks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/loop.hpp"
#include "modems/adapter.hpp"
#include "modems/qmi/hear.hpp"
#include "modems/qmi/network_view.hpp"
#include "modems/qmi/session.hpp"

namespace mwan {

class QmiAdapter final : public ModemAdapter {
 public:
  QmiAdapter(Loop& loop, ModemConfig config);

  void on_report(std::function<void(const ModemReport&)> handler) override;
  void on_gone(std::function<void()> handler) override;
  Task<Status> open(Cancel cancel) override;
  Task<void> close(Duration budget) override;
  [[nodiscard]] unsigned unanswered() const override;
  [[nodiscard]] std::string where(const std::string& step) const override;

  Task<Result<ModemIdentity>> read_identity(Cancel cancel) override;
  Task<Result<RadioPower>> read_radio(Cancel cancel) override;
  Task<Status> set_radio(bool on, Cancel cancel) override;
  Task<Status> reset(Cancel cancel) override;

  Task<Result<Sim>> read_sim(Cancel cancel) override;
  Task<Result<std::vector<SimSlot>>> read_slots(Cancel cancel) override;
  Task<Result<PinVerdict>> verify_pin(Secret pin, Cancel cancel) override;
  Task<Result<HomeNetwork>> read_home_network(Cancel cancel) override;

  Task<Result<Listening>> listen(SignalReporting reporting, Cancel cancel) override;
  Task<Result<Registration>> read_registration(Cancel cancel) override;
  Task<Status> register_automatically(Cancel cancel) override;
  Task<Result<PacketService>> read_packet_service(Cancel cancel) override;
  Task<Status> attach(bool on, Cancel cancel) override;
  Task<Result<std::vector<SignalSample>>> read_signal(Cancel cancel) override;
  Task<Result<CellReport>> read_cells(Cancel cancel) override;
  Task<Result<std::vector<ActiveBand>>> read_bands(Cancel cancel) override;

  Task<Status> prepare_data(Cancel cancel) override;
  [[nodiscard]] bool families_share_bearer() const override { return false; }
  Task<Result<std::vector<FamilyOutcome>>> connect(std::vector<IpFamily> families,
                                                   Cancel cancel) override;
  Task<void> disconnect(std::vector<IpFamily> families, Cancel cancel) override;
  Task<Result<IpConfig>> read_addressing(IpFamily family, Cancel cancel) override;
  Task<Result<bool>> read_connected(IpFamily family, Cancel cancel) override;
  Task<Result<TrafficCounters>> read_counters(Cancel cancel) override;

 private:
  using Reply = qmi::Reply;

  // The answer, whatever it says; fails when there is none.
  Task<Result<Reply>> ask(qmi::Slot slot, qmi::Request request, Cancel cancel);
  // The answer of a modem that agreed; what it does not know or cannot do is Permanent.
  Task<Result<Reply>> need(qmi::Slot slot, qmi::Request request, Cancel cancel);
  // A step that the modem may refuse; only a broken connection fails it.
  Task<Status> try_to(qmi::Slot slot, qmi::Request request, Cancel cancel);
  [[nodiscard]] Error error(FailureClass failure, const std::string& step,
                            std::string message) const;
  // Forgets what was known of the device that was open before.
  void begin();
  Task<Status> allocate(Cancel cancel);

  Task<Status> unlock_vendor(Cancel cancel);
  Task<Status> await_mode(bool online, const std::string& step, Cancel cancel);
  Task<Result<Sim>> read_sim_of_uim(Cancel cancel);
  Task<Result<Sim>> read_sim_of_dms(Cancel cancel);
  Task<void> read_card_numbers(Cancel cancel);
  Task<Result<bool>> set_thresholds(SignalReporting reporting, Cancel cancel);
  Task<Status> choose_data_format(Cancel cancel);
  Task<Status> autoconnect_off(Cancel cancel);
  Task<Result<FamilyOutcome>> connect_one(IpFamily family, Cancel cancel);

  Loop& loop_;
  ModemConfig config_;
  std::function<void(const ModemReport&)> on_report_;
  std::function<void()> on_gone_;
  std::unique_ptr<qmi::Session> session_;
  std::vector<qmi::ClientId> leftovers_;  // of a session that the modem did not hear the end of
  qmi::NetworkView view_;
  qmi::Hearing hearing_;
  Notification mode_changed_;
  std::optional<Sim> card_;  // numbers of the card that is ready; read once
  bool old_signal_ = false;  // it has no Signal Info: use what came before it
  qmi::LinkLayer layer_ = qmi::LinkLayer::RawIp;
};

}  // namespace mwan
